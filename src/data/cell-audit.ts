// What can be said of the cells themselves: how often asking again changes the score, how many answers could not be read.

export interface CellAudit {
  /** Cells with a quality. */
  readonly scored: number;
  /** Scored cells that were asked more than once, and those of them whose score changed: the noise floor. */
  readonly repeated: number;
  readonly changed: number;
  /** Scored cells in which no answer could be found, so that they count 0. */
  readonly unparsed: number;
}
