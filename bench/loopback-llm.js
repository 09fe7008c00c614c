// A language model server on the loopback that answers at once, in a process of its own: for benchmark.bench.js.
import { createServer } from 'node:http';

const usage = { prompt_tokens: 12, completion_tokens: 1, total_tokens: 13 };
const WHOLE = JSON.stringify({
  id: 'x',
  model: 'instant',
  choices: [{ message: { role: 'assistant', content: 'The answer is (A).' }, finish_reason: 'stop' }],
  usage,
});
const STREAM = [
  { model: 'instant', choices: [{ delta: { content: 'The answer is (A).' }, finish_reason: null }] },
  { model: 'instant', choices: [{ delta: {}, finish_reason: 'stop' }] },
  { model: 'instant', choices: [], usage },
]
  .map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`)
  .concat('data: [DONE]\n\n')
  .join('');

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const streams = Buffer.concat(chunks).includes('"stream":true');
    response.writeHead(200, { 'content-type': streams ? 'text/event-stream' : 'application/json' });
    response.end(streams ? STREAM : WHOLE);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());
