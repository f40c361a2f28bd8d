import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { env } from "node:process";

/** Which tools for building native modules are missing and how to get them, or undefined. */
export function buildToolsObstacle(): string | undefined {
  const missing = [
    isOnPath(env["CXX"] || "g++", "c++", "clang++") ? "" : "a C++ compiler",
    isOnPath("make", "gmake") ? "" : "make",
    isOnPath(env["npm_config_python"] || env["PYTHON"] || "python3", "python") ? "" : "Python 3",
    isOnPath("npm") ? "" : "npm",
  ].filter((tool) => tool !== "");
  if (missing.length === 0) return undefined;
  return `two native modules of VS Code must be built, and ${
    missing.join(", ")
  } cannot be found on the PATH. ` +
    "Debian and Ubuntu: apt-get install g++ make python3. macOS: xcode-select --install. Then run this again";
}

function isOnPath(...programs: readonly string[]): boolean {
  const folders = (env["PATH"] ?? "").split(delimiter);
  return programs.some((program) => {
    // CXX may hold a launcher and arguments, such as "ccache g++".
    const name = program.split(" ")[0] ?? program;
    return folders.some((folder) => existsSync(join(folder, name))) || existsSync(program);
  });
}
