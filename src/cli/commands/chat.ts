// vsr chat: talk to the routed models, in the terminal or on a page of the browser.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { environment } from '../../config/environment.js';
import type { VsrConfig } from '../../config/schema.js';
import { requireKeys } from '../../config/secrets.js';
import type { StoredTurn } from '../../pipelines/people/stored-turn.js';
import { historyLine } from '../../server/chat/history-line.js';
import type { CommandModule, CommandSession } from '../command.js';

const NOBODY_TO_ASK =
  'No model is configured here, so nobody answers: you see decisions alone (model_config; vsr init).';

export const chatCommand: CommandModule = {
  flags: [
    {
      usage: '--artifacts <directory>',
      key: ['chat', 'artifacts'],
      kind: 'text',
      description: 'what vsr train wrote (default artifacts)',
    },
    { usage: '--router <name>', key: ['chat', 'router'], kind: 'text', description: 'default: best on validation' },
    { usage: '--user-id <id>', key: ['chat', 'userId'], kind: 'text', description: 'who asks' },
    {
      usage: '--mode <mode>',
      key: ['chat', 'mode'],
      kind: 'text',
      description: 'what the router sees: current_only, full_context, retrieval',
    },
    {
      usage: '--top-k <count>',
      key: ['chat', 'topK'],
      kind: 'whole',
      description: 'earlier questions for retrieval (default 3)',
    },
    {
      usage: '--temp <number>',
      key: ['chat', 'temp'],
      kind: 'number',
      description: 'temperature of the answers (default 0.8)',
    },
    {
      usage: '--max-tokens <count>',
      key: ['chat', 'maxTokens'],
      kind: 'whole',
      description: 'of an answer (default the model decides)',
    },
    {
      usage: '--route-only',
      key: ['chat', 'routeOnly'],
      kind: 'switch',
      description: 'decisions alone, no model is asked',
    },
    {
      usage: '--web',
      key: ['chat', 'web'],
      kind: 'switch',
      description: 'a page of the browser instead of the terminal',
    },
    { usage: '--host <address>', key: ['chat', 'host'], kind: 'text', description: 'of the page (default 127.0.0.1)' },
    {
      usage: '--port <number>',
      key: ['chat', 'port'],
      kind: 'whole',
      description: 'of the page, which it asks for too (default 8001)',
    },
    {
      usage: '--history <file>',
      key: ['chat', 'history'],
      kind: 'text',
      description: 'gets a line for every rating, for vsr train --history',
    },
    {
      usage: '--state <place>',
      key: ['serve', 'state'],
      kind: 'text',
      description:
        'feedback: a folder, or redis://… or postgres://… that a running gateway shares (default .vsr-state)',
    },
    {
      usage: '--share',
      key: ['chat', 'share'],
      kind: 'switch',
      description: 'the page for everybody on the network who has the printed address',
    },
  ],
  examples: ['vsr chat --user-id 3', 'vsr chat --web', 'printf "Is 91 prime?\\n/why\\n" | vsr chat --route-only'],
  async run(session) {
    const { config, missingKeys } = await session.load();
    const names = Object.keys(config.modelConfig);
    if (!config.chat.routeOnly) requireKeys(config, missingKeys, names);
    const chat = { ...config.chat, routeOnly: config.chat.routeOnly || names.length === 0 };
    if (chat.routeOnly && !config.chat.routeOnly) session.context.onNotice?.(NOBODY_TO_ASK);
    const web = chat.web || chat.share || chat.port !== undefined;
    const key = chat.share ? randomBytes(18).toString('base64url') : undefined;
    const served: VsrConfig = {
      ...config,
      serve: {
        ...config.serve,
        artifacts: chat.artifacts,
        router: chat.router,
        host: chat.share ? '0.0.0.0' : chat.host,
        port: chat.port ?? config.serve.port,
        web,
        // The log belongs to the gateway; a history wants the texts of what was rated.
        log: { ...config.serve.log, file: undefined, prompts: chat.history !== undefined },
        ...(web
          ? key !== undefined && { apiKey: key, keys: [] }
          : { apiKey: undefined, keys: [], requestsPerMinute: undefined, host: '127.0.0.1' }),
      },
    };
    const { openGateway } = await import('../../server/gateway.js');
    const { listen, requireKeyOffLoopback } = await import('../../server/listen.js');
    if (web) requireKeyOffLoopback(served.serve);
    const gateway = await openGateway(served, {
      ...session.context,
      environment: environment(),
      defaultUser: chat.userId,
      onRated: chat.history === undefined ? undefined : historyWriter(chat.history, session.context),
    });
    try {
      if (!web) return await inTerminal(chat, session, gateway.fetch);
      const listening = await listen(gateway, served.serve);
      await session.terminal.print(`${listening.url}/${key === undefined ? '' : `#key=${key}`}`);
      if (!session.context.signal.aborted) await once(session.context.signal, 'abort');
      await listening.close();
      return 0;
    } finally {
      await gateway.close();
    }
  },
};

/** Appends what a person said; a rating by nobody is told once. */
function historyWriter(file: string, { onWarning, onNotice }: CommandSession['context']): (turn: StoredTurn) => void {
  let told = false;
  return (turn) => {
    const line = historyLine(turn, new Date());
    if (line === undefined) {
      if (!told) onNotice?.(`${file}: a history is of people: name who rates (--user-id, /user).`);
      told = true;
      return;
    }
    try {
      appendFileSync(file, line, { mode: 0o600 });
    } catch (error) {
      onWarning?.(`${file}: the rating cannot be appended (${(error as Error).message}).`);
    }
  };
}

async function inTerminal(
  chat: VsrConfig['chat'],
  { terminal, context }: CommandSession,
  fetch: (request: Request) => Response | Promise<Response>,
): Promise<number> {
  const { createChatSession } = await import('../../server/chat/chat-session.js');
  const session = createChatSession({
    fetch,
    write: (text) => void terminal.write(text),
    userId: chat.userId,
    mode: chat.mode,
    topK: chat.topK,
    temperature: chat.temp,
    maxTokens: chat.maxTokens,
    routeOnly: chat.routeOnly,
  });
  const interactive = process.stdin.isTTY === true;
  const reader = createInterface({ input: process.stdin, ...(interactive && { output: process.stdout }) });
  const stop = () => reader.close();
  context.signal.addEventListener('abort', stop);
  // On a terminal Ctrl-C belongs to the reader: it ends the conversation.
  reader.on('SIGINT', stop);
  const prompt = () => {
    if (!interactive) return;
    reader.setPrompt(session.continues ? '. ' : '> ');
    reader.prompt();
  };
  if (interactive) await terminal.print('/help lists the commands, /quit ends.');
  prompt();
  for await (const line of reader) {
    if (!(await session.say(line, context.signal))) break;
    prompt();
  }
  reader.close();
  context.signal.removeEventListener('abort', stop);
  return 0;
}
