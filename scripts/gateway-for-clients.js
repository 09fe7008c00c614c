// A gateway in front of a scripted model server, for clients of other languages: trains a router on forty toy questions, then runs
// a command with VSR_URL set. node scripts/gateway-for-clients.js python3 scripts/check-openai-python.py
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const VSR = join(import.meta.dirname, '../bin/vsr.js');
const KEY = 'key-of-the-client';
const folder = mkdtempSync(join(tmpdir(), 'vsr-clients-'));

const rows = Array.from({ length: 40 }, (_, i) => {
  const maths = i % 2 === 0;
  const words = maths ? 'derivative integral equation' : 'onion butter garlic';
  return {
    query: `${words} ${i}`,
    outcomes: {
      mathematician: { quality: maths ? 1 : 0, status: 'ok', inputTokens: 10, outputTokens: 20, cost: 3e-5 },
      cook: { quality: maths ? 0 : 1, status: 'ok', inputTokens: 10, outputTokens: 20, cost: 3e-5 },
    },
  };
});
writeFileSync(join(folder, 'outcomes.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
run(['train', '--router', 'knn', '--knn-k', '5', '--folds', '0', '--quiet']);

const models = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => reply(JSON.parse(Buffer.concat(chunks).toString()), response));
});
await new Promise((resolve) => models.listen(0, '127.0.0.1', resolve));

const settings = [
  `vllm_endpoints=[{name: models, type: openai-compatible, base_url: "http://127.0.0.1:${models.address().port}/v1"}]`,
  'model_config={mathematician: {}, cook: {modalities: [text]}}',
];
const gateway = spawn(
  process.execPath,
  [
    VSR,
    'serve',
    '--json',
    '--port',
    '0',
    '--set',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: vsr itself reads the variable
    'serve.api_key=${VSR_KEY}',
    ...settings.flatMap((setting) => ['--set', setting]),
  ],
  {
    cwd: folder,
    env: { ...process.env, VSR_KEY: KEY },
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
try {
  const url = await new Promise((resolve, reject) => {
    let text = '';
    gateway.stdout.on('data', (piece) => {
      text += piece;
      const found = /"url":\s*"([^"]+)"/.exec(text)?.[1];
      if (found) resolve(found);
    });
    gateway.once('exit', (code) => reject(new Error(`vsr serve ended with ${code}.`)));
  });
  const [command, ...words] = process.argv.slice(2);
  const client = spawn(command, words, { env: { ...process.env, VSR_URL: url, VSR_KEY: KEY }, stdio: 'inherit' });
  process.exitCode = await new Promise((resolve) => client.once('exit', (code) => resolve(code ?? 1)));
} finally {
  gateway.kill();
  models.close();
  models.closeAllConnections();
  rmSync(folder, { recursive: true });
}

function run(words) {
  const { status } = spawnSync(process.execPath, [VSR, ...words], { cwd: folder, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`vsr ${words[0]} ended with ${status}.`);
}

/** Says what it was asked: the model's name, how many images and tools came; fails as the question tells it to. */
function reply(asked, response) {
  const send = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  if (asked.input !== undefined) {
    const data = [asked.input].flat().map((_, index) => ({ object: 'embedding', index, embedding: [0.5, -0.25] }));
    return send(200, { object: 'list', model: asked.model, data, usage: { prompt_tokens: 1, total_tokens: 1 } });
  }
  const parts = asked.messages.flatMap(({ content }) => (Array.isArray(content) ? content : [{ text: content }]));
  const text = parts.map((part) => part.text ?? '').join(' ');
  if (text.includes('refuse this')) {
    return send(400, {
      error: { message: 'refused', type: 'invalid_request_error', param: 'messages', code: 'refused' },
    });
  }
  if (text.includes('all of you fail')) return send(500, { error: { message: 'down' } });
  const images = parts.filter(({ type }) => type === 'image_url').length;
  const message =
    asked.tools === undefined
      ? { role: 'assistant', content: `${asked.model} saw ${images} images` }
      : {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 't1', type: 'function', function: { name: asked.tools[0].function.name, arguments: '{"a":1}' } },
          ],
        };
  const head = { id: 'chatcmpl-1', created: 1, model: asked.model };
  const usage = { prompt_tokens: 5, completion_tokens: 4, total_tokens: 9 };
  if (!asked.stream) {
    const finish_reason = message.tool_calls ? 'tool_calls' : 'stop';
    return send(200, { ...head, object: 'chat.completion', choices: [{ index: 0, message, finish_reason }], usage });
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const event = (choices, more = {}) =>
    response.write(`data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...more })}\n\n`);
  for (const word of message.content.split(/(?<= )/))
    event([{ index: 0, delta: { content: word }, finish_reason: null }]);
  event([{ index: 0, delta: {}, finish_reason: 'stop' }]);
  if (asked.stream_options?.include_usage) event([], { usage });
  response.end('data: [DONE]\n\n');
}
