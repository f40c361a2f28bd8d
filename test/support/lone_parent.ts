// A parent that starts a sidecar, sets it to work and waits to be killed: `deno run lone_parent.ts <place as JSON>`.
// Prints the sidecar's process id when an answer has begun.

import { SidecarConnection } from "../../host/sidecar_connection.ts";
import type { Layout } from "../../host/layout.ts";
import type { SidecarOptions } from "../../protocol/sidecar.ts";

const { layout, options } = JSON.parse(Deno.args[0] ?? "") as {
  layout: Layout;
  options: Omit<SidecarOptions, "protocolVersion" | "ocrFolder">;
};
const sidecar = await SidecarConnection.start(layout, options);
let isTold = false;
await sidecar.request("sightline/generate", {
  conversation: [{ role: "user", content: [{ kind: "text", text: "Tell me more." }] }],
  thinking: false,
  ocr: "off",
  temperature: 1,
  maxTokens: 450,
}, {
  onProgress: ({ kind }) => {
    if (kind !== "answer" || isTold) return;
    isTold = true;
    console.log(sidecar.process.pid);
  },
});
