// Files of the workspace that answers name. Nothing outside of it is looked at, whatever an answer says.

import { FileType, l10n, Range, RelativePattern, Uri, window, workspace, type WorkspaceFolder } from "vscode";
import type { NamedFile } from "../protocol/panel.ts";
import { namedPath } from "./named_path.ts";

/** Says of each path where in the workspace the file is that it means. */
export async function nameFiles(paths: readonly string[]): Promise<readonly NamedFile[]> {
  const files: NamedFile[] = [];
  // One after the other: each may be a search through the whole workspace.
  for (const path of paths) {
    const uri = await findFile(path);
    files.push({ path, file: uri === null ? null : workspace.asRelativePath(uri) });
  }
  return files;
}

/** Opens a file of the workspace at a place. */
export async function openPlace(
  { path, line, column }: { readonly path: string; readonly line: number; readonly column: number | null },
): Promise<void> {
  const uri = await findFile(path);
  if (uri === null) {
    await window.showWarningMessage(l10n.t("{0} is no longer in the workspace.", path));
    return;
  }
  const document = await workspace.openTextDocument(uri);
  const at = new Range(line - 1, (column ?? 1) - 1, line - 1, (column ?? 1) - 1);
  await window.showTextDocument(document, { selection: document.validateRange(at) });
}

/** The one file that a path means: at that path in a folder of the workspace, or the only one that ends so. */
async function findFile(path: string): Promise<Uri | null> {
  const parts = namedPath(path);
  if (parts === null) return null;
  const folders = workspace.workspaceFolders ?? [];
  for (const folder of folders) {
    const uri = Uri.joinPath(folder.uri, ...parts);
    if (await isFile(uri)) return uri;
  }
  const found = await Promise.all(folders.map((folder) => search(folder, parts)));
  const [only, ...others] = found.flat();
  return only === undefined || others.length > 0 ? null : only;
}

/** At most two of a folder's files whose paths end so; two are as good as many. */
async function search(folder: WorkspaceFolder, parts: readonly string[]): Promise<readonly Uri[]> {
  const pattern = new RelativePattern(folder, `**/${parts.join("/")}`);
  return await workspace.findFiles(pattern, "**/{node_modules,.git}/**", 2);
}

/** A link to a file may lead out of the workspace, so it is none. */
async function isFile(uri: Uri): Promise<boolean> {
  return await workspace.fs.stat(uri).then(({ type }) => type === FileType.File, () => false);
}
