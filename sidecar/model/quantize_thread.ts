/// <reference lib="deno.worker" />
// One of the threads that quantise: rows in, blocks out.

import { type QuantizeJob, quantizeRows } from "./quantizers.ts";

self.onmessage = async ({ data }: MessageEvent<QuantizeJob>) => {
  const matrix = await quantizeRows(data);
  self.postMessage(matrix, [matrix.data.buffer, matrix.scales.buffer]);
};
