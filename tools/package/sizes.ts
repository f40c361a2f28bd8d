import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** Files this large have a line of their own. */
const SHOWN_BYTES = 1_000_000;

/** Lines naming the biggest files below a folder, biggest first. */
export async function biggestFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(entries.map(async (path) => {
    const { size, isFile } = await measure(join(folder, path));
    return { path: path.replaceAll("\\", "/"), bytes: isFile ? size : 0 };
  }));
  return sizes
    .filter(({ bytes }) => bytes >= SHOWN_BYTES)
    .sort((a, b) => b.bytes - a.bytes)
    .map(({ path, bytes }) => `${megabytes(bytes).padStart(10)}  ${path}`);
}

/** A number of bytes for people. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

async function measure(path: string) {
  const found = await stat(path);
  return { size: found.size, isFile: found.isFile() };
}
