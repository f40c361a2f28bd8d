/** A recognised character, with what else it may be. */
export interface Letter {
  readonly character: string;
  readonly probability: number;
  /** How likely another character stands here. */
  readonly probabilityOf: (character: string) => number;
  /** How likely a space stands before it. */
  readonly space: number;
}
