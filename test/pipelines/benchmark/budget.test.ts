// Money: no call starts that could pass the limit, whatever is in flight; what was really spent is what counts afterwards.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBudget } from '../../../src/pipelines/benchmark/budget.js';

/** Whether a promise is settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const open = Symbol('open');
  await Promise.resolve();
  return (await Promise.race([promise, Promise.resolve(open)])) !== open;
}

describe('a budget', () => {
  test('lets calls start while their worst fits beside what is in flight', async () => {
    const budget = createBudget(1);
    const first = (await budget.reserve(0.4))!;
    const second = (await budget.reserve(0.6))!;
    const third = budget.reserve(0.5);
    expect(await isSettled(third)).toBe(false);
    first.settle(0.1);
    // 0.1 spent, 0.6 in flight, 0.5 more would be 1.2.
    expect(await isSettled(third)).toBe(false);
    second.settle(0.2);
    const reservation = await third;
    expect(reservation).not.toBeNull();
    reservation!.settle(0.3);
    expect([budget.spent, budget.reached]).toEqual([expect.closeTo(0.6, 12), false]);
  });
  test('is reached when a call does not fit although nothing is in flight; then none starts any more', async () => {
    const budget = createBudget(1);
    (await budget.reserve(0.9))!.settle(0.9);
    const waiting = [budget.reserve(0.2), budget.reserve(0.01)];
    expect(await Promise.all(waiting)).toEqual([null, null]);
    expect(budget.reached).toBe(true);
  });
  test('counts a reservation once, and without a limit only adds up', async () => {
    const budget = createBudget();
    const one = (await budget.reserve(1e9))!;
    one.settle(2);
    one.settle(2);
    expect([budget.spent, budget.reached]).toEqual([2, false]);
  });
  test('is never passed, and every call is answered', async () => {
    const calls = fc.array(
      fc.record({ worst: fc.integer({ min: 1, max: 50 }), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    );
    await fc.assert(
      fc.asyncProperty(
        calls,
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 8 }),
        async (all, limit, slots) => {
          const budget = createBudget(limit);
          const queue = all.values();
          let answered = 0;
          const slot = async () => {
            for (const { worst, share } of queue) {
              const reservation = await budget.reserve(worst);
              answered++;
              await Promise.resolve();
              reservation?.settle(worst * share);
              expect(budget.spent).toBeLessThanOrEqual(limit + 1e-9);
            }
          };
          await Promise.all(Array.from({ length: slots }, slot));
          expect(answered).toBe(all.length);
        },
      ),
    );
  });
});
