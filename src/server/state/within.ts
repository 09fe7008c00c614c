// A limit for requests to a server that may have fallen silent.
import { ServerAway } from './shared-store.js';

/** Throws `ServerAway` after `ms` milliseconds without an answer. */
export async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ServerAway(`no answer within ${ms / 1000} s`, true)), ms);
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}
