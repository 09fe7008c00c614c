// Events come out whole, however the stream is cut and whichever ends its lines have.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEventReader } from '../../src/http/server-sent-events.js';

const read = (pieces: readonly string[]) => {
  const events: string[] = [];
  const reader = createEventReader((data) => events.push(data));
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return events;
};

test.each([
  ['data: a\n\ndata: b\n\n', ['a', 'b']],
  [': note\n\ndata:a\n\n', ['a']],
  ['event: x\nid: 1\ndata: a\ndata:  b\ndata\n\n', ['a\n b\n']],
  ['data: a', ['a']],
  ['data: a\r\n\r\n\r\ndata: b\r\r', ['a', 'b']],
  ['database: a\n\n', []],
])('%j', (text, events) => {
  expect(read([text])).toEqual(events);
});

test('any events, with any line ends, cut anywhere', () => {
  const line = fc.string({ unit: 'grapheme' }).filter((text) => !/[\r\n]/.test(text));
  fc.assert(
    fc.property(
      fc.array(fc.array(line, { minLength: 1, maxLength: 3 })),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.array(fc.nat(200)),
      (events, end, cuts) => {
        const text = events.map((lines) => [...lines.map((data) => `data: ${data}`), '', ''].join(end)).join('');
        const places = [0, ...cuts.filter((at) => at < text.length).sort((a, b) => a - b), text.length];
        const pieces = places.slice(1).map((at, i) => text.slice(places[i], at));
        expect(read(pieces)).toEqual(events.map((lines) => lines.join('\n')));
      },
    ),
  );
});
