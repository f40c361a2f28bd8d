// Frames as pictures of the store: lossless, each in a file named by the hash of its bytes.

import { createHash } from "node:crypto";
import type { PictureRef } from "../../protocol/conversation.ts";
import { Failure } from "../../protocol/errors.ts";
import type { Pixels } from "../image/pixels.ts";

/** Frames live as long as a question; time counts more than space. */
const COMPRESSION_LEVEL = 1;

/** Writes frames into a folder. */
export class FrameWriter {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Writes a frame as a PNG.
   * @param name to show to people
   * @throws Failure "storage-failed"
   */
  async write({ width, height, data }: Pixels, name: string): Promise<PictureRef> {
    const { default: sharp } = await import("sharp");
    const bytes = await sharp(data, { raw: { width, height, channels: 3 } })
      .png({ compressionLevel: COMPRESSION_LEVEL }).toBuffer();
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    try {
      // Under its name at once: renaming would need the permission to read, and whoever reads checks the hash.
      await Deno.writeFile(`${this.#folder}/${sha256}`, bytes, { mode: 0o600 });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Failure(
        "storage-failed",
        `Cannot write frames to "${this.#folder}" (${reason}). Make room, or choose another folder.`,
        { subject: this.#folder, cause },
      );
    }
    return { sha256, name, byteLength: bytes.byteLength };
  }
}
