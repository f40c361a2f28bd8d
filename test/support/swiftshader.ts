// SwiftShader: Vulkan in software, so that WebGPU can be tried on a machine without a graphics device. It comes with
// the Chromium that the tests in an editor install.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./places.ts";

/**
 * Environment variables with which a process finds SwiftShader, or why there is none. `SIGHTLINE_SWIFTSHADER` names
 * another folder with libvk_swiftshader.so, vk_swiftshader_icd.json and libvulkan.so.1.
 */
export function swiftshader(): Readonly<Record<string, string>> | string {
  if (Deno.build.os !== "linux") return "SwiftShader is used on Linux only";
  const folder = Deno.env.get("SIGHTLINE_SWIFTSHADER") ?? editorChromium();
  if (folder === null) {
    return "SwiftShader is not installed: it comes with the browser of `npm run test:editor`";
  }
  const missing = ["libvk_swiftshader.so", "vk_swiftshader_icd.json", "libvulkan.so.1"]
    .find((file) => !existsSync(join(folder, file)));
  if (missing !== undefined) return `${missing} is missing in "${folder}"`;
  return { VK_ICD_FILENAMES: join(folder, "vk_swiftshader_icd.json"), LD_LIBRARY_PATH: folder };
}

function editorChromium(): string | null {
  const editor = join(ROOT, ".cache", "editor");
  if (!existsSync(editor)) return null;
  const name = [...Deno.readDirSync(editor)].map(({ name }) => name).find((name) =>
    name.startsWith("chromium-")
  );
  return name === undefined ? null : join(editor, name);
}
