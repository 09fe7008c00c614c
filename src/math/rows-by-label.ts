// Which rows carry which label.

/** Row numbers by label, ascending; labels in order of appearance. @param labels [N] */
export function rowsByLabel<Label>(labels: ArrayLike<Label>): Map<Label, number[]> {
  const rows = new Map<Label, number[]>();
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]!;
    const there = rows.get(label);
    if (there) there.push(row);
    else rows.set(label, [row]);
  }
  return rows;
}
