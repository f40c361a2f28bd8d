// Sidecars in processes of their own, started as hosts start them, over the bundle that was built before.

import { findLayout, type Layout } from "../../host/layout.ts";
import { PictureStore } from "../../host/picture_store.ts";
import { SidecarConnection } from "../../host/sidecar_connection.ts";
import type { SidecarOptions } from "../../protocol/sidecar.ts";
import { ROOT } from "./places.ts";
import { tempFolder } from "./temp_folder.ts";
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

/** Makes a place, by itself or in a folder that stays the caller's. */
export async function tinyPlace(parent?: string, name = "storage"): Promise<TinyPlace> {
  const own = parent === undefined ? await tempFolder() : null;
  const folder = own?.path ?? parent as string;
  const storage = `${folder}/${name}`;
  await writeTinyCheckpoint(`${folder}/checkpoint`);
  return {
    storage,
    options: {
      storageFolder: storage,
      models: [{ id: "tiny", folder: `${folder}/checkpoint`, precision: "fp32" }],
      threadCount: 1,
      idleUnloadMs: 0,
    },
    store: new PictureStore(storage),
    async [Symbol.asyncDispose]() {
      await own?.[Symbol.asyncDispose]();
    },
  };
}

/** Starts a sidecar that ends with the block. */
export async function startSidecar(options: TinyPlace["options"], layout: Layout = LAYOUT) {
  const sidecar = await SidecarConnection.start(layout, options);
  return Object.assign(sidecar, { [Symbol.asyncDispose]: async () => void await sidecar.close() });
}
