import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";

/** The text of every log file below the user data folder whose name is `fileName`, oldest first. */
export function readLogs(userDataFolder: string, fileName: string): string {
  const folder = join(userDataFolder, "logs");
  if (!existsSync(folder)) return "";
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.split(sep).at(-1) === fileName)
    // A folder per window is named by the time it was opened.
    .sort()
    .map((path) => readFileSync(join(folder, path), "utf8"))
    .join("");
}
