// npm start: opens a VS Code with the extension on the samples, for a person, and stays until Ctrl-C.

import { join } from "node:path";
import { openForPerson } from "../test/editor/host/person.ts";
import { chooseHost } from "../test/editor/host/host.ts";
import { repositoryFolder } from "../test/editor/host/places.ts";
import { report } from "../test/editor/host/progress.ts";
import { packageExtension } from "./package/package_extension.ts";

// Until the editor is open, what was made so far goes as this process ends.
let stop: () => void = () => process.exit(130);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop());

try {
  const host = await chooseHost("person");
  report("packaging the extension …");
  const { file } = await packageExtension(repositoryFolder);
  report("starting VS Code …");
  const editor = await openForPerson(host, {
    vsix: file,
    workspace: { folder: join(repositoryFolder, "samples") },
  });
  const stopped = new Promise<void>((resolve) => stop = resolve);
  console.log(
    editor.address === undefined
      ? "VS Code is open. Ctrl-C closes it."
      : `Open ${editor.address}\nCtrl-C ends it.`,
  );
  await Promise.race([stopped, editor.ended]);
  await editor.dispose();
  process.exit();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
