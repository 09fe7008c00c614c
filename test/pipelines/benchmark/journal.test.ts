// What is appended is found again, whatever a crash did to the end of the file.
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type JournalEntry, openAnswers, openJournal, readJournal } from '../../../src/pipelines/benchmark/journal.js';
import { temporaryFolder } from '../../temporary-folder.js';

const folder = temporaryFolder();

const entry = (key: string, quality = 1): JournalEntry => ({
  key,
  id: `id of ${key}`,
  model: 'a',
  cell: { quality, status: 'ok', cost: null },
  response: { text: 'ä (B)\n', finishReason: 'stop' },
});
const line = (key: string, quality = 1) => `${JSON.stringify(entry(key, quality))}\n`;

describe('appending', () => {
  test.each([true, false])('keeps the order, one line each (durable: %s)', async (durable) => {
    const path = join(folder.path, `order-${durable}`);
    const journal = await openJournal(path, 0, durable);
    await Promise.all(['1', '2', '3'].map((key) => journal.append(entry(key))));
    await journal.append(entry('4'));
    await journal.close();
    expect(readFileSync(path, 'utf8')).toBe(['1', '2', '3', '4'].map((key) => line(key)).join(''));
  });
  test('is over when it resolves: the line is in the file', async () => {
    const path = join(folder.path, 'resolved');
    const journal = await openJournal(path, 0, false);
    await journal.append(entry('1'));
    expect(readFileSync(path, 'utf8')).toBe(line('1'));
    await journal.close();
  });
  test('into a folder that does not exist is a sentence', async () => {
    const path = join(folder.path, 'none', 'journal');
    await expect(openJournal(path, 0, false)).rejects.toMatchObject({
      code: 'VSR_FILE',
      message: `${path} cannot be written: its folder does not exist.`,
    });
  });
});

describe('reading', () => {
  test('finds nothing where there is no file', async () => {
    expect(await readJournal(join(folder.path, 'absent'))).toEqual({ entries: new Map(), length: 0 });
  });
  test('takes the later of two lines with one key, and skips blank lines', async () => {
    const path = folder.write('later', `${line('1', 0)}\n${line('2')}${line('1', 1)}`);
    const { entries, length } = await readJournal(path);
    const { response: _, ...kept } = entry('1', 1);
    const size = Buffer.byteLength(line('1'));
    expect([...entries.values()]).toEqual([
      { ...kept, at: 2 * size + 1, length: size, hasText: true },
      { ...kept, key: '2', id: 'id of 2', at: size + 1, length: size, hasText: true },
    ]);
    expect(length).toBe(readFileSync(path).length);
  });
  test('gives answers back from where they stand, read or just appended', async () => {
    const path = folder.write('answers', line('1'));
    const { entries, length } = await readJournal(path);
    const journal = await openJournal(path, length, false);
    const { response: _, ...failed } = entry('3');
    const kept = [entries.get('1')!, await journal.append(entry('2')), await journal.append(failed)];
    await journal.close();
    const answers = openAnswers(path);
    const { response } = entry('1');
    expect(kept.map((one) => answers.response(one))).toEqual([response, response, undefined]);
    answers.close();
  });
  test('survives a cut at any byte, and appending goes on after the last whole line', async () => {
    const whole = Buffer.from(line('1') + line('2'));
    const first = Buffer.byteLength(line('1'));
    for (let cut = 0; cut <= whole.length; cut++) {
      const path = folder.write('cut', whole.subarray(0, cut));
      const { entries, length } = await readJournal(path);
      const complete = cut < first ? [] : cut < whole.length ? ['1'] : ['1', '2'];
      expect([...entries.keys()]).toEqual(complete);
      const journal = await openJournal(path, length, false);
      await journal.append(entry('3'));
      await journal.close();
      expect([...(await readJournal(path)).entries.keys()]).toEqual([...complete, '3']);
    }
  });
  test('finds the answer where a text looks like the end of a line, and what follows the answer', async () => {
    const odd = { text: '","finishReason":"stop"}} ,"response":{"text":"', finishReason: 'length' as const };
    const judge = { model: 'j', prompt: 'p', calls: 1, inputTokens: 2, outputTokens: 3, cost: null };
    const cell = { quality: null, status: 'network' as const, error: 'says ,"response":{"text":"' };
    const lines = [
      { ...entry('1'), response: odd },
      { ...entry('2'), repeat: 3, response: odd, judge },
      { ...entry('3'), cell, response: odd },
      { ...entry('4'), cell: { ...cell, error: '"}}' }, response: undefined },
    ];
    const path = folder.write('odd', lines.map((one) => `${JSON.stringify(one)}\n`).join(''));
    const { entries } = await readJournal(path);
    const answers = openAnswers(path);
    const found = [...entries.values()].map((kept) => {
      const { at: _at, length: _length, hasText, ...rest } = kept;
      return { ...rest, ...(hasText && { response: answers.response(kept) }) };
    });
    expect(found).toEqual(lines.map(({ response, ...rest }) => ({ ...rest, ...(response && { response }) })));
    answers.close();
  });
  test('refuses a line with a hole of zeros in its answer, as a power cut leaves it', async () => {
    const path = folder.write('hole', line('1').replace('"text":"', '"text":"\0'));
    await expect(readJournal(path)).rejects.toMatchObject({ code: 'VSR_DATA' });
  });
  test.each([
    ['broken JSON', '{"key":'],
    ['another object', '{"key":"1","id":"2"}'],
    ['an unknown status', JSON.stringify({ ...entry('1'), cell: { quality: 1, status: 'fine' } })],
    ['no object', '3'],
  ])('refuses a whole line that holds %s, naming it', async (_, text) => {
    const path = folder.write('bad', line('1'));
    appendFileSync(path, `${text}\n`);
    await expect(readJournal(path)).rejects.toMatchObject({
      code: 'VSR_DATA',
      message: `${path}:2: expected a finished call {key, id, model, cell}, got something else.`,
    });
  });
});
