// Takes times: medians of samples that alternate between ours and the peer, so that a busy spell hits both.

/** Milliseconds of each of `count` calls, after `warmup` unmeasured ones. */
export async function samples(call, { count, warmup = 0 }) {
  for (let i = 0; i < warmup; i++) await call();
  const times = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    await call();
    times.push(performance.now() - start);
  }
  return times;
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

/**
 * One row of the report. `ours` and `peer` give samples in milliseconds; `peer` is undefined where it is absent.
 * A ratio at or below `target` reaches it; no target, no verdict.
 */
export async function compare({ what, ours, peer, peerName, target = null, rounds = 5 }) {
  const oursMs = [];
  const peerMs = [];
  for (let round = 0; round < rounds; round++) {
    oursMs.push(...(await ours()));
    if (peer) peerMs.push(...(await peer()));
  }
  const ratio = peer ? median(oursMs) / median(peerMs) : null;
  return {
    what,
    oursMs: median(oursMs),
    peer: peerName,
    peerMs: peer ? median(peerMs) : null,
    ratio,
    target,
    reached: ratio === null || target === null ? null : ratio <= target,
  };
}

/** One row of the report for a number that must not pass a limit. `limit` is its name, `also`: what else must hold. */
export function withinLimit({ what, ms, limitMs, limit = `limit ${limitMs} ms`, also = true, note }) {
  const ratio = ms / limitMs;
  return { what, oursMs: ms, peer: limit, peerMs: limitMs, ratio, target: 1, reached: ratio <= 1 && also, note };
}
