// A gateway on a port of the loopback, in front of scripted model servers, with an artifact trained on the toy project.
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { train } from '../../src/pipelines/train.js';
import { openGateway } from '../../src/server/gateway.js';
import { listen } from '../../src/server/listen.js';
import { configIn, jsonLines, toyOutcomes } from '../pipelines/toy-project.js';
import { answer } from '../providers/fault-server/answers.js';
import { faultServer } from '../providers/fault-server/fault-server.js';
import type { TemporaryFolder } from '../temporary-folder.js';

/** knn and kmeans on 120 queries: mathematician, cook and generalist. */
export async function toyArtifact(folder: TemporaryFolder): Promise<string> {
  folder.write('outcomes.jsonl', jsonLines(toyOutcomes(120)));
  await train(await configIn(folder.path, { 'train.folds': 0 }), {});
  return join(folder.path, 'artifacts');
}

/** One server for all models; their aliases are what it is asked for. */
export async function modelServer() {
  const server = await faultServer(() => answer('4'));
  afterAll(() => server.close());
  return server;
}

export async function gatewayConfig(folder: string, modelUrl: string | null, settings: Record<string, unknown> = {}) {
  const { config } = await loadConfig({
    sets: Object.entries({
      'serve.artifacts': join(folder, 'artifacts'),
      'serve.state': join(folder, `state-${states++}`),
      'serve.port': 0,
      'serve.reload_s': 0,
      'embedding.cache_dir': join(folder, 'cache'),
      ...(modelUrl !== null && {
        vllm_endpoints: [
          { name: 'models', base_url: modelUrl, type: 'openai-compatible', api_key: 'provider-key-123456789' },
        ],
        model_config: { mathematician: PRICED, cook: PRICED, generalist: PRICED },
      }),
      ...settings,
    }).map(([path, value]) => `${path}=${JSON.stringify(value)}`),
    cwd: folder,
    environment: {},
  });
  return config;
}

let states = 0;
const PRICED = { pricing: { prompt_per_1m: 1, completion_per_1m: 2 } };

export async function openOnPort(config: Awaited<ReturnType<typeof gatewayConfig>>) {
  const bugs: unknown[] = [];
  const warnings: string[] = [];
  const gateway = await openGateway(config, {
    environment: {},
    onBug: (error) => bugs.push(error),
    onWarning: (sentence) => void warnings.push(sentence),
  });
  const listening = await listen(gateway, config.serve);
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await listening.close(0);
    await gateway.close();
  };
  afterAll(close);
  return {
    url: listening.url,
    port: listening.port,
    parts: gateway.parts,
    reload: gateway.reload,
    bugs,
    warnings,
    close,
    post: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      fetch(`${listening.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  };
}
