// The rules of the house that an import table cannot express; ARCHITECTURE.md states them.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const SRC = join(import.meta.dirname, '../src');
const files = readdirSync(SRC, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => {
    const path = join(entry.parentPath, entry.name);
    const text = readFileSync(path, 'utf8');
    return { path: relative(SRC, path), text, code: withoutComments(text) };
  });

/** Files outside `doors` whose code matches `pattern`. */
const offenders = (pattern: RegExp, doors: RegExp) =>
  files.filter((file) => !doors.test(file.path) && pattern.test(file.code)).map((file) => file.path);

describe('one door each', () => {
  test('Math.random is never used: chance comes seeded from math/random.ts', () => {
    expect(offenders(/\bMath\.random\b/, /^math\/random\.ts$/)).toEqual([]);
  });
  test('console and process.stdout are used in cli/ alone', () => {
    expect(offenders(/\bconsole\.|\bprocess\.(stdout|stderr)\b/, /^cli\//)).toEqual([]);
  });
  test('process.env is read in config/ alone', () => {
    expect(offenders(/\bprocess\.env\b/, /^config\//)).toEqual([]);
  });
  test('process.exit is called in cli/main.ts alone', () => {
    expect(offenders(/\bprocess\.exit\(/, /^cli\/main\.ts$/)).toEqual([]);
  });
  test('ONNX Runtime is imported in inference/ alone, TensorFlow.js in training/ alone, the network used in http/ alone', () => {
    expect(offenders(/['"]onnxruntime-(node|web)['"]/, /^inference\//)).toEqual([]);
    expect(offenders(/['"]@tensorflow\//, /^training\//)).toEqual([]);
    expect(offenders(/(?<![.\w])fetch\(|['"]node:(http|https|net|tls)['"]/, /^http\//)).toEqual([]);
  });
});

test('what speaks to the servers of the shared state is imported in its store alone, and that only where its server is named', () => {
  expect(offenders(/(from |import\()['"](redis|pg)['"]/, /^server\/state\/(redis|postgres)-/)).toEqual([]);
  expect(offenders(/from ['"][^'"]*\/(redis|postgres)-[^'"]+['"]/, /^server\/state\/(redis|postgres)-/)).toEqual([]);
});

describe('routers', () => {
  test('never see text files, the environment or the clock', () => {
    const routers = files.filter((file) => file.path.startsWith('routers/'));
    const pattern = /['"]node:(fs|path|os|child_process)|\bDate\.now\b|\bperformance\.now\b|\bnew Date\b/;
    expect(routers.filter((file) => pattern.test(file.code)).map((file) => file.path)).toEqual([]);
  });
  test('are found through the registry alone, by dynamic import', () => {
    const outside = files.filter((file) => !/^routers\//.test(file.path));
    const pattern = /from ['"][^'"]*routers\/[a-z]+\/[^'"]+['"]/;
    expect(outside.filter((file) => pattern.test(file.code)).map((file) => file.path)).toEqual([]);
    const registry = files.find((file) => file.path === 'routers/registry.ts')!;
    expect(registry.code).not.toMatch(/^import (?!type)[^;]*from '\.\/[a-z]+\//m);
  });
});

describe('files', () => {
  test('start with a line that says what they are', () => {
    expect(files.filter((file) => !file.text.startsWith('// ')).map((file) => file.path)).toEqual([]);
  });
  test('stay under 350 lines', () => {
    expect(files.filter((file) => file.text.split('\n').length > 350).map((file) => file.path)).toEqual([]);
  });
  test('are kebab-case and named by the thing', () => {
    const bad = /[A-Z_]|(^|\/)(utils?|helpers?|common|misc|types|manager|base)\.ts$/;
    expect(files.filter((file) => bad.test(file.path)).map((file) => file.path)).toEqual([]);
  });
});

describe('tests', () => {
  test('are never focused, and sleep nowhere', () => {
    const folder = import.meta.dirname;
    const all = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const pattern = /\b(test|it|describe)\.only\(|setTimeout\(\s*resolve/;
    expect(all.filter((name) => pattern.test(withoutComments(readFileSync(join(folder, name), 'utf8'))))).toEqual([]);
  });
});

/** Comments and doc comments blanked, so that prose about `console` is no offence. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}
