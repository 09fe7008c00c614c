// doctor --fix native: what is run, what is told, and the sentence where it fails. The runner is replaced; the script itself runs in CI.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixNative, INSTALL_SCRIPT, type Machine } from '../../../src/pipelines/doctor/fix-native.js';
import { type RunScript, runScript } from '../../../src/pipelines/doctor/run-script.js';
import { temporaryFolder } from '../../temporary-folder.js';

const LINUX: Machine = { platform: 'linux', arch: 'x64' };
const folder = temporaryFolder();

/** A runner that says these lines and ends with this code, and what was asked of it. */
function runner(lines: readonly string[], code: number) {
  const asked: unknown[] = [];
  const run: RunScript = async (command, args, { onLine }) => {
    asked.push([command, ...args]);
    lines.forEach(onLine);
    return code;
  };
  return { run, asked };
}

async function fixing(lines: readonly string[], code: number, machine = LINUX) {
  const { run, asked } = runner(lines, code);
  const notices: string[] = [];
  const failure = await fixNative({ onNotice: (line) => notices.push(line) }, run, machine).catch((error) => error);
  return { failure, notices, asked };
}

describe('fixNative', () => {
  test('runs the script of the package and hands on its lines', async () => {
    const lines = ['install-native-tensorflow: building the addon', 'added 52 packages'];
    expect(await fixing(lines, 0)).toEqual({ failure: undefined, notices: lines, asked: [['bash', INSTALL_SCRIPT]] });
  });

  test.each([
    [
      ['install-native-tensorflow: missing here: python3, a C++ compiler (g++)'],
      '--fix native: missing here: python3, a C++ compiler (g++).',
      expect.stringContaining('apt-get install python3'),
    ],
    [
      ['install-native-tensorflow: the build failed', 'install-native-tensorflow: failed; what stood there before …'],
      '--fix native: the build failed.',
      expect.stringContaining('training runs on WebAssembly'),
    ],
    [['bash: fork: out of memory'], '--fix native: the script ended with 1.', expect.any(String)],
  ])('a failure is one sentence with the reason of the script: %j', async (lines, message, hint) => {
    const { failure } = await fixing(lines, 1);
    expect(failure).toMatchObject({ code: 'VSR_ENGINE', message, hint });
  });

  test.each([
    ['darwin', 'arm64'],
    ['linux', 'arm64'],
    ['win32', 'x64'],
  ])('nothing is run on %s %s', async (platform, arch) => {
    const { failure, asked } = await fixing([], 0, { platform, arch });
    expect(asked).toEqual([]);
    expect(failure).toMatchObject({
      code: 'VSR_ENGINE',
      message: `--fix native: the libraries that the script uses are built for Linux on x86-64; this is ${platform} on ${arch}.`,
    });
  });

  test('a package without its script says so', async () => {
    const { run } = runner([], 0);
    await expect(fixNative({}, run, LINUX, '/nowhere/install.sh')).rejects.toMatchObject({
      message: '--fix native: /nowhere/install.sh is not there.',
    });
  });
});

describe.skipIf(process.platform === 'win32')('runScript', () => {
  const heard = async (script: string, signal?: AbortSignal) => {
    const lines: string[] = [];
    const code = await runScript('sh', ['-c', script], { onLine: (line) => lines.push(line), signal });
    return { code, lines: lines.sort() };
  };
  test('gives the lines of both streams and the exit code', async () => {
    expect(await heard('echo out; echo err >&2; exit 3')).toEqual({ code: 3, lines: ['err', 'out'] });
  });
  test('a command that does not exist is a sentence', async () => {
    await expect(runScript('/nowhere/command', [], { onLine: () => {} })).rejects.toMatchObject({
      code: 'VSR_ENGINE',
      message: expect.stringMatching(/^\/nowhere\/command cannot be started/),
    });
  });
  test('stops the command and its children when it is aborted', async () => {
    const stop = new AbortController();
    const running = runScript('sh', ['-c', 'echo started; sleep 600'], {
      onLine: () => stop.abort(),
      signal: stop.signal,
    });
    await expect(running).rejects.toMatchObject({ code: 'VSR_ABORTED' });
  });
});

describe.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('the install script', () => {
  test('names everything that is missing at once, before it touches anything', () => {
    const bin = join(folder.path, 'bin');
    mkdirSync(bin);
    const link = spawnSync('sh', ['-c', `for t in bash dirname uname; do ln -s "$(command -v $t)" "${bin}/$t"; done`]);
    expect(link.status).toBe(0);
    const { status, stderr } = spawnSync(join(bin, 'bash'), [INSTALL_SCRIPT, folder.path], {
      encoding: 'utf8',
      env: { PATH: bin },
    });
    expect({ status, stderr }).toEqual({
      status: 4,
      stderr: 'install-native-tensorflow: missing here: node, npm, python3, make, a C++ compiler (g++)\n',
    });
  });

  test('leaves nothing of what it laid down where the wheel cannot be had, and says so by its exit code', () => {
    const project = join(folder.path, 'project');
    const bin = join(folder.path, 'stand-ins');
    mkdirSync(join(project, 'node_modules/@tensorflow/tfjs'), { recursive: true });
    mkdirSync(bin);
    const standIn = (name: string, script: string) =>
      writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    writeFileSync(join(project, 'node_modules/.package-lock.json'), 'before');
    standIn(
      'npm',
      'cd node_modules && mkdir -p @tensorflow/tfjs-node @mapbox/pre-gyp .bin tar && touch .bin/tar @tensorflow/tfjs-node/a; echo after > .package-lock.json',
    );
    standIn('python3', 'case "$*" in "-m pip --version") exit 0 ;; *) exit 1 ;; esac');
    standIn('make', 'exit 0');
    standIn('c++', 'exit 0');
    const { status, stderr } = spawnSync('bash', [INSTALL_SCRIPT, project], {
      encoding: 'utf8',
      env: { PATH: `${bin}:${process.env.PATH}`, TMPDIR: folder.path },
    });
    expect({ status, stderr }).toEqual({
      status: 4,
      stderr:
        'install-native-tensorflow: pip could not fetch tensorflow-cpu 2.15.1\ninstall-native-tensorflow: failed; removed what it laid down\n',
    });
    expect(readdirSync(join(project, 'node_modules'), { recursive: true }).sort()).toEqual([
      '.package-lock.json',
      '@tensorflow',
      '@tensorflow/tfjs',
    ]);
    expect(readFileSync(join(project, 'node_modules/.package-lock.json'), 'utf8')).toBe('before');
  });
});
