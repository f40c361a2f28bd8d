// Turns as a tree: whatever was asked in place of another question, or asked again, stands beside it. Turns are kept
// in the order in which they were asked, each naming the one before it.

/** What places a turn. */
export interface Placed {
  readonly id: string;
  /** The turn before it; null for a first one. */
  readonly parentId: string | null;
}

/** The turns from a first one to `lastId`, none when that is null or unknown. */
export function pathTo<T extends Placed>(turns: readonly T[], lastId: string | null): readonly T[] {
  const path: T[] = [];
  // A parent is older than its turn, so one walk from the end is enough, whatever a file claims.
  let wantedId = lastId;
  for (const turn of [...turns].reverse()) {
    if (turn.id !== wantedId) continue;
    path.unshift(turn);
    wantedId = turn.parentId;
  }
  return path;
}

/** All turns that were asked in the place of one, itself among them. */
export function versionsOf<T extends Placed>(turns: readonly T[], { parentId }: Placed): readonly T[] {
  return turns.filter((turn) => turn.parentId === parentId);
}

/** The end of what came after a turn: at each place the version asked last. */
export function latestAfter(turns: readonly Placed[], id: string): string {
  const next = turns.findLast(({ parentId }) => parentId === id);
  return next === undefined ? id : latestAfter(turns, next.id);
}
