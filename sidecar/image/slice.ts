// How a picture of any size becomes an overview and a grid of high-resolution slices.
// @see minicpmv45-spec.md section 2.1 to 2.3; image_processing_minicpmv.py of the release

/** Slicing settings of a checkpoint. */
export interface SliceConfig {
  /** Side in pixels of the square whose area every slice has, about. */
  readonly scaleResolution: number;
  /** Most slices beside the overview. */
  readonly maxSliceCount: number;
  /** Side of a patch in pixels. */
  readonly patchSize: number;
}

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Grid {
  readonly columns: number;
  readonly rows: number;
}

/** The sizes a picture is resized to. */
export interface SlicePlan {
  /** Size of the whole picture in small. */
  readonly overview: Size;
  /** Null when the overview is all there is. */
  readonly refined: {
    readonly grid: Grid;
    /** Size of the picture that is cut into the grid's cells. */
    readonly size: Size;
    readonly cell: Size;
  } | null;
}

/** Rounds half to even, as Python does. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const fraction = value - floor;
  if (fraction !== 0.5) return fraction < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** The plan for a picture of a given size (both sides at least 1 pixel). */
export function planSlices(size: Size, config: SliceConfig): SlicePlan {
  const grid = chooseGrid(size, config);
  if (grid === null) return { overview: bestResize(size, config, true), refined: null };
  const cell = bestResize(
    {
      width: divisible(size.width, grid.columns) / grid.columns,
      height: divisible(size.height, grid.rows) / grid.rows,
    },
    config,
    true,
  );
  return {
    overview: bestResize(size, config, false),
    refined: {
      grid,
      cell,
      size: { width: cell.width * grid.columns, height: cell.height * grid.rows },
    },
  };
}

/** Number of slices of a plan, the overview included. */
export function sliceCount({ refined }: SlicePlan): number {
  return refined === null ? 1 : 1 + refined.grid.columns * refined.grid.rows;
}

/** The grid whose shape is nearest to the picture's; null when its area needs none. */
function chooseGrid({ width, height }: Size, config: SliceConfig): Grid | null {
  const { scaleResolution, maxSliceCount } = config;
  const logRatio = Math.log(width / height);
  const multiple = Math.min(
    Math.ceil((width * height) / (scaleResolution * scaleResolution)),
    maxSliceCount,
  );
  if (multiple <= 1) return null;
  let best: Grid = { columns: 1, rows: 1 };
  let smallest = Infinity;
  for (const count of [multiple - 1, multiple, multiple + 1]) {
    if (count === 1 || count > maxSliceCount) continue;
    for (let columns = 1; columns <= count; columns++) {
      if (count % columns !== 0) continue;
      const rows = count / columns;
      const error = Math.abs(logRatio - Math.log(columns / rows));
      if (error < smallest) [best, smallest] = [{ columns, rows }, error];
    }
  }
  return best;
}

/** A size of the same shape, about `scaleResolution` squared in area, with sides divisible into patches. */
function bestResize({ width, height }: Size, config: SliceConfig, allowUpscale: boolean): Size {
  const { scaleResolution, patchSize } = config;
  if (width * height > scaleResolution * scaleResolution || allowUpscale) {
    const ratio = width / height;
    height = Math.trunc(scaleResolution / Math.sqrt(ratio));
    width = Math.trunc(height * ratio);
  }
  return { width: divisible(width, patchSize), height: divisible(height, patchSize) };
}

/** The multiple of `divisor` nearest to `length`, at least one. */
function divisible(length: number, divisor: number): number {
  return Math.max(roundHalfEven(length / divisor) * divisor, divisor);
}
