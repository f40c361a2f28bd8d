// npm run gpu-pack [-- --parity FOLDER …]: makes a folder to carry to a Linux x64 machine with a GPU, where nothing is
// installed or fetched: its one script compares our graphs with recorded results and measures them, and prints a table.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { execPath } from "node:process";
import { parseArgs, promisify } from "node:util";
import { megabytes } from "./package/sizes.ts";
import { stage } from "./package/stage.ts";
import { targetNamed } from "./package/target.ts";

const run = promisify(execFile);

/** What fits into a message or an upload anywhere. */
const MAX_BYTES = 60_000_000;
/** Packages of the sidecar that read text and videos. */
const NOT_NEEDED = ["@gutenye", "node-webcodecs", "@node-webcodecs"];
const PARITY_PARTS = ["cases.json", "expected.safetensors", "checkpoint", "images"];

// This file runs as dist/tools/gpu_pack.js.
const root = dirname(dirname(import.meta.dirname));
const { values } = parseArgs({
  options: { parity: { type: "string", multiple: true, default: [join(root, "../shared/parity/a")] } },
});
const pack = join(root, "dist", "gpu-pack");
const contents = join(root, "dist", "gpu-pack-contents");

await rm(pack, { recursive: true, force: true });
await fill(contents);
await mkdir(pack, { recursive: true });
for (const file of ["run.sh", "README.txt"]) await cp(join(root, "tools/gpu_pack", file), join(pack, file));
const archive = join(pack, "contents.tar.xz");
await run("sh", ["-c", 'tar -C "$1" -cf - . | xz -9 -T2 > "$2"', "sh", contents, archive]);
const { size } = await stat(archive);
console.log(`${pack}: ${megabytes(size)} compressed`);
if (size > MAX_BYTES) {
  console.error(
    `The pack is larger than ${megabytes(MAX_BYTES)}: name fewer or smaller folders with --parity.`,
  );
  process.exitCode = 1;
}

/** Lays out Deno, ONNX Runtime, sharp, our code and the parity folders. */
async function fill(folder: string): Promise<void> {
  await run(execPath, ["esbuild.config.mjs", "extension", "webview", "sidecar", "gpu-pack"], { cwd: root });
  const target = targetNamed("linux-x64");
  const staged = join(root, "dist", "gpu-pack-staged");
  await stage(root, target, staged);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const packages = join(folder, "node_modules");
  await rename(join(staged, "dist/sidecar/node_modules"), packages);
  await rename(join(staged, "THIRD_PARTY_NOTICES.md"), join(folder, "THIRD_PARTY_NOTICES.md"));
  for (const name of NOT_NEEDED) await rm(join(packages, name), { recursive: true, force: true });
  await rm(staged, { recursive: true, force: true });
  await cp(join(root, "dist/gpu-pack-code/measure.js"), join(folder, "measure.js"));
  for (const parity of values.parity) {
    if (!existsSync(parity)) {
      console.log(`There is no parity folder "${parity}": the pack is made without it.`);
      continue;
    }
    for (const part of PARITY_PARTS) {
      await cp(join(parity, part), join(folder, "parity", basename(parity), part), { recursive: true });
    }
  }
}
