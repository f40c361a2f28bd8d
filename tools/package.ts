// npm run package [-- --target linux-x64]: makes the file that VS Code installs.

import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { HOST_TARGET, packageExtension } from "./package/package_extension.ts";
import { biggestFiles, megabytes } from "./package/sizes.ts";

// This file runs as dist/tools/package.js.
const root = dirname(dirname(import.meta.dirname));

const { values } = parseArgs({ options: { target: { type: "string", default: HOST_TARGET } } });
try {
  const { file, sizeBytes, staged } = await packageExtension(root, values.target);
  console.log(`${file}\n${megabytes(sizeBytes).padStart(10)}  compressed; its biggest files, unpacked:`);
  for (const line of await biggestFiles(staged)) console.log(line);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
