import assert from "node:assert/strict";
import { nanoExamples, pictureOf } from "../../support/nano.ts";
import { LAYOUT, startSidecar } from "../../support/sidecar.ts";
import { PictureStore } from "../../../host/picture_store.ts";
import { tempFolder } from "../../support/temp_folder.ts";

/** Memory of a process that no file stands behind, in MiB. */
async function anonymousMiB(pid: number): Promise<number> {
  const { stdout } = await new Deno.Command("cat", { args: [`/proc/${pid}/status`] }).output();
  return Number(/RssAnon:\s+(\d+) kB/.exec(new TextDecoder().decode(stdout))?.[1]) / 1024;
}

Deno.test({
  name: "unloading gives memory back to the system, however often models come and go",
  ignore: Deno.build.os !== "linux", // Only there is anything done about it, and only there can it be read.
  async fn() {
    await using storage = await tempFolder();
    await using sidecar = await startSidecar({
      storageFolder: storage.path,
      models: [{ id: "nano", folder: LAYOUT.nanoFolder, precision: "fp32" }],
      threadCount: 2,
      idleUnloadMs: 0,
    });
    const picture = await new PictureStore(storage.path).addFile(
      pictureOf(nanoExamples()[0] ?? assert.fail()),
    );
    const pid = sidecar.process.pid ?? assert.fail();
    const before = await anonymousMiB(pid);
    let busy = 0;
    for (let i = 0; i < 3; i++) {
      await sidecar.request("sightline/generate", {
        conversation: [{ role: "user", content: [{ kind: "picture", picture }] }],
        thinking: false,
        ocr: "auto",
        maxTokens: 2,
      });
      busy = await anonymousMiB(pid);
      await sidecar.request("sightline/unload", {});
    }
    const after = await anonymousMiB(pid);
    assert.ok(busy > before + 100, `a model in use takes memory: ${before} to ${busy} MiB`);
    // What is left is JavaScript's garbage, which is collected when there is need: 30 to 100 MiB. Memory that the C
    // library keeps for itself came to 250 MiB.
    assert.ok(
      after < before + 140,
      `${before.toFixed()} MiB before, ${busy.toFixed()} busy, ${after.toFixed()} after`,
    );
  },
});
