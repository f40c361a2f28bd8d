// The converting process as the command starts it, with the permissions that it gets: killed in the middle, and called
// again; stopped; and kept from what it may not do.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { convertArguments } from "../../../host/convert_arguments.ts";
import { findLayout } from "../../../host/layout.ts";
import { readManifest } from "../../../sidecar/model/manifest.ts";
import { ROOT } from "../../support/places.ts";
import { randomBlocks, uniforms } from "../../support/random_blocks.ts";
import { tempFolder } from "../../support/temp_folder.ts";
import { tinyGguf, writeTinyGguf } from "../../support/tiny_gguf.ts";

const MLP = 65536;

/** A model whose weights take long enough to be interrupted: 113 MB. */
async function writeBigGguf(folder: string): Promise<[string, string]> {
  const tiny = await tinyGguf(`${folder}/checkpoint`, () => "Q8_0");
  const chunk = randomBlocks("Q8_0", 1 << 16, 0.06, uniforms(5));
  const data = new Uint8Array(MLP * 256 / (1 << 16) * chunk.length);
  for (let at = 0; at < data.length; at += chunk.length) data.set(chunk, at);
  tiny.language.settings["qwen3.feed_forward_length"] = ["uint32", MLP];
  for (let layer = 0; layer < 2; layer++) {
    for (const part of ["gate", "up", "down"]) {
      const shape = part === "down" ? [256, MLP] : [MLP, 256];
      tiny.language.tensors[`blk.${layer}.ffn_${part}.weight`] = { code: 8, shape, data };
    }
  }
  return await writeTinyGguf(folder, tiny);
}

function start(
  sources: readonly string[],
  target: string,
  options: readonly string[] = [],
): Deno.ChildProcess {
  const layout = findLayout(ROOT);
  return new Deno.Command(layout.deno, {
    args: [...convertArguments(layout, { sources, target }), ...options, "--", ...sources, target],
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
}

/** Waits until a process has written something on stderr. */
async function until(child: Deno.ChildProcess, pattern: RegExp): Promise<void> {
  let text = "";
  for await (const part of child.stderr.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (pattern.test(text)) return;
  }
  assert.fail(`the process ended without ${pattern}: ${text}`);
}

Deno.test("a conversion can end at any time", async (t) => {
  await using folder = await tempFolder();
  const sources = await writeBigGguf(folder.path);
  await t.step("killed, it goes on where it was, and gives the same bytes", () => kill(folder.path, sources));
  await t.step("interrupted, it leaves nothing", () => interrupt(folder.path, sources));
  await t.step("and its threads have the permissions that they need", () => quantize(folder.path, sources));
});

async function kill(folder: string, sources: readonly string[]): Promise<void> {
  const whole = await start(sources, `${folder}/whole`).output();
  assert.equal(whole.code, 0, new TextDecoder().decode(whole.stderr));

  const killed = start(sources, `${folder}/resumed`);
  await until(killed, /^[78]\d %/m);
  killed.kill("SIGKILL");
  await killed.status;
  await killed.stdout.cancel();
  const left = readdirSync(folder);
  assert.ok(left.includes("resumed.part") && !left.includes("resumed"), String(left));
  const journal = await Deno.readTextFile(`${folder}/resumed.part/journal.jsonl`);
  assert.ok(journal.split("\n").length > 5, "nothing was finished when the process was killed");

  const again = await start(sources, `${folder}/resumed`).output();
  const progress = new TextDecoder().decode(again.stderr);
  assert.equal(again.code, 0, progress);
  // What was finished is passed over at once: the first line is not about the first tenth.
  assert.match(progress, /^[1-9]\d %/);
  const [expected, resumed] = await Promise.all(
    ["whole", "resumed"].map((name) => readManifest(`${folder}/${name}`)),
  );
  assert.deepEqual(resumed, expected);
  assert.deepEqual(readdirSync(folder).filter((name) => name.endsWith(".part")), []);
  assert.ok(!readdirSync(`${folder}/resumed`).includes("journal.jsonl"));
}

async function interrupt(folder: string, sources: readonly string[]): Promise<void> {
  const stopped = start(sources, `${folder}/out`);
  await until(stopped, /^[2-9]\d %/m);
  stopped.kill("SIGINT");
  assert.equal((await stopped.status).code, 130);
  await stopped.stdout.cancel();
  assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith("out")), []);
}

async function quantize(folder: string, sources: readonly string[]): Promise<void> {
  const ended = await start(sources, `${folder}/int4`, ["--precision=int4"]).output();
  assert.equal(ended.code, 0, new TextDecoder().decode(ended.stderr));
  const manifest = await readManifest(`${folder}/int4`);
  assert.equal(manifest?.precision, "int4");
  assert.equal(manifest.losses.length, 16);
  assert.ok(manifest.losses.every(({ relativeRms }) => relativeRms > 0 && relativeRms < 0.15));
}

Deno.test("the converting process can only read its source, and write beside its target", () => {
  const options = convertArguments(findLayout(ROOT), { sources: ["/a,b/model.gguf"], target: "/c/out" })
    .filter((option) => option.startsWith("--allow"));
  assert.equal(options.length, 3);
  assert.match(options[0] as string, /^--allow-read=[^,]*\/dist\/sidecar,\/a,,b\/model\.gguf,\/c$/);
  assert.deepEqual(options.slice(1), ["--allow-write=/c", "--allow-sys=statfs"]);
});
