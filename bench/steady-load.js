// Sends requests at a steady rate whether or not the ones before have come back, so that a slow server cannot slow its own test down.
import { Agent, request } from 'node:http';

/** Milliseconds from sending each request to the end of its reply. Throws for any status but 200. */
export async function steadyLoad({ port, path, bodies, perSecond, seconds }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const count = perSecond * seconds;
  const times = [];
  const pending = [];
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    const due = start + (i * 1000) / perSecond;
    // A timer wakes late by up to a millisecond: that is the load's own doing and counts for nobody.
    while (performance.now() < due) await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
    pending.push(
      posted({ agent, port, path, body: bodies[i % bodies.length] }).then(
        (milliseconds) => void times.push(milliseconds),
      ),
    );
  }
  await Promise.all(pending);
  agent.destroy();
  return times;
}

function posted({ agent, port, path, body }) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const call = request(
      {
        agent,
        host: '127.0.0.1',
        port,
        path,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      (reply) => {
        reply.on('data', () => {});
        reply.on('end', () =>
          reply.statusCode === 200
            ? resolve(performance.now() - started)
            : reject(new Error(`${path} answered ${reply.statusCode}`)),
        );
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

export function quantile(values, share) {
  return values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1];
}
