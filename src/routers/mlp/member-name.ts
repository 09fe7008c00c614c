// How the parameters of an ensemble are named: those of the first network plainly, the others by their number.

/** @param member 0, 1, … */
export function memberName(member: number, name: string): string {
  return member === 0 ? name : `network${member + 1}.${name}`;
}
