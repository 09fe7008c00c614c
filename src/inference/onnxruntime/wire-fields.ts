// The fields of a protobuf message where they lie, so that single bytes of a large file can be changed without decoding it.

export interface WireField {
  readonly number: number;
  /** 0 = varint, 1 = 8 bytes, 2 = bytes of a stated length, 5 = 4 bytes. */
  readonly wire: number;
  /** Where the value begins, behind its tag and length. */
  readonly start: number;
  readonly end: number;
}

/** The fields of the message bytes[start, end). Throws RangeError for bytes that are no message. */
export function* wireFields(bytes: Uint8Array, start = 0, end = bytes.length): Generator<WireField> {
  for (let at = start; at < end; ) {
    const [tag, behindTag] = varint(bytes, at);
    const wire = tag & 7;
    let [from, to] = [behindTag, 0];
    if (wire === 0) to = varint(bytes, from)[1];
    else if (wire === 1) to = from + 8;
    else if (wire === 5) to = from + 4;
    else if (wire === 2) {
      const [length, behindLength] = varint(bytes, from);
      from = behindLength;
      to = from + length;
    } else throw new RangeError(`wire type ${wire}`);
    if (to > end) throw new RangeError(`a field ends at ${to}, its message at ${end}`);
    yield { number: Math.floor(tag / 8), wire, start: from, end: to };
    at = to;
  }
}

/** Value and the position behind it; values beyond 2^53 lose their last bits. */
export function varint(bytes: Uint8Array, start: number): [value: number, end: number] {
  let value = 0;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) throw new RangeError('a number is cut off');
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return [value, start + i + 1];
  }
  throw new RangeError('a number has more than ten bytes');
}

/** A field of stated length. */
export function bytesField(number: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([...varintBytes(number * 8 + 2), ...varintBytes(content.length)]), content]);
}

export function varintField(number: number, value: number): Buffer {
  return Buffer.from([...varintBytes(number * 8), ...varintBytes(value)]);
}

function varintBytes(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 0x80);
  return [...bytes, rest];
}
