/// <reference lib="deno.worker" />
// One of the threads that quantise: rows in, blocks out.

import { decodeValues } from "../checkpoint/stored_types.ts";
import { quantizeBlocks } from "./quantize.ts";
import type { QuantizeJob } from "./quantizers.ts";

self.onmessage = async ({ data: { type, bytes, columns, format } }: MessageEvent<QuantizeJob>) => {
  const values = decodeValues(type, bytes);
  const matrix = await quantizeBlocks(values, values.length / columns, columns, format);
  self.postMessage(matrix, [matrix.data.buffer, matrix.scales.buffer]);
};
