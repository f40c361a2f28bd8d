import { workspace } from "vscode";
import type { WorkspaceLabel } from "./kept_conversation.ts";

/** The workspace that is open, or its first folder; null when there is none. */
export function openWorkspace(): WorkspaceLabel | null {
  const { name, workspaceFile, workspaceFolders } = workspace;
  const uri = workspaceFile ?? workspaceFolders?.[0]?.uri;
  return uri === undefined ? null : { uri: uri.toString(), name: name ?? "" };
}
