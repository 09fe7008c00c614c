// What can still be rated and which model a session stays with: the newest in memory, all of it as lines on disk, so that both outlive
// the process (but for its last 20 ms where it is killed). A line: {"decision":{"id":"vsr-…","model":"a",…},"also":"chatcmpl-…"} or {"session":"s1","model":"a"}.
import { closeSync, createWriteStream, openSync, readSync, renameSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { writeGathered } from '../gathered.js';
import { type RatedDecision, Recent } from './gateway-state.js';

export interface Remembered {
  remember(decision: RatedDecision, also?: string): void;
  recall(id: string): Promise<RatedDecision | undefined>;
  keepSession(sessionId: string, model: string): void;
  sessionModel(sessionId: string): string | undefined;
  close(): Promise<void>;
}

/** Where a decision's line stands. */
interface Place {
  readonly generation: number;
  /** Bytes. */
  readonly start: number;
  readonly length: number;
}

const IN_MEMORY = 1000;
const SESSIONS = 10_000;
/** Bytes of one file; there are two, so at least that much is remembered. */
const LARGEST = 64e6;
/** Bytes that may wait for a slow disk; what comes beyond them is kept in memory alone. */
const BACKLOG = 8e6;

/** @param largest bytes of a file after which a new one begins and the one before the last is forgotten */
export function openRemembered(folder: string, onWarning?: (sentence: string) => void, largest = LARGEST): Remembered {
  const current = join(folder, 'decisions.jsonl');
  const before = join(folder, 'decisions.1.jsonl');
  const places = new Map<string, Place>();
  const recent = new Recent<RatedDecision>(IN_MEMORY);
  const sessions = new Recent<string>(SESSIONS);
  let generation = 1;
  const take = (of: number) => (line: Buffer, start: number) => {
    const read = lineOf(line);
    if (read === undefined) return; // cut off by a crash
    if ('session' in read) sessions.set(read.session, read.model);
    else put([read.decision.id, read.also], { generation: of, start, length: line.length });
  };
  const put = (ids: readonly (string | undefined)[], place: Place) => {
    for (const id of ids) {
      if (id === undefined) continue;
      places.delete(id);
      places.set(id, place);
    }
  };
  eachLine(before, take(0));
  let size = eachLine(current, take(1));
  let failed = false;
  // A full disk must not end the gateway.
  const append = () =>
    createWriteStream(current, { fd: openSync(current, 'a', 0o600) }).on('error', (error) => {
      if (!failed) onWarning?.(`${current}: decisions are kept in memory alone from now on (${error.message}).`);
      failed = true;
    });
  let stream = append();
  /** Returns where the line begins. */
  const write = (line: Buffer): number => {
    if (size > 0 && size + line.length > largest) rotate();
    const start = size;
    size += line.length;
    writeGathered(stream, line);
    return start;
  };
  const rotate = () => {
    stream.end();
    renameSync(current, before);
    generation++;
    size = 0;
    stream = append();
    for (const [id, place] of places) {
      if (place.generation >= generation - 1) break;
      places.delete(id);
    }
  };
  return {
    remember(decision, also) {
      const ids = also === undefined || also.length > 200 ? [decision.id] : [decision.id, also];
      for (const id of ids) recent.set(id, decision);
      if (failed || stream.writableLength > BACKLOG) return;
      const line = Buffer.from(`${JSON.stringify({ decision, ...(ids[1] && { also: ids[1] }) })}\n`);
      const start = write(line);
      put(ids, { generation, start, length: line.length });
    },
    async recall(id) {
      const known = recent.get(id);
      if (known) return known;
      const place = places.get(id);
      if (!place) return undefined;
      const file = await open(place.generation === generation ? current : before).catch(() => undefined);
      try {
        const line = Buffer.alloc(place.length);
        await file?.read(line, 0, place.length, place.start);
        const read = lineOf(line);
        return read && 'decision' in read && [read.decision.id, read.also].includes(id) ? read.decision : undefined;
      } finally {
        await file?.close();
      }
    },
    keepSession(sessionId, model) {
      if (sessions.get(sessionId) === model) return;
      sessions.set(sessionId, model);
      if (!failed) write(Buffer.from(`${JSON.stringify({ session: sessionId, model })}\n`));
    },
    sessionModel: (sessionId) => sessions.get(sessionId),
    close: () => new Promise((resolve) => (stream.closed ? resolve() : stream.end(resolve))),
  };
}

type Line =
  | { readonly decision: RatedDecision; readonly also?: string }
  | { readonly session: string; readonly model: string };

function lineOf(bytes: Buffer): Line | undefined {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

/** Lines with their line ends, of a file that need not be there; a last one without an end is ended first. Returns the file's bytes. */
function eachLine(path: string, take: (line: Buffer, start: number) => void): number {
  let file: number;
  try {
    file = openSync(path, 'r+');
  } catch {
    return 0;
  }
  try {
    const chunk = Buffer.alloc(1 << 20);
    let held = Buffer.alloc(0);
    let start = 0;
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
      held = Buffer.concat([held, chunk.subarray(0, read)]);
      for (let end = held.indexOf(10); end >= 0; end = held.indexOf(10)) {
        take(held.subarray(0, end + 1), start);
        start += end + 1;
        held = held.subarray(end + 1);
      }
    }
    if (held.length === 0) return start;
    writeSync(file, '\n', start + held.length);
    return start + held.length + 1;
  } finally {
    closeSync(file);
  }
}
