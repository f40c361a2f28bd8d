// Takes a file in as somebody who may not read it, and prints the failure: `node refused_picture.js <store> <file>`,
// once bundled. A program of its own, because the superuser may read everything.

import process from "node:process";
import { PictureStore } from "../../host/picture_store.ts";
import { Failure } from "../../protocol/errors.ts";

const [storage, file] = process.argv.slice(2) as [string, string];
if (process.geteuid?.() === 0) process.seteuid?.(65534);
try {
  await new PictureStore(storage).addFile(file);
} catch (error) {
  console.log(JSON.stringify(error instanceof Failure ? [error.kind, error.message] : String(error)));
}
