// A conversation in the terminal: lines in, texts out. It asks a gateway in the same process, so it does exactly what the gateway does.
import { writeFileSync } from 'node:fs';
import { isObject, type Json, parsed } from '../../providers/json.js';
import { createStreamReader } from '../../providers/openai/stream-reader.js';
import { decisionTable } from './decision-table.js';

export interface ChatOptions {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  /** Text as it comes, without line ends of its own. */
  readonly write: (text: string) => void;
  readonly userId: string | undefined;
  readonly mode: string;
  readonly topK: number;
  readonly temperature: number;
  readonly maxTokens: number | undefined;
  readonly routeOnly: boolean;
}

export interface ChatSession {
  /** false: the conversation is over. */
  say(line: string, signal?: AbortSignal): Promise<boolean>;
  /** true: the next line belongs to the same message. */
  readonly continues: boolean;
}

const HELP = `/user ID     who asks (none: /user -)       /model NAME  vsr, vsr/ROUTER or a model
/mode MODE   current_only, full_context, retrieval
/route       decisions alone, on or off      /why         scores behind the last decision
/good /bad   rate the last answer            /rate N      from -1 to 1
/retry [M]   ask again (model M)             /undo        forget the last turn
/cost        spent so far                    /save FILE   the conversation as JSON
/clear       start anew                      /quit
A line that ends with \\ goes on in the next; """ begins and ends several lines.
`;

export function createChatSession(options: ChatOptions): ChatSession {
  const { write } = options;
  let { userId, mode, routeOnly } = options;
  let model = 'vsr';
  let turns: { question: string; answer: string; model: string; cost: number | null; decisionId: string }[] = [];
  let spent = 0;
  let last: Json | undefined;
  let held: string[] = [];
  let quoted = false;

  const call = (path: string, body?: Json, signal?: AbortSignal) =>
    options.fetch(
      new Request(`http://127.0.0.1${path}`, {
        ...(body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
        ...(signal && { signal }),
      }),
    );
  const ask = async (question: string, asked: string, signal?: AbortSignal) => {
    const messages = [
      ...turns.flatMap((turn) => [
        { role: 'user', content: turn.question },
        { role: 'assistant', content: turn.answer },
      ]),
      { role: 'user', content: question },
    ];
    const body = {
      model: asked,
      messages,
      ...(userId !== undefined && { user: userId }),
      vsr: { mode, top_k: options.topK },
    };
    if (routeOnly) {
      const response = await call('/v1/route', body, signal);
      const json = await response.json();
      if (!response.ok) return write(`${messageOf(json)}\n`);
      last = json as Json;
      return write(`${lineOf(last)}\n`);
    }
    const { temperature, maxTokens } = options;
    const response = await call(
      '/v1/chat/completions',
      { ...body, stream: true, temperature, ...(maxTokens && { max_tokens: maxTokens }) },
      signal,
    );
    if (!response.ok) return write(`${messageOf(await response.json())}\n`);
    const answer = await streamed(response, write);
    const id = response.headers.get('x-vsr-decision-id')!;
    const told = await call(`/v1/decisions/${id}`);
    last = told.ok ? ((await told.json()) as Json) : undefined;
    const cost = typeof last?.cost === 'number' ? last.cost : null;
    spent += cost ?? 0;
    turns.push({ question, answer, model: response.headers.get('x-vsr-model')!, cost, decisionId: id });
    write(`\n${last ? lineOf(last) : response.headers.get('x-vsr-model')}\n`);
  };
  const rate = async (rating: number) => {
    if (typeof last?.decision_id !== 'string') return write('There is no answer to rate yet.\n');
    const response = await call('/v1/feedback', {
      decision_id: last.decision_id,
      rating,
      ...(userId !== undefined && { user: userId }),
    });
    write(
      response.ok
        ? `Kept: ${last.model} ${rating > 0 ? '+' : ''}${rating}.\n`
        : `${messageOf(await response.json())}\n`,
    );
  };
  const COMMANDS: Readonly<Record<string, (rest: string, signal?: AbortSignal) => Promise<unknown> | unknown>> = {
    '/help': () => write(HELP),
    '/user': (rest) => {
      if (rest !== '') userId = rest === '-' ? undefined : rest;
      write(`User: ${userId ?? 'nobody'}.\n`);
    },
    '/model': async (rest) => {
      const { data } = (await (await call('/v1/models')).json()) as { data: { id: string }[] };
      const names = data.map(({ id }) => id);
      if (rest !== '' && !names.includes(rest)) return write(`There is no ${rest}; known are ${names.join(', ')}.\n`);
      if (rest !== '') model = rest;
      write(`Model: ${model}${rest === '' ? ` (${names.join(', ')})` : ''}.\n`);
    },
    '/mode': (rest) => {
      if (['current_only', 'full_context', 'retrieval'].includes(rest)) mode = rest;
      else if (rest !== '') return write('Modes are current_only, full_context and retrieval.\n');
      write(`The router sees: ${mode}.\n`);
    },
    '/route': () => {
      routeOnly = !routeOnly;
      write(routeOnly ? 'Decisions alone.\n' : 'Models answer.\n');
    },
    '/why': () => write(last ? decisionTable(last) : 'Nothing has been decided yet.\n'),
    '/cost': () => write(`$${spent.toPrecision(3)} in ${turns.length} turns.\n`),
    '/good': () => rate(1),
    '/bad': () => rate(-1),
    '/rate': (rest) => {
      const rating = Number(rest);
      return rest !== '' && rating >= -1 && rating <= 1 ? rate(rating) : write('/rate takes a number from -1 to 1.\n');
    },
    '/retry': (rest, signal) => {
      const before = turns.pop();
      return before ? ask(before.question, rest || model, signal) : write('There is nothing to ask again.\n');
    },
    '/undo': () => write(turns.pop() ? 'The last turn is forgotten.\n' : 'There is no turn to forget.\n'),
    '/clear': () => {
      turns = [];
      last = undefined;
      write('A new conversation.\n');
    },
    '/save': (rest) => {
      if (rest === '') return write('/save takes a file.\n');
      try {
        writeFileSync(rest, `${JSON.stringify({ user: userId ?? null, turns }, null, 2)}\n`, { mode: 0o600 });
        write(`${rest}: ${turns.length} turns.\n`);
      } catch (error) {
        write(`${rest} cannot be written (${(error as Error).message}).\n`);
      }
    },
  };
  return {
    get continues() {
      return quoted || held.length > 0;
    },
    async say(line, signal) {
      if (line.trim() === '"""') {
        quoted = !quoted;
        if (quoted) return true;
      } else if (quoted || line.endsWith('\\')) {
        held.push(quoted ? line : line.slice(0, -1));
        return true;
      } else held.push(line);
      const text = held.join('\n').trim();
      const several = held.length > 1;
      held = [];
      if (text === '') return true;
      if (text === '/quit' || text === '/exit') return false;
      const [, name = '', rest = ''] = /^(\/\w+)\s*(.*)$/s.exec(text) ?? [];
      if (name === '' || several) await ask(text, model, signal);
      else if (COMMANDS[name]) await COMMANDS[name](rest, signal);
      else write(`There is no ${name}; /help lists what there is.\n`);
      return true;
    },
  };
}

/** The text of a stream, written while it comes. */
async function streamed(response: Response, write: (text: string) => void): Promise<string> {
  let text = '';
  const watch = createStreamReader((piece) => {
    text += piece;
    write(piece);
  });
  let all = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    const piece = decoder.decode(chunk, { stream: true });
    all += piece;
    watch.push(piece);
  }
  if (!watch.isStream) {
    const json = parsed(all);
    const choice = isObject(json) && Array.isArray(json.choices) ? json.choices[0] : undefined;
    text =
      isObject(choice) && isObject(choice.message) && typeof choice.message.content === 'string'
        ? choice.message.content
        : '';
    write(text);
  } else if (/^data: \{"error":/m.test(all))
    write(`\n${/"message":"([^"]*)"/.exec(all)?.[1] ?? 'The answer broke off.'}`);
  return text;
}

function lineOf({ model, router, reason, score, cost, latency }: Json): string {
  const parts = [
    String(model),
    ...(router ? [`by ${router}`] : []),
    String(reason).replaceAll('_', ' '),
    ...(typeof score === 'number' ? [score.toFixed(2)] : []),
    ...(typeof cost === 'number' ? [`$${cost.toPrecision(2)}`] : []),
    ...(typeof latency === 'number' ? [`${Math.round(latency)} ms`] : []),
  ];
  return `[${parts.join(' · ')}]`;
}

function messageOf(json: unknown): string {
  return isObject(json) && isObject(json.error) ? String(json.error.message) : 'The gateway failed.';
}
