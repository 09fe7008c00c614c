// Pictures in requests: what the gateway's router makes of them is what infer makes of them, and a broken one is its sender's fault alone.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decisionRow } from '../../src/pipelines/infer/decision-row.js';
import { infer } from '../../src/pipelines/infer.js';
import { train } from '../../src/pipelines/train.js';
import { pictureConfig, pictureProject, ROWS } from '../pipelines/picture-project.js';
import { jsonLines, listening } from '../pipelines/toy-project.js';
import type { FaultServer } from '../providers/fault-server/fault-server.js';
import { temporaryFolder } from '../temporary-folder.js';
import { gatewayConfig, modelServer, openOnPort } from './gateway-on-port.js';

const project = temporaryFolder();
const at = (name: string) => join(project.path, name);
const dataUrl = (bytes: Buffer, type = 'image/png') => `data:${type};base64,${bytes.toString('base64')}`;
const pictured = (name: string) => dataUrl(readFileSync(at(name)));
let models: FaultServer;
let gateway: Awaited<ReturnType<typeof openOnPort>>;

const settings = {
  vllm_endpoints: [{ name: 'models', base_url: '', type: 'openai-compatible' }],
  model_config: { seeing: {}, blind: {} },
  'serve.max_body_mb': 2,
};

const opened = async (more: Record<string, unknown> = {}) => {
  const endpoint = { ...settings.vllm_endpoints[0], base_url: models.url };
  return openOnPort(await gatewayConfig(project.path, null, { ...settings, vllm_endpoints: [endpoint], ...more }));
};

beforeAll(async () => {
  await pictureProject(project);
  await train(await pictureConfig(project.path), listening());
  models = await modelServer();
  gateway = await opened();
}, 60_000);

const shown = (text: string, ...urls: string[]) => ({
  role: 'user',
  content: [{ type: 'text', text }, ...urls.map((url) => ({ type: 'image_url', image_url: { url } }))],
});
const routed = async (body: object, on = gateway) => {
  const response = await on.post('/v1/route', body);
  return { status: response.status, ...((await response.json()) as Record<string, never>) } as {
    status: number;
    model: string;
    reason: string;
    degraded?: string;
    ranking: { model: string; score: number }[];
    decisions: { model: string; reason: string; ranking: { model: string; score: number }[] }[];
    error: { message: string; code: string; param: string };
  };
};

describe('a router that saw images', () => {
  test('decides through the gateway as infer does, one by one and in a batch', async () => {
    const rows = ROWS.slice(0, 24);
    project.write('queries.jsonl', jsonLines(rows.map(({ outcomes: _, ...row }) => row)));
    const expected: ReturnType<typeof decisionRow>[] = [];
    const config = await pictureConfig(project.path, { 'infer.input': at('queries.jsonl'), 'infer.thresholds': null });
    for await (const one of infer(config, listening())) expected.push(decisionRow(one));
    const said = ({ model, reason, ranking }: { model: string; reason: string; ranking: { score: number }[] }) => ({
      model,
      reason,
      scores: ranking.map(({ score }) => expect.closeTo(score, 5)),
    });
    const queries = rows.map(({ query, images }) => ({ query, ...(images && { images: images.map(pictured) }) }));
    const { decisions } = await routed({ queries });
    const ours = decisions.map(({ model, reason, ranking }) => ({
      model,
      reason,
      scores: ranking.map(({ score }) => score),
    }));
    expect(ours).toEqual(expected.map((row) => said(row as never)));
    expect(new Set(ours.map(({ model }) => model))).toEqual(new Set(['seeing', 'blind']));
    for (const [i, { query, images = [] }] of rows.slice(0, 3).entries()) {
      const response = await gateway.post('/v1/chat/completions', {
        messages: [shown(query, ...images.map(pictured))],
      });
      expect(response.headers.get('x-vsr-model')).toBe(expected[i]!.model);
    }
  });

  test('the model gets the picture as it came; the decision knows the newest of the question', async () => {
    const [red, green] = ['red-0.png', 'green-1.png'].map(pictured) as [string, string];
    const messages = [shown('a b', green), { role: 'assistant', content: 'no' }, shown('a b', green, red)];
    const response = await gateway.post('/v1/chat/completions', { model: 'vsr', messages });
    expect(response.headers.get('x-vsr-model')).toBe('seeing');
    expect(models.asked.at(-1)!.json).toEqual({ model: 'seeing', messages });
    expect((await routed({ messages: [shown('a b', red, green)] })).model).toBe('blind');
  });

  test('earlier pictures count where the router sees the whole conversation', async () => {
    const messages = [shown('', pictured('red-0.png')), { role: 'assistant', content: '' }, shown('a b')];
    const alone = await routed({ messages });
    expect(alone.degraded).toBe('image');
    const whole = await routed({ messages, vsr: { mode: 'full_context' } });
    expect({ model: whole.model, degraded: whole.degraded }).toEqual({ model: 'seeing', degraded: undefined });
  });

  test('the same question with another picture is another question to the cache', async () => {
    const [first, second] = [pictured('red-3.png'), pictured('green-4.png')];
    const scores = async (url: string) => (await routed({ query: 'a b', images: [url] })).ranking;
    const red = await scores(first);
    expect(await scores(second)).not.toEqual(red);
    expect(await scores(first)).toEqual(red);
  });
});

describe('one sentence under 400 for', () => {
  const frames = { raw: { width: 2, height: 6, channels: 3, pageHeight: 2 } } as const;
  const animated = () =>
    sharp(Buffer.alloc(36, 9).fill(200, 12, 24), frames)
      .gif({ delay: 100 })
      .toBuffer();
  /** A small PNG whose head says that it is larger. */
  const claiming = (width: number, height: number) => {
    const bytes = readFileSync(at('red-0.png'));
    bytes.writeUInt32BE(width, 16);
    bytes.writeUInt32BE(height, 20);
    bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
    return bytes;
  };
  test.each<[string, () => Promise<string> | string, RegExp]>([
    ['no picture', () => dataUrl(Buffer.from('hello')), /^The image cannot be read: it is no PNG, JPEG, .*\.$/],
    [
      'a torn one',
      () => dataUrl(readFileSync(at('red-0.png')).subarray(0, 60)),
      /^The image cannot be read: it is damaged/,
    ],
    ['an SVG', () => dataUrl(Buffer.from('<svg/>'), 'image/svg+xml'), /^The image cannot be read: it is no PNG/],
    [
      'one of too many pixels',
      () => dataUrl(claiming(8000, 7000)),
      /^The image cannot be read: it has more than 50 million pixels\.$/,
    ],
    ['an animated one', async () => dataUrl(await animated(), 'image/gif'), /^The image is animated \(3 pictures\)/],
    ['a URL without data', () => 'data:image/png', /no comma after the media type/],
    ['a path', () => '/etc/passwd', /^An image is a https, http or data:image URL\.$/],
    ['a path that looks like an address', () => ' http://example.com/../../etc/passwd', /no https, http or data/],
  ])('%s, and its neighbours are answered', async (_, url, message) => {
    const [broken, sound] = await Promise.all([
      routed({ query: 'a b', images: [await url()] }),
      routed({ query: 'a b', images: [pictured('red-0.png')] }),
    ]);
    expect(broken).toMatchObject({
      status: 400,
      error: { message: expect.stringMatching(message), param: 'messages' },
    });
    expect(sound).toMatchObject({ status: 200, model: 'seeing' });
  });

  test('images that are no list', async () => {
    expect((await routed({ query: 'a b', images: 'x' })).error.message).toMatch(/^images: expected a list/);
  });
});

describe('a picture at an address', () => {
  const server = createServer((_, response) => response.end(readFileSync(at('red-0.png'))));
  let url: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/red.png`;
  });
  afterAll(() => void server.close());

  test('is not fetched unless that is allowed: the text decides, and the decision says so', async () => {
    let asked = 0;
    server.on('request', () => asked++);
    const on = await opened({ 'serve.allow_private_images': true });
    const decision = await routed({ messages: [shown('a b', url)] }, on);
    expect({ degraded: decision.degraded, asked }).toEqual({ degraded: 'image', asked: 0 });
    await on.close();
  });

  test('is fetched where it is, and then counts; what is no picture is refused', async () => {
    const on = await opened({ 'serve.allow_private_images': true, 'embedding.allow_remote_images': true });
    expect(await routed({ messages: [shown('a b', url)] }, on)).toMatchObject({ model: 'seeing' });
    const missing = await routed({ messages: [shown('a b', `${models.url}/nothing`)] }, on);
    expect(missing).toMatchObject({ status: 400, error: { code: 'invalid_image' } });
    await on.close();
  });

  test('in a private network is refused, under a name too', async () => {
    const on = await opened({ 'embedding.allow_remote_images': true });
    const { error } = await routed({ messages: [shown('a b', url)] }, on);
    expect(error.message).toBe('The image at 127.0.0.1 lies in a private network (serve.allow_private_images).');
    await on.close();
  });
});

describe('who takes pictures', () => {
  test('is masked by what the configuration says, under the same name as infer has it', async () => {
    const on = await opened({ model_config: { seeing: {}, blind: { modalities: ['text'] } } });
    const decision = await routed({ query: 'a b', images: [pictured('green-1.png')] }, on);
    expect(decision).toMatchObject({ model: 'seeing', masked: { blind: 'no_image_support' } });
    await on.close();
  });
});

describe('the log', () => {
  test('keeps pictures with prompts, so that they can be learned from', async () => {
    const file = at('log.jsonl');
    const on = await opened({ 'serve.log': { file, prompts: true } });
    const image = pictured('red-0.png');
    await on.post('/v1/chat/completions', { messages: [shown('a b', image)] });
    await on.close();
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ query: 'a b', images: [image] });
  });
});
