// How many rows neighbours are looked for in, and for how many: above this a seeded sample stands for all.

export const MOST_NEIGHBOURS = 20_000;
export const MOST_NEIGHBOURS_JUDGED = 5_000;

export const NEIGHBOUR_SAMPLE = `Locality and neighbours are computed on all queries up to ${MOST_NEIGHBOURS.toLocaleString('en-US')}; above that they are looked for in so many, drawn by the seed, and judged on ${MOST_NEIGHBOURS_JUDGED.toLocaleString('en-US')}.`;
