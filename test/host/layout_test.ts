import assert from "node:assert/strict";
import { findLayout } from "../../host/layout.ts";
import { Failure } from "../../protocol/errors.ts";
import { ROOT } from "../support/places.ts";
import { tempFolder } from "../support/temp_folder.ts";

Deno.test("findLayout() finds every part of a checkout", async () => {
  const { deno, packages, ocrFolder, nanoFolder, sidecarScript } = findLayout(ROOT);
  for (const file of [deno, `${packages}/onnxruntime-node/package.json`, `${nanoFolder}/config.json`]) {
    assert.ok((await Deno.stat(file)).isFile, file);
  }
  assert.ok((await Deno.stat(ocrFolder)).isDirectory);
  assert.match(sidecarScript, /dist.sidecar.main\.js$/);
});

Deno.test("findLayout() finds packages above the folder, as Node does", async () => {
  await using folder = await tempFolder();
  const inner = `${folder.path}/extensions/sightline`;
  await Deno.mkdir(inner, { recursive: true });
  await Deno.symlink(`${ROOT}/node_modules`, `${folder.path}/node_modules`);
  assert.equal(findLayout(inner).packages, `${folder.path}/node_modules`);
});

Deno.test("findLayout() says what is missing and what to do", async () => {
  await using folder = await tempFolder();
  assert.throws(() => findLayout(folder.path), (error: unknown) => {
    assert.ok(error instanceof Failure && error.kind === "runtime-missing", String(error));
    assert.match(
      error.message,
      /installation is not complete: ".*" is missing in ".*"\. Install the extension again, or run "npm ci"/,
    );
    return true;
  });
});
