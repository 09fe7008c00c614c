// JSON from strangers: nothing about its shape is taken for granted.

export type Json = Readonly<Record<string, unknown>>;

/** JSON, or undefined. */
export function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first 200 characters on one line. */
export function glimpse(body: string): string {
  const line = body.replace(/\s+/g, ' ').trim();
  return line === '' ? 'nothing' : line.slice(0, 200);
}
