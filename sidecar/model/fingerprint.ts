import { sha256 } from "../hash.ts";

/**
 * Names the state of a model's folder: it changes whenever a file of the model does. Files are told by name, size and
 * time, since reading gigabytes would take too long.
 * @param salt whatever else must change the name
 */
export async function fingerprint(folder: string, ...salt: readonly (string | number)[]): Promise<string> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory || !/\.(safetensors|json|bin)$/.test(name)) continue;
    const { size, mtime } = await Deno.stat(`${folder}/${name}`);
    files.push(`${name} ${size} ${mtime?.getTime() ?? 0}`);
  }
  return await digest([...salt, ...files.sort()].join("\n"));
}

/** A short name for a text: the first 16 characters of its SHA-256. */
export async function digest(text: string): Promise<string> {
  return (await sha256(text)).slice(0, 16);
}
