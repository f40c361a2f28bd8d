import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findLayout } from "../../host/layout.ts";
import { SidecarConnection } from "../../host/sidecar_connection.ts";
import { VideoStore } from "../../host/video_store.ts";
import { tempFolder } from "../support/temp_folder.ts";
import { makeVideo, steady } from "../support/videos.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

Deno.test({
  name: "a video is decoded with the permissions that the sidecar has, which are few",
  // Bundles are not built by every way of running the tests.
  ignore: !existsSync(`${root}/dist/sidecar/main.js`),
  async fn() {
    await using folder = await tempFolder();
    const layout = findLayout(root);
    const sidecar = await SidecarConnection.start(layout, {
      ...{ storageFolder: folder.path, threadCount: 2, idleUnloadMs: 0 },
      models: [{ id: "nano", folder: layout.nanoFolder, precision: "fp32" }],
    });
    try {
      const path = `${folder.path}/a.mp4`;
      await Deno.writeFile(path, await makeVideo({ codec: "avc", container: "mp4", timesS: steady(20, 10) }));
      const video = await new VideoStore(folder.path).addFile(path);
      const result = await sidecar.request("sightline/generate", {
        ...{ thinking: false, ocr: "off", temperature: 0, maxTokens: 2 },
        conversation: [{
          role: "user",
          content: [{ kind: "video", video }, { kind: "text", text: "What?" }],
        }],
      });
      assert.equal(result.videos[0]?.codec, "avc");
      assert.equal(sidecar.record.permissions.run, "denied");
      assert.equal(sidecar.record.permissions.net, "denied");
    } finally {
      await sidecar.close();
    }
  },
});
