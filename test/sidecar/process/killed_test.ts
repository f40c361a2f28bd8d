// A sidecar that dies in any phase leaves nothing behind that could spoil the next one's answer.

import assert from "node:assert/strict";
import type { PictureRef } from "../../../protocol/conversation.ts";
import type { GenerateProgress } from "../../../protocol/sidecar.ts";
import { plainPng } from "../../support/bad_pictures.ts";
import { question } from "../../support/engine.ts";
import { startSidecar, type TinyPlace, tinyPlace } from "../../support/sidecar.ts";

const paramsFor = (picture: PictureRef) => ({
  conversation: [question([picture], "word ".repeat(300))],
  thinking: false,
  ocr: "auto" as const,
  temperature: 0,
  maxTokens: 100,
});

const phaseOf = (piece: GenerateProgress) => piece.kind === "stage" ? piece.stage : piece.kind;

/** A place whose model wants the pictures' text, so that every phase is gone through. */
async function readingPlace(): Promise<TinyPlace> {
  const place = await tinyPlace();
  const { folder } = place.options.models[0] as TinyPlace["options"]["models"][number];
  await Deno.writeTextFile(`${folder}/sightline.json`, JSON.stringify({ name: "Tiny", wants_ocr: true }));
  return { ...place, options: { ...place.options, diskCacheBytes: 1e9 } };
}

Deno.test("after a sidecar was killed in any phase, the next one answers the same conversation alike", async (t) => {
  await using reference = await readingPlace();
  const png = await plainPng(160, 80);
  const expected = await (async () => {
    await using sidecar = await startSidecar(reference.options);
    return await sidecar.request(
      "sightline/generate",
      paramsFor(await reference.store.addBytes(png, "a.png")),
    );
  })();
  for (const phase of ["loading-model", "reading-text", "encoding-picture", "prefill", "answer"]) {
    await t.step(phase, async () => {
      await using place = await readingPlace();
      const params = paramsFor(await place.store.addBytes(png, "a.png"));
      const phases: string[] = [];
      {
        await using doomed = await startSidecar(place.options);
        const asking = doomed.request("sightline/generate", params, {
          onProgress: (piece) => {
            phases.push(phaseOf(piece));
            if (phaseOf(piece) === phase) doomed.process.kill("SIGKILL");
          },
        });
        await assert.rejects(asking);
        assert.equal((await doomed.exited).signal, "SIGKILL");
      }
      assert.ok(phases.includes(phase), phases.join());
      await using next = await startSidecar(place.options);
      const result = await next.request("sightline/generate", params);
      assert.deepEqual(result.tokenIds, expected.tokenIds);
      assert.deepEqual(result.pictures, expected.pictures);
    });
  }
});
