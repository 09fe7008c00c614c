// What a server must be able to do so that several gateways share their state on it: a list that only grows, and keys that expire.

export interface SharedStore {
  /**
   * Adds lines to the end of the list, all or none, and tells every gateway. Resolves once the server has confirmed them.
   * Throws `ServerAway`, or what the server objects to.
   */
  append(lines: readonly string[]): Promise<void>;
  /** At most `most` lines from the place `from` on (0 = the first), and how many the list holds at that moment. Throws likewise. */
  read(from: number, most: number): Promise<{ readonly lines: readonly string[]; readonly length: number }>;
  /** Entries with the same key are replaced. Throws likewise. */
  put(entries: readonly Entry[]): Promise<void>;
  /** undefined where there is none (any more). Throws likewise. */
  get(key: string): Promise<string | undefined>;
  close(): Promise<void>;
}

export interface Entry {
  /** Short and of plain letters, whatever it stands for. */
  readonly key: string;
  readonly value: string;
  readonly seconds: number;
}

/** What a store tells while it is open. */
export interface StoreEvents {
  /** Somebody added to the list. */
  grew(): void;
  /** The connection broke. May be told again while it is away. */
  away(why: string): void;
  /** The connection stands again; what came meanwhile was not told. */
  returned(): void;
}

/** How a kind of server is opened; throws `VSR_STATE` in a sentence without a password where it cannot be used. */
export type OpenStore = (url: string, shown: string, events: StoreEvents) => Promise<SharedStore>;

/** The server cannot be reached (any more). */
export class ServerAway extends Error {
  /** Whether the request may have been carried out. */
  readonly sent: boolean;

  constructor(why: string, sent: boolean, cause?: unknown) {
    super(why, { cause });
    this.sent = sent;
  }
}

/** What this version makes and reads; another one is refused. */
export const SCHEMA = 1;
