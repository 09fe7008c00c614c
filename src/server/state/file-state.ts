// State in a folder: every rating is a line in a journal, on disk before it is confirmed; from time to time a snapshot replaces the lines.
import { existsSync, readFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../artifacts/atomic-write.js';
import { makeFolders } from '../../data/make-folders.js';
import { VsrError } from '../../errors/vsr-error.js';
import { type Lock, lockHolder, takeLock } from '../../pipelines/benchmark/lock.js';
import { parseStoredTurns, type StoredTurn } from '../../pipelines/people/stored-turn.js';
import { type GatewayState, Ratings } from './gateway-state.js';
import { openRemembered, type Remembered } from './remembered.js';

/** @param snapshotAfter lines of the journal after which a snapshot is made. Throws `VSR_FILE`, and `VSR_DATA` for damaged files. */
export function openFileState(
  folder: string,
  snapshotAfter = 10_000,
  onWarning?: (sentence: string) => void,
): GatewayState {
  try {
    makeFolders(folder);
  } catch (cause) {
    throw new VsrError('VSR_FILE', `${folder}: the folder for feedback cannot be made (${(cause as Error).message}).`, {
      hint: 'Choose another --state.',
      cause,
    });
  }
  const lock = lockOf(folder);
  const ratings = new Ratings();
  const journalPath = join(folder, 'feedback.jsonl');
  const snapshotPath = join(folder, 'snapshot.json');
  let generation: number;
  let remembered: Remembered;
  try {
    generation = restore(ratings, snapshotPath);
    remembered = openRemembered(folder, onWarning);
  } catch (error) {
    lock.release();
    throw error;
  }
  // A journal of an older generation is in the snapshot already: the process ended between the two.
  const read = existsSync(journalPath) ? readFileSync(journalPath, 'utf8') : '';
  const own = journalTurns(read, journalPath, generation);
  for (const turn of own) ratings.take(turn);
  let lines = own.length;
  let journal = begin(journalPath, own.length === 0 ? undefined : read, generation);
  let waiting: { readonly text: string; readonly resolve: () => void; readonly reject: (error: unknown) => void }[] =
    [];
  let writing: Promise<void> | undefined;

  /** All that waits goes to disk together: one flush for many. */
  const write = async () => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        const file = await journal;
        await file.appendFile(batch.map(({ text }) => text).join(''));
        await file.datasync();
        lines += batch.length;
        for (const { resolve } of batch) resolve();
        if (lines >= snapshotAfter && waiting.length === 0) await compact();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    writing = undefined;
  };
  const compact = async () => {
    generation++;
    writeFileAtomically(snapshotPath, JSON.stringify({ format: FORMAT, generation, ...ratings.snapshot() }));
    await (await journal).close();
    writeFileAtomically(journalPath, head(generation));
    journal = open(journalPath, 'a');
    await journal;
    lines = 0;
  };
  return {
    turnsOf: (userId) => ratings.turnsOf(userId),
    statistics: () => ratings.statistics(),
    async rate(turn) {
      await new Promise<void>((resolve, reject) => {
        // Taken in as it is confirmed, so that a snapshot never holds what its journal does not.
        const confirm = () => {
          ratings.take(turn);
          resolve();
        };
        waiting.push({ text: `${JSON.stringify(turn)}\n`, resolve: confirm, reject });
        writing ??= write();
      });
    },
    remember: remembered.remember,
    recall: remembered.recall,
    keepSession: remembered.keepSession,
    sessionModel: async (sessionId) => remembered.sessionModel(sessionId),
    async close() {
      while (writing) await writing;
      await (await journal).close();
      await remembered.close();
      lock.release();
    },
  };
}

const FORMAT = 'vsr.feedback/1';

/** One process writes a folder: two would not know of each other's ratings. */
function lockOf(folder: string): Lock {
  const path = join(folder, 'lock');
  const holder = lockHolder(path);
  if (holder === null) return takeLock(path, folder);
  throw new VsrError(
    'VSR_FILE',
    `${folder}: process ${holder.pid} on ${holder.host} keeps its feedback there, as a gateway or a chat.`,
    {
      hint: `Give this one another folder (--state FOLDER), let both share one server (--state redis://… or postgres://…), or talk to the other one: vsr serve --web has a chat page. If that process is gone, delete ${path}.`,
    },
  );
}

function head(generation: number): string {
  return `${JSON.stringify({ format: FORMAT, generation })}\n`;
}

function restore(ratings: Ratings, path: string): number {
  if (!existsSync(path)) return 0;
  try {
    const { format, generation, ...held } = JSON.parse(readFileSync(path, 'utf8'));
    if (format !== FORMAT) throw new Error(`format ${JSON.stringify(format)}`);
    ratings.restore(held);
    return generation;
  } catch (cause) {
    throw new VsrError('VSR_DATA', `${path} cannot be read as the snapshot of a gateway.`, {
      hint: 'Put it aside to start without the ratings in it.',
      cause,
    });
  }
}

function journalTurns(text: string, path: string, generation: number): StoredTurn[] {
  const end = text.indexOf('\n');
  if (end < 0) return [];
  let found: unknown;
  try {
    found = JSON.parse(text.slice(0, end)).generation;
  } catch {
    throw new VsrError('VSR_DATA', `${path}:1: expected {"format":"${FORMAT}","generation":…}.`, {
      hint: 'Put the file aside to start without the ratings in it.',
    });
  }
  return found === generation ? parseStoredTurns(text.slice(end + 1), path) : [];
}

/** Opens the journal for new lines; a torn last line is ended first, so that the next one stands alone. */
async function begin(path: string, text: string | undefined, generation: number): Promise<FileHandle> {
  if (text === undefined) writeFileAtomically(path, head(generation));
  const file = await open(path, 'a');
  if (text !== undefined && !text.endsWith('\n')) await file.appendFile('\n');
  return file;
}
