// A file is replaced whole or not at all, and what goes wrong is said in one sentence.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeError, writeFileAtomically } from '../../src/artifacts/atomic-write.js';
import { VsrError } from '../../src/errors/vsr-error.js';
import { compileSource } from '../compiled-source.js';
import { temporaryFolder } from '../temporary-folder.js';

const folder = temporaryFolder();

function emptyFolder(name: string): string {
  const path = join(folder.path, name);
  mkdirSync(path);
  return path;
}

describe('writing', () => {
  test('takes a text, bytes or pieces of both, and leaves no other file', () => {
    const path = emptyFolder('forms');
    writeFileAtomically(join(path, 'text'), 'ä\n');
    writeFileAtomically(join(path, 'bytes'), new Uint8Array([1, 2, 3]));
    writeFileAtomically(join(path, 'pieces'), ['a', new Uint8Array([98]), 'c']);
    writeFileAtomically(join(path, 'nothing'), []);
    expect(readdirSync(path).sort()).toEqual(['bytes', 'nothing', 'pieces', 'text']);
    expect(readFileSync(join(path, 'text'), 'utf8')).toBe('ä\n');
    expect([...readFileSync(join(path, 'bytes'))]).toEqual([1, 2, 3]);
    expect(readFileSync(join(path, 'pieces'), 'utf8')).toBe('abc');
    expect(readFileSync(join(path, 'nothing'), 'utf8')).toBe('');
  });
  test('replaces what a link points to and keeps its permissions', () => {
    const path = emptyFolder('link');
    writeFileSync(join(path, 'real'), 'old');
    chmodSync(join(path, 'real'), 0o600);
    symlinkSync('real', join(path, 'link'));
    writeFileAtomically(join(path, 'link'), 'new');
    expect(readFileSync(join(path, 'real'), 'utf8')).toBe('new');
    expect(statSync(join(path, 'real')).mode & 0o777).toBe(0o600);
    expect(readdirSync(path).sort()).toEqual(['link', 'real']);
  });
});

describe('what cannot be written', () => {
  test('a source of pieces that fails leaves the old file, and its error is passed on', () => {
    const path = emptyFolder('failing');
    writeFileSync(join(path, 'file'), 'old');
    const pieces = function* () {
      yield 'new';
      throw new RangeError('a bug');
    };
    expect(() => writeFileAtomically(join(path, 'file'), pieces())).toThrow(new RangeError('a bug'));
    expect(readdirSync(path)).toEqual(['file']);
    expect(readFileSync(join(path, 'file'), 'utf8')).toBe('old');
  });
  test.each([
    ['a directory', () => emptyFolder('directory'), 'it is a directory.'],
    ['a missing folder', () => join(folder.path, 'none', 'file'), 'its folder does not exist.'],
    ['a file as folder', () => join(folder.write('plain', ''), 'file'), 'a part of the path is a file, not a folder.'],
    ['a device', () => '/dev/null', 'it is a device or a pipe, expected a file.'],
  ])('%s', (_, make, reason) => {
    const path = make();
    expect(() => writeFileAtomically(path, 'x')).toThrow(
      expect.objectContaining({
        name: 'VsrError',
        code: 'VSR_FILE',
        exitCode: 2,
        message: `${path} cannot be written: ${reason}`,
      }),
    );
  });
  test.each([
    ['ENOSPC', 'the disk is full'],
    ['EROFS', 'the file system is read-only'],
    ['EACCES', 'no permission'],
  ])('%s is a sentence with something to do', (code, reason) => {
    const error = writeError('out.jsonl', Object.assign(new Error(code), { code, syscall: 'write' })) as VsrError;
    expect(error).toBeInstanceOf(VsrError);
    expect(error.message).toBe(`out.jsonl cannot be written: ${reason}.`);
    expect(error.hint).toMatch(/\.$/);
  });
  test('a file beyond what the system allows leaves the old one and no other', () => {
    const path = emptyFolder('limit');
    const file = join(path, 'file');
    writeFileSync(file, 'old');
    // A limit on the size of files fills up like a disk does; a shell sets it for one process.
    const door = join(compileSource(emptyFolder('compiled')), 'artifacts/atomic-write.js');
    const module = folder.write(
      'limit.mjs',
      `import { writeFileAtomically } from ${JSON.stringify(door)};
      try { writeFileAtomically(${JSON.stringify(file)}, 'x'.repeat(1_000_000)); } catch (error) { console.log(error.message); }`,
    );
    const run = spawnSync('sh', ['-c', `ulimit -f 8; exec "${process.execPath}" "${module}"`], { encoding: 'utf8' });
    expect(run.stdout + run.stderr).toBe(
      `${file} cannot be written: the file would be larger than the system allows.\n`,
    );
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(path)).toEqual(['file']);
  });
});
