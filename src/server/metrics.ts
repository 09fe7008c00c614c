// Counts and times for Prometheus, in its text format 0.0.4.

type Labels = Readonly<Record<string, string>>;

const COUNTERS = {
  vsr_requests_total: 'Requests by endpoint and status.',
  vsr_decisions_total: 'Decisions by model, router and reason.',
  vsr_fallbacks_total: 'Calls that went to another model because this one failed.',
  vsr_cost_dollars_total: 'US dollars by model, where prices and tokens are known.',
  vsr_tokens_total: 'Tokens by model and direction.',
  vsr_cache_total: 'Routed texts whose scores were known (hit) or not (miss).',
  vsr_feedback_total: 'Ratings and preferences that were kept, by model.',
  vsr_feedback_rating_sum: 'Sum of the ratings from -1 to 1, by model.',
  vsr_reloads_total: 'Artifacts taken in or refused.',
  vsr_rate_limited_total: 'Requests refused because a key had no more.',
} as const;

export type Counter = keyof typeof COUNTERS;

/** Seconds. */
const BUCKETS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const STAGES = 'vsr_stage_seconds';

export interface Metrics {
  add(counter: Counter, labels: Labels, amount?: number): void;
  /** @param stage embed, score, route, first_byte, total */
  time(stage: string, milliseconds: number): void;
  text(gauges: Readonly<Record<string, number>>): string;
}

export function createMetrics(): Metrics {
  const counters = new Map<Counter, Map<string, number>>();
  const stages = new Map<string, { readonly counts: number[]; sum: number; count: number }>();
  return {
    add(counter, labels, amount = 1) {
      const series = counters.get(counter) ?? new Map<string, number>();
      counters.set(counter, series);
      const key = labelText(labels);
      series.set(key, (series.get(key) ?? 0) + amount);
    },
    time(stage, milliseconds) {
      const histogram = stages.get(stage) ?? { counts: BUCKETS.map(() => 0), sum: 0, count: 0 };
      stages.set(stage, histogram);
      const seconds = milliseconds / 1000;
      histogram.sum += seconds;
      histogram.count++;
      const bucket = BUCKETS.findIndex((limit) => seconds <= limit);
      if (bucket >= 0) histogram.counts[bucket]!++;
    },
    text(gauges) {
      const lines: string[] = [];
      for (const [name, help] of Object.entries(COUNTERS)) {
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} counter`);
        for (const [labels, value] of counters.get(name as Counter) ?? []) lines.push(`${name}${labels} ${value}`);
      }
      lines.push(`# HELP ${STAGES} Time spent in each stage of a request.`, `# TYPE ${STAGES} histogram`);
      for (const [stage, { counts, sum, count }] of stages) {
        let below = 0;
        BUCKETS.forEach((limit, i) => {
          below += counts[i]!;
          lines.push(`${STAGES}_bucket${labelText({ stage, le: String(limit) })} ${below}`);
        });
        lines.push(`${STAGES}_bucket${labelText({ stage, le: '+Inf' })} ${count}`);
        lines.push(`${STAGES}_sum${labelText({ stage })} ${sum}`, `${STAGES}_count${labelText({ stage })} ${count}`);
      }
      for (const [name, value] of Object.entries(gauges)) lines.push(`# TYPE ${name} gauge`, `${name} ${value}`);
      return `${lines.join('\n')}\n`;
    },
  };
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
  );
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
}
