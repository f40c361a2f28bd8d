// What a video file is, by its first bytes, and who reads it.

import { loadCodecLibrary } from "./codec_library.ts";
import { openAnimation } from "./animation.ts";
import { openContainer } from "./container.ts";
import type { VideoSource } from "./video_source.ts";

/**
 * Opens a video file.
 * @throws Failure "video-…"
 */
export async function openVideoFile(path: string, name: string): Promise<VideoSource> {
  const head = await readHead(path);
  const isAnimation = head.startsWith("GIF8") || (head.startsWith("RIFF") && head.startsWith("WEBP", 8));
  return isAnimation
    ? await openAnimation(path, name)
    : await openContainer(path, name, await loadCodecLibrary());
}

async function readHead(path: string): Promise<string> {
  using file = await Deno.open(path);
  const head = new Uint8Array(16);
  const count = await file.read(head) ?? 0;
  return String.fromCharCode(...head.subarray(0, count));
}
