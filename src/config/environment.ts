// The one door to the process environment.

export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables of this process; never stored, never printed. */
export function environment(): Environment {
  return process.env;
}
