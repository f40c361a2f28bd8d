// Sidecars in processes of their own, started as hosts start them, over the bundle that was built before.

import { findLayout, type Layout } from "../../host/layout.ts";
import { PictureStore } from "../../host/picture_store.ts";
import { SidecarConnection } from "../../host/sidecar_connection.ts";
import type { SidecarOptions } from "../../protocol/sidecar.ts";
import { ROOT } from "./places.ts";
import { type TempFolder, tempFolder } from "./temp_folder.ts";
import { writeTinyCheckpoint } from "./tiny_checkpoint.ts";

/** The installation under test. */
export const LAYOUT: Layout = findLayout(ROOT);

/** A storage folder with a tiny checkpoint in it, and what a host sends for it. */
export interface TinyPlace {
  readonly storage: string;
  readonly options: Omit<SidecarOptions, "protocolVersion" | "ocrFolder">;
  readonly store: PictureStore;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Makes a place. */
export async function tinyPlace(folder?: TempFolder, name = "storage"): Promise<TinyPlace> {
  const parent = folder ?? await tempFolder();
  const storage = `${parent.path}/${name}`;
  await writeTinyCheckpoint(`${parent.path}/checkpoint`);
  return {
    storage,
    options: {
      storageFolder: storage,
      models: [{ id: "tiny", folder: `${parent.path}/checkpoint`, precision: "fp32" }],
      threadCount: 1,
      idleUnloadMs: 0,
    },
    store: new PictureStore(storage),
    [Symbol.asyncDispose]: () => parent[Symbol.asyncDispose](),
  };
}

/** Starts a sidecar that ends with the block. */
export async function startSidecar(options: TinyPlace["options"], layout: Layout = LAYOUT) {
  const sidecar = await SidecarConnection.start(layout, options);
  return Object.assign(sidecar, { [Symbol.asyncDispose]: async () => void await sidecar.close() });
}
