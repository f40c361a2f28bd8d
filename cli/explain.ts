// npm run explain -- <picture or video…>: asks a model about pictures and videos and streams its answer.

import type { Layout } from "../host/layout.ts";
import { SidecarConnection } from "../host/sidecar_connection.ts";
import { AnswerPrinter, toJson } from "./answer_printer.ts";
import { Attachments } from "./attachments.ts";
import { parseRequest, type Request, USAGE } from "./explain_request.ts";
import { installation, runCommand } from "./run.ts";
import { storageFolder } from "./storage.ts";

const DEFAULT_PROMPTS = { picture: "Explain this image.", video: "Describe this video." } as const;

async function explain(request: Request, layout: Layout, signal: AbortSignal): Promise<void> {
  const storage = storageFolder();
  await using attachments = await Attachments.open({ layout, storageFolder: storage });
  for (const file of request.files) await attachments.add(file);
  const options = { storageFolder: storage, models: [request.model], threadCount: 0, idleUnloadMs: 0 };
  const sidecar = await SidecarConnection.start(layout, options, signal);
  try {
    await ask(sidecar, request, attachments, signal);
  } finally {
    // Whoever stops a command wants the shell back, and the sidecar keeps nothing that an orderly end would save.
    await (signal.aborted ? sidecar.kill() : sidecar.close());
  }
}

async function ask(
  sidecar: SidecarConnection,
  request: Request,
  attachments: Attachments,
  signal: AbortSignal,
): Promise<void> {
  const printer = new AnswerPrinter(request.isJson);
  const { model, sampling, prompt = DEFAULT_PROMPTS[attachments.firstKind] } = request;
  try {
    const { maxGroups } = await sidecar.request("sightline/videoLimits", { model: model.id }, { signal });
    const attached = await attachments.finish({ sampling, maxGroups }, {
      signal,
      onProgress: (progress) => printer.showReading(progress),
    });
    const content = [...attached.map(({ part }) => part), { kind: "text" as const, text: prompt }];
    const result = await sidecar.request("sightline/generate", {
      ...request.params,
      model: model.id,
      conversation: [{ role: "user", content }],
    }, { signal, onProgress: (progress) => printer.show(progress) });
    printer.finish(result);
    if (request.isJson) process.stdout.write(`${JSON.stringify(toJson(result, attached), null, 2)}\n`);
  } finally {
    printer.clearStatus();
  }
}

await runCommand(USAGE, async (signal) => {
  const layout = installation();
  await explain(parseRequest(process.argv.slice(2), layout.nanoFolder), layout, signal);
});
