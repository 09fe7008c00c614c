// Code answers: which program is read out of them, which tests a truth holds, and what the sandbox lets them do.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePythonLiteral } from '../../../src/data/python-literal.js';
import { codeIn, programOf } from '../../../src/scoring/code/answer-code.js';
import { testedFunction, testsOf } from '../../../src/scoring/code/code-tests.js';
import { findSandbox, SANDBOX_LIMITS } from '../../../src/scoring/code/sandbox.js';
import { codeScorer } from '../../../src/scoring/code/score-code.js';

const fence = (code: string, language = 'python') => `\`\`\`${language}\n${code}\n\`\`\``;

describe('the code in an answer', () => {
  test.each<[string, string, string | null]>([
    ['the last python fence', `${fence('a = 1')} or ${fence('b = 2')}\n${fence('ls', 'sh')}`, 'b = 2\n'],
    ['else the last fence', `${fence('a = 1', '')} then ${fence('b = 2', 'text')}`, 'b = 2\n'],
    ['a fence that is never closed', 'Here:\n```python\ndef f(): pass', 'def f(): pass'],
    [
      'a fence inside a list, indented',
      '1. So:\n   ```python\n   def f():\n       return 1\n   ```',
      'def f():\n    return 1\n',
    ],
    ['else [BEGIN] to [DONE]', 'x [BEGIN]\na = 1\n[DONE] y', '\na = 1\n'],
    ['else from the first def', 'Sure.\n  def f():\n    return 1', 'def f():\n  return 1'],
    ['nothing', 'I would sort the list.', null],
    ['nothing after unfinished thoughts', '<think>def f(): pass', null],
    ['what follows the thoughts', `<think>${fence('a')}</think>${fence('b')}`, 'b\n'],
    ['signs as they are', fence("x = 'ﬁ²'"), "x = 'ﬁ²'\n"],
  ])('is %s', (_, answer, code) => {
    expect(codeIn(answer)?.replace(/ +$/, '') ?? null).toBe(code);
  });
  const HEAD = 'from typing import List\n\ndef double(x: int) -> int:\n    """Doubles."""\n';
  test('that lacks the function of the query is its body', () => {
    expect(programOf(fence('return 2 * x'), HEAD)).toEqual({
      prelude: '',
      program: `${HEAD.trimEnd()}\n    return 2 * x\n\n`,
    });
    expect(programOf(fence('    y = 2 * x\n    return y'), HEAD)!.program).toContain(
      '"""\n    y = 2 * x\n    return y\n',
    );
  });
  test('that holds it runs after what the query imports', () => {
    expect(programOf(fence('def double(x: List) -> int:\n    return 2 * x'), HEAD)!.prelude).toBe(HEAD);
    expect(programOf(fence('double = lambda x: 2 * x'), HEAD)!.prelude).toBe(HEAD);
  });
  test('is read from any text without an error', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.constantFrom('```', '```python\n', 'def ', 'f(', '\n', '    ', '[BEGIN]', '<think>', '</think>'),
            fc.string({ unit: 'grapheme', maxLength: 8 }),
          ),
        ),
        fc.string(),
        (parts, query) => {
          const result = programOf(parts.join(''), query);
          expect(result === null || typeof result.program === 'string').toBe(true);
        },
      ),
    );
  });
});

describe('the tests in a truth', () => {
  const read = (truth: string | string[], query = '') => testsOf(truth, query, parsePythonLiteral);
  test('are a list of asserts as Python or JSON writes it, one assert, or check(candidate)', () => {
    expect(read(`['assert f(1)==1', "assert f('a')=='b'"]`)).toEqual(['assert f(1)==1', "assert f('a')=='b'"]);
    expect(read(['assert f(1)==1'])).toEqual(['assert f(1)==1']);
    expect(read('assert f(1)==1')).toEqual(['assert f(1)==1']);
    const check = 'def check(candidate):\n    assert candidate(1) == 1';
    expect(read(check, 'def g(): pass\ndef f(x):')).toEqual([`${check}\n\ncheck(f)\n`]);
  });
  test.each([[''], ['[]'], ["['print(1)']"], ['42'], ['__import__("os").system("x")']])('refuse %j', (truth) => {
    expect(() => read(truth)).toThrow(expect.objectContaining({ code: 'VSR_DATA' }));
  });
  test('with check need a function in the query', () => {
    expect(() => read('def check(candidate):\n    assert True')).toThrow(/the query defines none/);
  });
  test('tell which function they call', () => {
    expect(testedFunction(['assert set(similar((3, 4))) == set((4,))'])).toBe('similar');
    expect(testedFunction(['def check(candidate):\n    pass'])).toBeNull();
  });
});

const sandbox = findSandbox();

describe.skipIf(sandbox === null)('running (needs python3)', () => {
  const score = async (
    answer: string,
    groundTruth: string | string[],
    more: { query?: string; ms?: number; memory?: number } = {},
  ) => {
    const limits = { testMs: more.ms ?? SANDBOX_LIMITS.testMs, memoryBytes: more.memory ?? SANDBOX_LIMITS.memoryBytes };
    const { quality, rule } = await codeScorer(
      sandbox!,
      parsePythonLiteral,
      limits,
    )({
      answer,
      query: more.query ?? 'Write f.',
      groundTruth,
    });
    return [quality, rule];
  };
  test('a right answer scores 1, one that misses a test 0', async () => {
    const tests = "['assert f(1) == 2', 'assert f(2) == 4']";
    expect(await score(fence('def f(x):\n    return 2 * x'), tests)).toEqual([1, '2/2 tests passed']);
    expect(await score(fence('def f(x):\n    return 2'), tests)).toEqual([0, '1/2 tests passed']);
    expect(await score(fence('def f(x)'), tests)).toEqual([0, '0/2 tests passed']);
    expect(await score('I cannot.', tests)).toEqual([0, 'no code']);
  });
  test('check(candidate) uses imports and helpers of the query', async () => {
    const query =
      'from typing import List\ndef twice(x):\n    return 2 * x\n\ndef f(xs: List[int]) -> int:\n    """Sums the doubles."""\n';
    const truth = 'def check(candidate):\n    assert candidate([1, 2]) == twice(3)';
    expect(
      await score(fence('def f(xs: List[int]) -> int:\n    return sum(twice(x) for x in xs)'), truth, { query }),
    ).toEqual([1, '1/1 tests passed']);
    expect(await score(fence('return sum(twice(x) for x in xs)'), truth, { query })).toEqual([1, '1/1 tests passed']);
  });
  test.each([
    ['leaves by sys.exit', 'import sys\nsys.exit(0)'],
    ['leaves by os._exit', 'import os\nos._exit(0)'],
    ['floods its output', 'while True:\n    print("x" * 100000)'],
    ['reads its input', 'input()'],
  ])('a program that %s has passed nothing', async (_, code) => {
    expect((await score(fence(code), ['assert True'], { ms: 1500 }))[0]).toBe(0);
  });
  test('a program that never ends, and its children, are killed', async () => {
    const marker = `vsr-sleeper-${process.pid}`;
    const code = `import os, subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)', '${marker}'])\nwhile True: pass`;
    expect(await score(fence(code), ['assert True'], { ms: 1000 })).toEqual([0, '0/1 tests passed, 1 ran out of time']);
    const commands = existsSync('/proc/self/cmdline')
      ? readdirSync('/proc')
          .filter((name) => /^\d+$/.test(name))
          .map((pid) => {
            try {
              return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
            } catch {
              return '';
            }
          })
      : [];
    expect(commands.filter((command) => command.includes(marker))).toEqual([]);
  });
  test('memory is limited', async () => {
    expect(await score(fence('x = bytearray(400 * 2**20)'), ['assert True'])).toEqual([0, '0/1 tests passed']);
    expect(await score(fence('x = bytearray(50 * 2**20)'), ['assert True'])).toEqual([1, '1/1 tests passed']);
  });
  test('the environment is empty, the directory a temporary one that is gone afterwards', async () => {
    process.env.VSR_TEST_SECRET = 'sk-secret';
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('vsr-code-'));
    const code =
      "import os\nopen('left', 'w').write('x')\nhere = os.getcwd()\nnames = [n for n in os.environ if n not in ('LC_CTYPE', 'PWD', 'SHLVL', '_')]";
    expect(await score(fence(code), ['assert names == []', "assert 'vsr-code-' in here"])).toEqual([
      1,
      '2/2 tests passed',
    ]);
    delete process.env.VSR_TEST_SECRET;
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('vsr-code-'))).toEqual(before);
  });
  test.skipIf(sandbox?.wrapper.length === 0)('the network is not there (needs unshare)', async () => {
    const server = createServer((socket) => socket.end('hello'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const code = `import socket\ntry:\n    socket.create_connection(('127.0.0.1', ${port}), 1)\n    reached = True\nexcept OSError:\n    reached = False`;
    expect(await score(fence(code), ['assert not reached'])).toEqual([1, '1/1 tests passed']);
    server.close();
  });
  test('dataclasses and recursion work as in any program', async () => {
    const code =
      'from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\ndef f(n):\n    return P(n).x if n == 0 else f(n - 1)';
    expect(await score(fence(code), ['assert f(500) == 0'])).toEqual([1, '1/1 tests passed']);
  });
});

test('an interrupted run gives no quality', async () => {
  const scorer = codeScorer(sandbox ?? { python: '/nowhere/python3', wrapper: [] }, parsePythonLiteral);
  const result = await scorer({
    answer: fence('while True: pass'),
    query: '',
    groundTruth: 'assert True',
    signal: AbortSignal.abort(),
  });
  expect([result.quality, result.rule]).toEqual([null, 'interrupted']);
});

test('a sandbox whose python is gone fails the test, not the run', async () => {
  const path = join(tmpdir(), `vsr-no-python-${process.pid}`);
  writeFileSync(path, '');
  const scorer = codeScorer({ python: path, wrapper: [] }, parsePythonLiteral);
  const result = await scorer({ answer: fence('x = 1'), query: '', groundTruth: 'assert True' });
  expect(result.quality).toBe(0);
});
