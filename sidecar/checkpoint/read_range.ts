import { Failure } from "../../protocol/errors.ts";

/**
 * Reads part of a file.
 * @throws Failure "model-invalid" when it cannot be opened or ends before the part does
 */
export async function readRange(
  path: string,
  start: number,
  byteLength: number,
): Promise<Uint8Array<ArrayBuffer>> {
  using file = await Deno.open(path).catch((cause: unknown) => {
    throw new Failure("model-invalid", `Cannot read "${path}". Is the model still there?`, {
      subject: path,
      cause,
    });
  });
  await file.seek(start, Deno.SeekMode.Start);
  const bytes = new Uint8Array(new ArrayBuffer(byteLength));
  for (let filled = 0; filled < byteLength;) {
    const count = await file.read(bytes.subarray(filled));
    if (count === null) {
      throw new Failure("model-invalid", `Cannot read "${path}": it ends too early.`, { subject: path });
    }
    filled += count;
  }
  return bytes;
}
