// Prints the report of a run as one plain table.

export function printTable(machine, rows) {
  const python = machine.python ? `, ${machine.python}` : '';
  process.stdout.write(
    `Node ${machine.node}, ${machine.cores} × ${machine.cpu}${python}, load ${machine.load.toFixed(1)}\n\n`,
  );
  const lines = [['what', 'ours', 'peer', '', 'ratio', 'target', '']];
  for (const { what, oursMs, peer, peerMs, ratio, target, reached, note } of rows) {
    lines.push([
      what,
      milliseconds(oursMs),
      peerMs === null ? '–' : milliseconds(peerMs),
      peer,
      ratio === null ? '–' : `${ratio.toPrecision(2)} ×`,
      target === null ? '' : `≤ ${target} ×`,
      [verdict(peerMs, reached), note].filter(Boolean).join('; '),
    ]);
  }
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const rightAligned = new Set([1, 2, 4, 5]);
  for (const line of lines) {
    const cells = line.map((cell, i) => (rightAligned.has(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])));
    process.stdout.write(`${cells.join('  ').trimEnd()}\n`);
  }
}

function verdict(peerMs, reached) {
  if (reached === null) return peerMs === null ? 'not compared' : '';
  return reached ? 'reached' : 'missed';
}

function milliseconds(value) {
  return value >= 1000 ? `${(value / 1000).toPrecision(3)} s` : `${value.toPrecision(3)} ms`;
}
