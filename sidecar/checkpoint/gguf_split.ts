// GGUF models in several files, `<name>-00001-of-00003.gguf` and so on, put together. The first part has the settings;
// each has the header of its own tensors.

import { Failure } from "../../protocol/errors.ts";
import type { GgufFile, GgufTensor } from "./gguf.ts";

const PART_NAME = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/;

/**
 * Puts the parts of split models together; other files stay as they are.
 * @throws Failure "model-missing" naming a part that is not there, "model-invalid" when parts do not belong together
 */
export function joinParts(files: readonly GgufFile[]): GgufFile[] {
  const models = Map.groupBy(files, ({ path }) => PART_NAME.exec(path)?.[1] ?? path);
  return [...models.values()].map((parts) => {
    const [only] = parts as [GgufFile, ...GgufFile[]];
    return parts.length === 1 && partCount(only) === 1 ? only : join(parts);
  });
}

function join(parts: readonly GgufFile[]): GgufFile {
  const [any] = parts as [GgufFile, ...GgufFile[]];
  const count = partCount(any);
  if (parts.length > count) throw invalid(any, `it is one of ${count} parts, and there are ${parts.length}`);
  const inOrder = Array.from({ length: count }, (_, number) => {
    const part = parts.find(({ settings }) => settings.get("split.no") === number);
    if (part !== undefined && partCount(part) === count) return part;
    throw new Failure(
      "model-missing",
      `Part ${
        number + 1
      } of ${count} of the model in "${any.path}" is missing. Put all of its parts into one folder, ` +
        `and name the folder.`,
      { subject: any.path },
    );
  });
  const [first] = inOrder as [GgufFile, ...GgufFile[]];
  const tensors = new Map<string, GgufTensor>();
  for (const part of inOrder) {
    for (const [name, tensor] of part.tensors) {
      if (tensors.has(name)) throw invalid(part, `tensor "${name}" stands in another part, too`);
      tensors.set(name, tensor);
    }
  }
  const expected = first.settings.get("split.tensors.count") ?? tensors.size;
  if (tensors.size === expected) return { ...first, tensors };
  throw invalid(
    first,
    `its parts have ${tensors.size} tensors together, and should have ${String(expected)}`,
  );
}

function partCount(file: GgufFile): number {
  const count = file.settings.get("split.count") ?? 1;
  if (typeof count === "number" && count >= 1 && count <= 1000) return count;
  throw invalid(file, `it claims to be one of ${String(count)} parts`);
}

function invalid({ path }: GgufFile, reason: string): Failure {
  return new Failure("model-invalid", `Cannot use "${path}": ${reason}.`, { subject: path });
}
