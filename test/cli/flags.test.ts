// Flags: each text becomes a value of its kind, or a sentence naming the flag.
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/registry.js';
import { type Flag, flagOption, givenFlags } from '../../src/cli/flags.js';
import { loadConfig } from '../../src/config/load.js';

const parse = (flags: readonly Flag[], args: readonly string[]) => {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  for (const flag of flags) command.addOption(flagOption(flag));
  command.parse([...args], { from: 'user' });
  return givenFlags(flags, command.opts());
};
const flag = (kind: Flag['kind'], usage = '--some-flag <value>'): Flag => ({
  usage,
  key: ['a', 'b'],
  kind,
  description: '',
});

describe('values', () => {
  const good: [kind: Flag['kind'], args: string[], value: unknown][] = [
    ['text', ['a b'], 'a b'],
    ['text', ['--looks-like-a-flag'], '--looks-like-a-flag'],
    ['whole', ['12'], 12],
    ['whole', ['-3'], -3],
    ['number', ['.8'], 0.8],
    ['number', ['1e-4'], 0.0001],
    ['wholeOrAuto', ['auto'], 'auto'],
    ['wholeOrAuto', ['5'], 5],
    ['list', ['a, b,c'], ['a', 'b', 'c']],
    ['numbers', ['.8,.1,.1'], [0.8, 0.1, 0.1]],
    ['pairs', ['mmlu=em_mc'], { mmlu: 'em_mc' }],
    ['numberPairs', ['small=.7', '--some-flag', 'large=0.5'], { small: 0.7, large: 0.5 }],
  ];
  test.each(good)('%s %j', (kind, args, value) => {
    expect(parse([flag(kind)], ['--some-flag', ...args])).toEqual([{ path: ['a', 'b'], value, flag: '--some-flag' }]);
  });

  test('a switch is true, and what is not given is not there', () => {
    expect(parse([flag('switch', '--some-flag')], ['--some-flag'])).toEqual([
      { path: ['a', 'b'], value: true, flag: '--some-flag' },
    ]);
    expect(parse([flag('switch', '--some-flag'), flag('text', '--other <x>')], [])).toEqual([]);
  });

  test('a negated switch is given only where it stands', () => {
    const negated = flag('switch', '--no-answers');
    expect(parse([negated], ['--no-answers'])).toEqual([{ path: ['a', 'b'], value: true, flag: '--no-answers' }]);
    expect(parse([negated], [])).toEqual([]);
  });

  test('repeated pairs add up', () => {
    expect(parse([flag('pairs')], ['--some-flag', 'a=1', '--some-flag', 'b=2'])[0]?.value).toEqual({ a: '1', b: '2' });
  });

  test('a repeated list adds up, any other repeated flag counts once, the last', () => {
    expect(parse([flag('list')], ['--some-flag', 'a', '--some-flag', 'b,c'])[0]?.value).toEqual(['a', 'b', 'c']);
    expect(parse([flag('whole')], ['--some-flag', '1', '--some-flag', '2'])[0]?.value).toBe(2);
  });

  const bad: [kind: Flag['kind'], text: string, message: string][] = [
    ['text', '', '--some-flag: expected a text that is not empty, got "".'],
    ['whole', '1.5', '--some-flag: expected a whole number, got "1.5".'],
    ['whole', '', '--some-flag: expected a whole number, got "".'],
    ['whole', '0x10', '--some-flag: expected a whole number, got "0x10".'],
    ['number', 'NaN', '--some-flag: expected a number, got "NaN".'],
    ['number', 'Infinity', '--some-flag: expected a number, got "Infinity".'],
    ['number', '1,5', '--some-flag: expected a number, got "1,5".'],
    ['wholeOrAuto', 'many', '--some-flag: expected a whole number or auto, got "many".'],
    ['list', 'a,,b', '--some-flag: expected names separated by commas, got "a,,b".'],
    ['pairs', 'mmlu', '--some-flag: expected name=value, got "mmlu".'],
    ['pairs', '=x', '--some-flag: expected name=value, got "=x".'],
    ['numberPairs', 'small=high', '--some-flag: expected name=number, got "small=high".'],
    ['numberPairs', 'small', '--some-flag: expected name=number, got "small".'],
    ['numbers', '.8,x', '--some-flag: expected numbers separated by commas, got ".8,x".'],
  ];
  test.each(bad)('%s refuses %j', (kind, text, message) => {
    expect(() => parse([flag(kind)], ['--some-flag', text])).toThrow(
      expect.objectContaining({ code: 'VSR_USAGE', message }),
    );
  });
});

/** A value each kind of flag accepts, for keys that no other rule narrows. */
const SAMPLES: Record<Flag['kind'], unknown> = {
  switch: true,
  text: 'x',
  whole: 3,
  number: 0.05,
  wholeOrAuto: 'auto',
  list: ['x'],
  numbers: [0.8, 0.1, 0.1],
  pairs: { x: 'y' },
  numberPairs: { x: 0.5 },
};
const SPECIAL: Record<string, unknown> = {
  '--leak-check': 'warn',
  '--fail-on': 'inconclusive',
  '--format': ['html'],
  '--engine': 'wasm',
  '--device': 'cpu',
  '--export': ['onnx'],
  '--to': 'onnx',
  '--fix': 'native',
  '--from': 'llmrouter',
  '--method': 'keyword',
  '--kind': 'personas',
  '--example': 'votes',
  '--split-by': 'task',
  '--calibrate': 'platt',
  '--compare': ['old', 'new'],
  '--only': 'config',
  '--mode': 'full_context',
  '--thresholds': 'per_model',
  '--by': 'comparison',
};

describe.each(Object.keys(COMMANDS))('%s', (name) => {
  test('every flag sets a key that the configuration knows, and the value arrives there', async () => {
    const { flags } = await COMMANDS[name]!.load();
    for (const { usage, key, kind } of flags) {
      const long = usage.split(' ')[0]!;
      const value = long === '--split' && kind === 'text' ? 'test' : (SPECIAL[long] ?? SAMPLES[kind]);
      // The other weight is lowered, so that the sum stays in bounds.
      const { config } = await loadConfig({
        cwd: '/nowhere',
        environment: {},
        sets: ['objective.quality_weight=0.5'],
        flags: [{ path: key, value, flag: long }],
      });
      const found = key.reduce<unknown>((node, step) => (node as Record<string, unknown>)[step], config);
      expect({ long, found }).toEqual({ long, found: value });
    }
  });
});
