// One named build per bundle. `node esbuild.config.mjs` makes the product;
// `node esbuild.config.mjs cli tests` only those builds; `--watch` keeps building.
import { existsSync, readdirSync } from "node:fs";
import { context } from "esbuild";

/** Every TypeScript file of `folder`, subfolders included, whose name ends in `suffix`. */
function filesIn(folder, suffix = ".ts") {
  return existsSync(folder)
    ? readdirSync(folder, { recursive: true }).map((name) => `${folder}/${name}`.replaceAll("\\", "/"))
      .filter((name) => name.endsWith(suffix))
    : [];
}

const shared = { bundle: true, sourcemap: true, logLevel: "warning", legalComments: "linked" };
const node = { ...shared, platform: "node", target: "node20", format: "esm", packages: "external" };
/** Deno runs these files; packages with a native library stay outside, because they load it from their own folder. */
const deno = {
  ...shared,
  platform: "node",
  target: "esnext",
  format: "esm",
  external: ["sharp", "node-webcodecs"],
  banner: {
    js:
      'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
  },
};

const builds = {
  extension: {
    ...shared,
    platform: "node",
    target: "node20",
    format: "cjs",
    entryPoints: ["extension/main.ts"],
    outfile: "dist/extension/main.cjs",
    external: ["vscode"],
    minify: true,
  },
  webview: {
    ...shared,
    platform: "browser",
    target: "chrome128",
    format: "iife",
    entryPoints: ["webview/main.tsx", "webview/style.css"],
    outdir: "dist/webview",
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".ttf": "file" },
    minify: true,
  },
  sidecar: {
    ...deno,
    entryPoints: [
      { in: "sidecar/main.ts", out: "main" },
      { in: "sidecar/convert/main.ts", out: "convert" },
      { in: "sidecar/video/main.ts", out: "video" },
      { in: "sidecar/model/quantize_thread.ts", out: "quantize_thread" },
    ],
    outdir: "dist/sidecar",
  },
  // What a pack for GPU machines runs.
  "gpu-pack": {
    ...deno,
    entryPoints: [{ in: "bench/device/main.ts", out: "measure" }],
    outdir: "dist/gpu-pack-code",
    sourcemap: false,
  },
  cli: { ...node, entryPoints: filesIn("cli"), outdir: "dist/cli" },
  bench: { ...node, entryPoints: filesIn("bench"), outdir: "dist/bench" },
  tools: { ...node, entryPoints: filesIn("tools"), outdir: "dist/tools" },
  tests: {
    ...node,
    entryPoints: [
      ...filesIn("test/host"),
      ...filesIn("test/cli"),
      ...filesIn("test/extension"),
      ...filesIn("test/webview"),
      ...filesIn("test/editor"),
    ],
    outbase: "test",
    outdir: "dist/test",
    jsx: "automatic",
    jsxImportSource: "preact",
  },
};

const product = ["extension", "webview", "sidecar", "cli"];
const names = process.argv.slice(2).filter((name) => !name.startsWith("-"));
for (const name of names.length > 0 ? names : product) {
  if (!(name in builds)) {
    throw new Error(`no build named "${name}"; there are ${Object.keys(builds).join(", ")}`);
  }
  if (builds[name].entryPoints.length === 0) continue;
  const build = await context(builds[name]);
  await (process.argv.includes("--watch") ? build.watch() : build.rebuild().finally(() => build.dispose()));
}
