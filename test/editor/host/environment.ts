import { env, platform } from "node:process";
import type { Profile } from "./profile.ts";

/**
 * The environment for an editor of ours: what would tie it to an editor, a package manager or a
 * debugger that runs around us is left out, and its files stay in the profile.
 */
export function editorEnvironment(profile: Profile): Record<string, string> {
  const kept = Object.entries(env).filter((entry): entry is [string, string] =>
    entry[1] !== undefined &&
    !/^(VSCODE_|ELECTRON_|CODE_SERVER_|CS_|npm_|NODE_OPTIONS$|PORT$|PASSWORD$)/.test(entry[0])
  );
  return {
    ...Object.fromEntries(kept),
    XDG_CONFIG_HOME: `${profile.root}/xdg-config`,
    XDG_DATA_HOME: `${profile.root}/xdg-data`,
    // code-server would ask a gallery on the internet for newer versions of its own extensions.
    EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: "" }),
    // On macOS the folder's long name would leave no room for a socket's.
    ...(platform === "linux" ? { TMPDIR: profile.temporaryFolder } : {}),
  };
}
