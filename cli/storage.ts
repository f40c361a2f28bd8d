import { homedir } from "node:os";
import { join } from "node:path";

/** Where the command line keeps built models: the user's cache folder, or SIGHTLINE_STORAGE. */
export function storageFolder(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment["SIGHTLINE_STORAGE"]) return environment["SIGHTLINE_STORAGE"];
  switch (process.platform) {
    case "darwin":
      return join(homedir(), "Library", "Caches", "sightline");
    case "win32":
      return join(environment["LOCALAPPDATA"] ?? join(homedir(), "AppData", "Local"), "sightline", "cache");
    default:
      return join(environment["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "sightline");
  }
}
