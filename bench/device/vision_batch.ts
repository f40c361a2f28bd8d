// deno run bench/device/vision_batch.ts [layers] [rounds]: milliseconds per slice in the vision tower when one, two, three
// slices run together, and when one is multiplied in 8-bit integers, in turns, at the sizes of the release and of Nano. A
// few layers of the release tell as much as all of them.

import type { VisionConfig } from "../../sidecar/checkpoint/config.ts";
import { GraphBuilder } from "../../sidecar/graph/graph_builder.ts";
import { sessionOptionsFor } from "../../sidecar/model/device.ts";
import { EXACT, type GraphStyle } from "../../sidecar/model/graph_style.ts";
import { Layers } from "../../sidecar/model/layers.ts";
import { patchPositions } from "../../sidecar/model/positions.ts";
import { buildVisionTower } from "../../sidecar/model/vision_graph.ts";
import { Runtime } from "../../sidecar/onnx/runtime.ts";
import { Session } from "../../sidecar/onnx/session.ts";
import { Tensor } from "../../sidecar/onnx/tensor.ts";
import { runtimeLibrary } from "../../test/support/runtime_library.ts";
import { RELEASE } from "./release_shapes.ts";
import { ReusedWeights } from "./reused_weights.ts";

const COUNTS = [1, 2, 4, 8];

async function measure(name: string, config: VisionConfig, side: number, rounds: number): Promise<void> {
  const weights = new ReusedWeights(null);
  const build = (style: GraphStyle) => {
    const graph = new GraphBuilder("vision");
    buildVisionTower(new Layers(graph, weights, style), config);
    return graph.build();
  };
  const graphs = [build(EXACT), build({ ...EXACT, visionProducts: "integer" })] as const;
  const folder = await Deno.makeTempDir({ prefix: "sightline-bench-" });
  try {
    await weights.write(folder);
    const options = { externalDataFolder: folder, ...sessionOptionsFor(null) };
    using floats = await Session.create(runtime, graphs[0], options);
    using integers = await Session.create(runtime, graphs[1], options);
    const variants = [
      ...COUNTS.map((count) => ({ name: String(count), session: floats, count, times: [] as number[] })),
      { name: "1 in integers", session: integers, count: 1, times: [] as number[] },
    ];
    for (let round = 0; round <= rounds; round++) {
      for (const { session, count, times } of variants) {
        const ms = await run(session, config, side, count);
        if (round > 0) times.push(ms / count); // The first round fills the caches.
      }
    }
    const columns = variants.map(({ name, times }) => {
      const sorted = times.toSorted((a, b) => a - b);
      const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? NaN).toFixed(1);
      return `${name}: ${at(0)} (median ${at(0.5)})`;
    });
    console.log(`${name}, ${side}×${side} patches, ms per slice by slices together: ${columns.join("   ")}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function run(session: Session, config: VisionConfig, side: number, count: number): Promise<number> {
  const area = side * side;
  const length = 3 * config.patchSize ** 2;
  const values = Float32Array.from({ length: count * area * length }, (_, i) => Math.sin(i));
  using patches = Tensor.over(runtime, "float32", values, [count, area, length]);
  using positions = Tensor.over(runtime, "int64", patchPositions(side, side, config.positionsPerSide), [
    area,
  ]);
  const room = new Float32Array(count * area * config.hiddenSize);
  using features = Tensor.over(runtime, "float32", room, [count, area, config.hiddenSize]);
  using binding = session.bind()
    .input("patches", patches).input("position_ids", positions).output("features", features);
  const start = performance.now();
  await session.run(binding);
  return performance.now() - start;
}

const [layers = "3", rounds = "5"] = Deno.args;
using runtime = new Runtime(runtimeLibrary());
await measure("release", { ...RELEASE.vision, layerCount: Number(layers) }, 32, Number(rounds));
await measure("release", { ...RELEASE.vision, layerCount: Number(layers) }, 12, Number(rounds));
const nano = { ...RELEASE.vision, hiddenSize: 192, layerCount: 6, headCount: 3, mlpSize: 768 };
await measure("Nano", nano, 16, 4 * Number(rounds));
