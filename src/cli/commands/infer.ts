// vsr infer: the model for a query, or for every query of a file or stream.
import { VsrError } from '../../errors/vsr-error.js';
import { decisionRow } from '../../pipelines/infer/decision-row.js';
import type { RoutedQuery } from '../../pipelines/infer.js';
import type { CommandModule, CommandSession } from '../command.js';
import { openResultFile } from '../result-file.js';

export const inferCommand: CommandModule = {
  flags: [
    { usage: '--query <text>', key: ['infer', 'query'], kind: 'text', description: 'the query to route' },
    {
      usage: '--image <file>',
      key: ['infer', 'image'],
      kind: 'text',
      description: 'what the query shows: a picture, or its address with --allow-remote-images',
    },
    {
      usage: '--allow-remote-images',
      key: ['embedding', 'allowRemoteImages'],
      kind: 'switch',
      description: 'fetch images from http(s) addresses',
    },
    {
      usage: '--input <file>',
      key: ['infer', 'input'],
      kind: 'text',
      description: 'queries to route: .jsonl, .json, .txt, or - for JSON lines from stdin',
    },
    {
      usage: '--output <file>',
      key: ['infer', 'output'],
      kind: 'text',
      description: 'decisions as JSON lines (default stdout)',
    },
    {
      usage: '--artifacts <directory>',
      key: ['infer', 'artifacts'],
      kind: 'text',
      description: 'what vsr train wrote (default artifacts)',
    },
    { usage: '--router <name>', key: ['infer', 'router'], kind: 'text', description: 'default: best on validation' },
    {
      usage: '--user-id <id>',
      key: ['infer', 'userId'],
      kind: 'text',
      description: "whose preferences weigh (default the row's user_id)",
    },
    {
      usage: '--history <file>',
      key: ['infer', 'history'],
      kind: 'text',
      description: 'rated turns of the askers, beside what the artifact knows of them',
    },
    {
      usage: '--category <name>',
      key: ['infer', 'category'],
      kind: 'text',
      description: "the queries' category (default the row's, else as the artifact's classifier says)",
    },
    {
      usage: '--candidates <models>',
      key: ['infer', 'candidates'],
      kind: 'list',
      description: 'only these (default all trained)',
    },
    {
      usage: '--quality-weight <share>',
      key: ['infer', 'qualityWeight'],
      kind: 'number',
      description: "0 to 1 (default the user's, else the artifact's)",
    },
    {
      usage: '--cost-weight <share>',
      key: ['infer', 'costWeight'],
      kind: 'number',
      description: '0 to 1 (default likewise)',
    },
    { usage: '--max-cost <dollars>', key: ['infer', 'maxCost'], kind: 'number', description: 'expected, per query' },
    {
      usage: '--max-latency <ms>',
      key: ['infer', 'maxLatency'],
      kind: 'number',
      description: 'milliseconds expected, per query',
    },
    {
      usage: '--threshold <model=share>',
      key: ['infer', 'thresholds'],
      kind: 'numberPairs',
      description:
        'chance to answer well that is enough: the cheapest model that reaches its own is chosen; repeatable',
    },
    {
      usage: '--fallback <model>',
      key: ['infer', 'fallback'],
      kind: 'text',
      description: 'where no candidate is left (default the best single model)',
    },
    {
      usage: '--top <count>',
      key: ['infer', 'top'],
      kind: 'whole',
      description: 'models of the ranking to show (default 3, in JSON all)',
    },
    {
      usage: '--explain',
      key: ['infer', 'explain'],
      kind: 'switch',
      description: 'with the neighbours or the cluster behind the scores',
    },
  ],
  examples: [
    'vsr infer --query "Prove that √2 is irrational" --user-id 3',
    'vsr infer --input queries.jsonl --output decisions.jsonl',
    'cat queries.jsonl | vsr infer --input - --json',
  ],
  async run(session) {
    const { config } = await session.load();
    const { infer } = await import('../../pipelines/infer.js');
    const { input, output, top } = config.infer;
    const stdin = input === '-' ? process.stdin : undefined;
    // Waiting for the next line would outlast Ctrl-C. Until reading has begun nobody else listens for the error.
    stdin?.on('error', () => {});
    const stopReading = () => stdin?.destroy(new VsrError('VSR_ABORTED', 'Interrupted.'));
    session.context.signal.addEventListener('abort', stopReading);
    const routed = infer(config, session.context, stdin);
    if (output !== undefined) await toFile(routed, output, top, session);
    else if (session.json) await toJson(routed, input !== undefined, top, session);
    else await toText(routed, input !== undefined, top, session);
    return 0;
  },
};

async function toFile(
  routed: AsyncIterable<RoutedQuery>,
  path: string,
  top: number | undefined,
  { terminal, context }: CommandSession,
) {
  const file = await openResultFile(path);
  let count = 0;
  try {
    for await (const one of routed) {
      await file.write(`${JSON.stringify(decisionRow(cut(one, top)))}\n`);
      count++;
    }
    await file.finish();
  } catch (error) {
    const keep = context.signal.aborted && count > 0;
    await file.giveUp(keep);
    if (keep) terminal.error(`The ${count} decisions made so far are in ${file.partial}.`);
    throw error;
  }
  terminal.notice(`${path}: ${count} ${count === 1 ? 'decision' : 'decisions'}`);
}

/** A line a row of a file; one document for --query. */
async function toJson(
  routed: AsyncIterable<RoutedQuery>,
  rows: boolean,
  top: number | undefined,
  { terminal }: CommandSession,
) {
  for await (const one of routed) {
    const row = decisionRow(cut(one, top));
    await (rows ? terminal.write(`${JSON.stringify(row)}\n`) : terminal.printJson(row));
  }
}

/** A line a row of a file; several with --explain and for --query. */
async function toText(
  routed: AsyncIterable<RoutedQuery>,
  rows: boolean,
  top: number | undefined,
  { terminal }: CommandSession,
) {
  const { decisionText } = await import('../../report/decision-text.js');
  for await (const one of routed) {
    if (!rows || one.explained)
      await terminal.print(`${rows ? `${one.query.id}  ` : ''}${decisionText(one, top ?? TEXT_TOP)}`);
    else {
      const first = one.decision.ranking[0];
      const expected = first ? first.expectedQuality.toFixed(2) : '-';
      await terminal.write(`${one.query.id}  ${one.decision.model}  ${expected}  ${one.decision.reason}\n`);
    }
  }
}

/** Models that a text shows unless --top says otherwise. */
const TEXT_TOP = 3;

function cut(routed: RoutedQuery, top: number | undefined): RoutedQuery {
  return { ...routed, decision: { ...routed.decision, ranking: routed.decision.ranking.slice(0, top) } };
}
