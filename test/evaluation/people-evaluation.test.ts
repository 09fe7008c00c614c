import { expect, test } from 'vitest';
import { evaluatePeople } from '../../src/evaluation/people-evaluation.js';

const OPTIONS = { seed: 1, bootstrap: 400, confidence: 0.95, judged: ['personal'] };

test('figures are those of arithmetic: a tie counts in none, a difference of 0 counts half', () => {
  const report = evaluatePeople(
    {
      user: [0, 0, 1, 1, 1],
      outcome: [1, 0, 1, 0.5, 1],
      differences: { everybody: [1, 1, 1, 1, 0], personal: [2, -2, 2, 0, 1] },
      byHistory: { personal: { 0: [1, 1, 1, 1, 1] } },
    },
    OPTIONS,
  );
  expect([report.users, report.votes, report.ties]).toEqual([2, 5, 1]);
  const [everybody, personal] = report.scorers;
  expect(everybody).toMatchObject({
    accuracy: 0.625,
    perUser: { mean: 0.625, worst: 0.5 },
    lead: { difference: 0, low: 0, high: 0 },
  });
  expect(personal).toMatchObject({ accuracy: 1, auc: 1, perUser: { mean: 1, p10: 1, worst: 1 } });
  expect(personal!.lead.difference).toBe(0.375);
  // of person 0 everybody's ranking foretells one of two votes, of person 1 one and a half of two
  expect(personal!.against).toEqual({ better: 2, equal: 0, worse: 0 });
  expect(report.people).toEqual([
    { person: 0, votes: 2, accuracy: { everybody: 0.5, personal: 1 } },
    { person: 1, votes: 2, accuracy: { everybody: 0.75, personal: 1 } },
  ]);
  expect(personal!.fewShot).toEqual([{ votes: '0', accuracy: 0.75 }]);
});

test('planted tastes pay; one common taste does not, and the ranking itself is never judged', () => {
  const users = Array.from({ length: 400 }, (_, v) => v % 40);
  const outcome = users.map((user, v) => ((user + Math.floor(v / 40)) % 2 === 0 ? 1 : 0));
  const always = users.map(() => 1);
  const right = outcome.map((won) => (won === 1 ? 1 : -1));
  const judge = (personal: number[]) =>
    evaluatePeople({ user: users, outcome, differences: { everybody: always, personal }, byHistory: {} }, OPTIONS);
  expect(judge(right)).toMatchObject({ verdict: 'pays' });
  expect(judge(right).sentence).toContain('Personal routing pays here: personal foretells +50.0 points');
  expect(judge(always)).toMatchObject({ verdict: 'does not pay' });
  const none = { user: users, outcome, differences: { everybody: always, other: right }, byHistory: {} };
  expect(evaluatePeople(none, { ...OPTIONS, judged: [] }).verdict).toBe('does not pay');
});
