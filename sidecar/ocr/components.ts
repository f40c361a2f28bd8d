// Connected regions of a probability map, as horizontal runs of pixels joined by union-find.

import type { Point } from "../../protocol/conversation.ts";
import { breathe } from "../breathe.ts";

/** How likely each pixel belongs to text. */
export interface ProbabilityMap {
  readonly width: number;
  readonly height: number;
  /** [height, width], 0 for no text to 255 for certain text. */
  readonly data: Uint8Array;
}

/** Pixels that touch, corners included. */
export interface Component {
  /** Corners of the pixels at the ends of each row of the component. */
  readonly outline: readonly Point[];
  /** Sum of the map's values over the component. */
  readonly mass: number;
}

interface Run {
  readonly y: number;
  readonly left: number;
  /** Just after the last pixel. */
  readonly right: number;
  readonly mass: number;
}

/**
 * Finds the regions of a map that reach a threshold.
 * @param threshold 0 to 255
 * @throws the signal's reason when it aborts
 */
export async function findComponents(
  map: ProbabilityMap,
  threshold: number,
  signal?: AbortSignal,
): Promise<Component[]> {
  const runs: Run[] = [];
  const parents: number[] = [];
  const pause = breathe(signal);
  let above = 0; // First run of the row above.
  for (let y = 0; y < map.height; y++) {
    const first = runs.length;
    appendRuns(map, y, threshold, runs);
    for (let i = parents.length; i < runs.length; i++) parents.push(i);
    joinRows(runs, parents, above, first);
    above = first;
    if (pause.isDue) await pause.now();
  }
  const components = new Map<number, { outline: Point[]; mass: number }>();
  for (const [i, { y, left, right, mass }] of runs.entries()) {
    const root = rootOf(parents, i);
    const component = components.get(root) ?? { outline: [], mass: 0 };
    component.outline.push([left, y], [right, y], [left, y + 1], [right, y + 1]);
    component.mass += mass;
    components.set(root, component);
    if (pause.isDue) await pause.now();
  }
  return [...components.values()];
}

function appendRuns({ width, data }: ProbabilityMap, y: number, threshold: number, runs: Run[]): void {
  const row = y * width;
  let x = 0;
  while (x < width) {
    if ((data[row + x] as number) < threshold) {
      x++;
      continue;
    }
    const left = x;
    let mass = 0;
    for (; x < width && (data[row + x] as number) >= threshold; x++) mass += data[row + x] as number;
    runs.push({ y, left, right: x, mass });
  }
}

/** Joins the runs of a row, which start at `first`, with those of the row above that touch them. */
function joinRows(runs: readonly Run[], parents: number[], above: number, first: number): void {
  let upper = above;
  for (let lower = first; lower < runs.length; lower++) {
    const { left, right } = runs[lower] as Run;
    while (upper < first && (runs[upper] as Run).right < left) upper++;
    for (let i = upper; i < first && (runs[i] as Run).left <= right; i++) {
      parents[rootOf(parents, i)] = rootOf(parents, lower);
    }
  }
}

function rootOf(parents: number[], i: number): number {
  let root = i;
  while (parents[root] !== root) root = parents[root] as number;
  // Later look-ups take the short way.
  for (let next = parents[i] as number; next !== root; i = next, next = parents[i] as number) {
    parents[i] = root;
  }
  return root;
}
