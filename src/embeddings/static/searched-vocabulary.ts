// token → id of a tokenizer.json, by searching its bytes instead of parsing 30,000 entries: three quarters of the time that one
// query took from a cold start. After some hundred searches the entries are parsed after all.

/** Searches after which a map of all entries is cheaper. */
const ENOUGH = 400;

export interface SplitTokenizer {
  /** tokenizer.json, parsed, with an empty model.vocab. */
  readonly config: { readonly model: { readonly unk_token?: string } };
  readonly vocabulary: Map<string, number>;
}

/** undefined where the file is no WordPiece tokenizer written without spaces and \u escapes: then parse all of it. */
export function splitTokenizer(bytes: Buffer): SplitTokenizer | undefined {
  const start = bytes.indexOf('"vocab":{') + '"vocab":'.length;
  const end = start < '"vocab":'.length ? -1 : endOfEntries(bytes, start);
  if (end < 0) return undefined;
  const entries = bytes.subarray(start, end);
  if (entries.includes('\\u') || entries.includes('\\/')) return undefined;
  try {
    const config = JSON.parse(`${bytes.toString('utf8', 0, start)}{}${bytes.toString('utf8', end)}`);
    const wordPiece = config.model?.type === 'WordPiece' && Object.keys(config.model.vocab).length === 0;
    return wordPiece ? { config, vocabulary: new SearchedVocabulary(entries) } : undefined;
  } catch {
    return undefined;
  }
}

/** The position after the entries' closing brace: the first } between a digit and a comma or another }. */
function endOfEntries(bytes: Buffer, start: number): number {
  for (let at = bytes.indexOf('}', start); at >= 0; at = bytes.indexOf('}', at + 1)) {
    const next = bytes[at + 1];
    if (isDigit(bytes[at - 1]) && (next === COMMA || next === CLOSE)) return at + 1;
  }
  return -1;
}

/** A map whose entries are found when asked for; a token that is not there is remembered too. */
class SearchedVocabulary extends Map<string, number> {
  readonly #entries: Buffer;
  readonly #absent = new Set<string>();
  #searches = 0;

  constructor(entries: Buffer) {
    super();
    this.#entries = entries;
  }

  override has(token: string): boolean {
    return this.get(token) !== undefined;
  }

  override get(token: string): number | undefined {
    const known = super.get(token);
    if (known !== undefined || this.#searches > ENOUGH || this.#absent.has(token)) return known;
    if (this.#searches++ === ENOUGH) {
      const all: Record<string, number> = JSON.parse(this.#entries.toString('utf8'));
      for (const key in all) this.set(key, all[key]!);
      return super.get(token);
    }
    const id = this.#search(token);
    if (id === undefined) this.#absent.add(token);
    else this.set(token, id);
    return id;
  }

  /** An entry is "token":12, its quote after { or a comma: any other quote is inside a token, behind a backslash. */
  #search(token: string): number | undefined {
    const needle = Buffer.from(`${JSON.stringify(token)}:`);
    for (let at = this.#entries.indexOf(needle); at >= 0; at = this.#entries.indexOf(needle, at + 1)) {
      const before = this.#entries[at - 1];
      if (before !== OPEN && before !== COMMA) continue;
      const start = at + needle.length;
      let end = start;
      while (isDigit(this.#entries[end])) end++;
      return Number(this.#entries.toString('latin1', start, end));
    }
    return undefined;
  }
}

const OPEN = 0x7b;
const CLOSE = 0x7d;
const COMMA = 0x2c;

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
