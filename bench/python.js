// One Python child for all peers: a line of JSON asks for a function of peers/*.py, a line of JSON answers.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** `missing` says why there are no Python peers; `call(module, function, args)` runs one and gives its result. */
export async function startPython() {
  const child = spawn('python3', [join(import.meta.dirname, 'peers/serve.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failed = new Promise((resolve) => child.once('error', (error) => resolve(error.message)));
  const hello = await Promise.race([lines.next().then(({ value }) => value && JSON.parse(value)), failed]);
  if (typeof hello === 'string') return absent(`python3 does not start (${hello}).`);
  if (!hello) return absent('python3 ended at once.');
  if (hello.error) return absent(`${hello.error}; pip install scikit-learn brings it.`);
  return {
    versions: hello.versions,
    call: async (module, name, args) => {
      child.stdin.write(`${JSON.stringify({ module, function: name, args })}\n`);
      const { value } = await lines.next();
      const answer = JSON.parse(value ?? '{"error": "python3 ended"}');
      if (answer.error) throw new Error(`peers/${module}.py ${name}: ${answer.error}`);
      return answer.result;
    },
    stop: () => child.stdin.end(),
  };
}

function absent(missing) {
  return { missing, versions: null, call: undefined, stop: () => {} };
}
