import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { appendFeedback, feedbackPath } from '../../../src/pipelines/people/feedback-file.js';
import { parseStoredTurns, type StoredTurn, turnsOfUser } from '../../../src/pipelines/people/stored-turn.js';
import { compileSource } from '../../compiled-source.js';
import { temporaryFolder } from '../../temporary-folder.js';

const folder = temporaryFolder();
const compiled = temporaryFolder();
let dist: string;
beforeAll(() => {
  dist = compileSource(compiled.path, ['artifacts', 'errors']);
}, 60_000);
const turn = (i: number, user = '3'): StoredTurn => ({
  user,
  session: null,
  order: -1,
  query: `query ${i}`,
  models: ['a', 'b'],
  ratings: [1, -1],
  kind: 'votes',
  encoder: 'sha256:x',
  vector: '',
});
const read = (user = '3') => {
  const path = feedbackPath(folder.path, user);
  return parseStoredTurns(readFileSync(path, 'utf8'), path);
};

test('what was appended is read again, in order', () => {
  rmSync(join(folder.path, 'feedback'), { recursive: true, force: true });
  appendFeedback(folder.path, turn(1));
  appendFeedback(folder.path, turn(2));
  expect(read()).toEqual([turn(1), turn(2)]);
});

test('half a line that a crash left is passed over, and hides nothing that comes after', () => {
  const path = feedbackPath(folder.path, '3');
  rmSync(path, { force: true });
  appendFeedback(folder.path, turn(1));
  const line = JSON.stringify(turn(2));
  for (let cut = 1; cut < line.length; cut += 7) {
    appendFileSync(path, line.slice(0, cut));
    expect(read().at(-1)).not.toEqual(turn(2));
    appendFeedback(folder.path, turn(cut));
    expect(read().at(-1)).toEqual(turn(cut));
  }
});

test('any id is safe: its file lies in the folder, and nobody reads the turns of another', () => {
  const ids = [
    '../../etc/passwd',
    '..',
    'a/b',
    'A',
    'a',
    'é',
    'e\u0301',
    '3',
    ' 3',
    'x","y',
    'two\nlines',
    '🙂',
    'n'.repeat(200),
    '',
  ];
  for (const [i, id] of ids.entries()) {
    expect(feedbackPath(folder.path, id)).toMatch(/[/\\]feedback[/\\][0-9a-f]{3}\.jsonl$/);
    appendFeedback(folder.path, turn(i, id));
  }
  const text = ids.map((id, i) => `${JSON.stringify(turn(i, id))}\n`).join(''); // as if all shared one file
  for (const [i, id] of ids.entries()) {
    const path = feedbackPath(folder.path, id);
    expect(turnsOfUser(readFileSync(path, 'utf8'), path, id).at(-1)).toEqual(turn(i, id));
    expect(turnsOfUser(text, path, id)).toEqual([turn(i, id)]);
  }
});

test('a line that nobody wrote is refused with its number', () => {
  const path = feedbackPath(folder.path, 'other');
  mkdirSync(dirname(path), { recursive: true });
  appendFileSync(path, 'rubbish\n');
  expect(() => read('other')).toThrow(`${path}:1: expected a stored turn, got broken text.`);
});

test('killed at any moment, a writer loses nothing that it was told is on disk', async () => {
  const path = join(folder.path, 'killed.jsonl');
  const script = `
    import { appendLine } from ${JSON.stringify(join(dist, 'artifacts/append-line.js'))};
    for (let i = 0; ; i++) {
      appendLine(${JSON.stringify(path)}, JSON.stringify({ ...${JSON.stringify(turn(0))}, query: 'query ' + i }));
      process.stdout.write(i + '\\n');
    }`;
  for (const confirmed of [1, 17]) {
    rmSync(path, { force: true });
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const told = await killAfter(child, confirmed);
    const found = parseStoredTurns(readFileSync(path, 'utf8'), path).map(({ query }) => query);
    expect(told).toBeGreaterThanOrEqual(confirmed);
    expect(found.slice(0, told)).toEqual(Array.from({ length: told }, (_, i) => `query ${i}`));
  }
});

/** Lines that the child wrote before it was gone. */
function killAfter(child: ChildProcess, lines: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let seen = 0;
    child.stdout!.on('data', (bytes: Buffer) => {
      seen += bytes.toString('utf8').split('\n').length - 1;
      if (seen >= lines) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', () => resolve(seen));
  });
}
