// Users for data that has none: nine who trade quality against cost in equal steps (PersonalizedRouter, arXiv 2511.16883, section 5.1).
import type { Person } from '../people.js';

/** Quality p = .2, .3 … 1.0 and cost 1 − p; ids "0" … "8". */
export function simulatedUsers(): readonly Person[] {
  return Array.from({ length: 9 }, (_, i) => {
    const quality = (i + 2) / 10;
    return { id: String(i), weights: { quality, latency: 0, cost: (10 - i - 2) / 10 }, history: null };
  });
}
