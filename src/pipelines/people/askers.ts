// Who asks, as a router that knows the person is told: the stored person, under the weights of the flags where there are any.
import type { Manifest } from '../../artifacts/manifest.js';
import type { VsrConfig } from '../../config/schema.js';
import type { Askers, Person } from '../../routers/people.js';
import type { PersonStore, StoredPerson } from './person-store.js';

/** Where nobody is named, somebody asks who weighs what the artifact's objective does. One object a person, as long as it is held. */
export function askerLookup(
  { objective }: Pick<Manifest, 'objective'>,
  people: PersonStore,
  flags: Pick<VsrConfig['infer'], 'qualityWeight' | 'costWeight'>,
): (userId: string | null) => StoredPerson {
  const { quality, latency, cost } = objective;
  const nobody: StoredPerson = {
    person: { id: '', weights: { quality, latency, cost }, history: null },
    turns: [],
    known: true,
    simulated: false,
  };
  const reweighed = new WeakMap<Person, Person>();
  const byFlags = flags.qualityWeight !== undefined || flags.costWeight !== undefined;
  const weightsByFlags = () => {
    const q = flags.qualityWeight ?? Math.min(quality, 1 - flags.costWeight!);
    const c = flags.costWeight ?? Math.min(cost, 1 - q);
    return { quality: q, cost: c, latency: Math.max(0, 1 - q - c) };
  };
  return (userId) => {
    const found = userId === null ? nobody : people.of(userId);
    if (!byFlags) return found;
    const person = reweighed.get(found.person) ?? { ...found.person, weights: weightsByFlags() };
    reweighed.set(found.person, person);
    return { ...found, person };
  };
}

/** Who asks each query of a block; each person once. */
export function askersOf(asked: readonly Pick<StoredPerson, 'person'>[]): Askers {
  const people = [...new Set(asked.map(({ person }) => person))];
  return { people, asker: Int32Array.from(asked, ({ person }) => people.indexOf(person)) };
}
