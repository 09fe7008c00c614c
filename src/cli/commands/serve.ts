// vsr serve: an OpenAI-compatible gateway that asks the model the router chooses.
import { once } from 'node:events';
import { environment } from '../../config/environment.js';
import { requireKeys } from '../../config/secrets.js';
import { VsrError } from '../../errors/vsr-error.js';
import type { CommandModule } from '../command.js';

export const serveCommand: CommandModule = {
  flags: [
    {
      usage: '--artifacts <directory>',
      key: ['serve', 'artifacts'],
      kind: 'text',
      description: 'what vsr train wrote (default artifacts)',
    },
    { usage: '--router <name>', key: ['serve', 'router'], kind: 'text', description: 'default: best on validation' },
    {
      usage: '--host <address>',
      key: ['serve', 'host'],
      kind: 'text',
      description: 'default 127.0.0.1; elsewhere a key is required',
    },
    { usage: '--port <number>', key: ['serve', 'port'], kind: 'whole', description: 'default 8001; 0 = any free one' },
    {
      usage: '--api-key <key>',
      key: ['serve', 'apiKey'],
      kind: 'text',
      description: 'what clients must bring as bearer key',
    },
    {
      usage: '--requests-per-minute <count>',
      key: ['serve', 'requestsPerMinute'],
      kind: 'number',
      description: 'of each key (default no limit)',
    },
    {
      usage: '--cors <origins>',
      key: ['serve', 'cors'],
      kind: 'list',
      description: 'web origins that may ask (default none)',
    },
    {
      usage: '--candidates <models>',
      key: ['serve', 'candidates'],
      kind: 'list',
      description: 'only these (default all trained and configured)',
    },
    {
      usage: '--quality-weight <share>',
      key: ['serve', 'qualityWeight'],
      kind: 'number',
      description: "0 to 1 (default the user's, else the artifact's)",
    },
    {
      usage: '--cost-weight <share>',
      key: ['serve', 'costWeight'],
      kind: 'number',
      description: '0 to 1 (default likewise)',
    },
    { usage: '--max-cost <dollars>', key: ['serve', 'maxCost'], kind: 'number', description: 'expected, per query' },
    {
      usage: '--fallback <model>',
      key: ['serve', 'fallback'],
      kind: 'text',
      description: 'the default model (default the best single model)',
    },
    {
      usage: '--shadow <router>',
      key: ['serve', 'shadow'],
      kind: 'text',
      description: 'the default model answers, this router is only logged',
    },
    {
      usage: '--ab-share <share>',
      key: ['serve', 'abShare'],
      kind: 'number',
      description: 'share that is routed, the others get the default model (default 1)',
    },
    {
      usage: '--allow-remote-images',
      key: ['embedding', 'allowRemoteImages'],
      kind: 'switch',
      description: 'pictures at public addresses are fetched for a router that sees; others are in the request',
    },
    { usage: '--prefix', key: ['serve', 'prefix'], kind: 'switch', description: "the model's name before its text" },
    { usage: '--web', key: ['serve', 'web'], kind: 'switch', description: 'the chat page at /' },
    {
      usage: '--log <file>',
      key: ['serve', 'log', 'file'],
      kind: 'text',
      description: 'answered requests as outcomes, JSON lines',
    },
    {
      usage: '--log-prompts',
      key: ['serve', 'log', 'prompts'],
      kind: 'switch',
      description: 'with their texts, which vsr train --from-log needs',
    },
    {
      usage: '--state <place>',
      key: ['serve', 'state'],
      kind: 'text',
      description: 'feedback: a folder, or redis://… or postgres://… for several gateways (default .vsr-state)',
    },
  ],
  examples: [
    'vsr serve',
    'vsr serve --router knn --port 8080 --web',
    'vsr serve --host 0.0.0.0 --api-key "$VSR_KEY" --state redis://redis:6379',
  ],
  async run({ load, terminal, context, json }) {
    const { config, missingKeys } = await load();
    const unset = missingKeys.find(({ path }) => path[0] === 'serve');
    if (unset) {
      throw new VsrError(
        'VSR_API_KEY_MISSING',
        `serve.api_key is \${${unset.variable}}, and ${unset.variable} is not set.`,
        {
          hint: `export ${unset.variable}=…`,
        },
      );
    }
    requireKeys(config, missingKeys, Object.keys(config.modelConfig));
    const { listen, requireKeyOffLoopback } = await import('../../server/listen.js');
    requireKeyOffLoopback(config.serve);
    const { openGateway } = await import('../../server/gateway.js');
    const gateway = await openGateway(config, {
      ...context,
      environment: environment(),
      onBug: (error) => terminal.error(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    });
    const onHangUp = () => void gateway.reload();
    process.on('SIGHUP', onHangUp);
    try {
      const listening = await listen(gateway, config.serve);
      const { pool, session } = gateway.parts;
      if (json) await terminal.printJson({ url: listening.url, router: session().router, models: [...pool.keys()] });
      else {
        const models = pool.size > 0 ? `${pool.size} models` : 'decisions alone (no model is configured)';
        await terminal.print(
          `${listening.url}/v1  ${config.serve.shadow ? `shadow ${config.serve.shadow}` : session().router}, ${models}`,
        );
      }
      if (!context.signal.aborted) await once(context.signal, 'abort');
      await listening.close();
    } finally {
      process.off('SIGHUP', onHangUp);
      await gateway.close();
    }
    return 0;
  },
};
