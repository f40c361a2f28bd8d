/** Names that answers give to languages, and VS Code's where they differ. */
const IDS: Readonly<Record<string, string>> = {
  "bash": "shellscript",
  "bat": "bat",
  "c#": "csharp",
  "c++": "cpp",
  "cs": "csharp",
  "docker": "dockerfile",
  "golang": "go",
  "js": "javascript",
  "jsx": "javascriptreact",
  "kt": "kotlin",
  "make": "makefile",
  "md": "markdown",
  "objc": "objective-c",
  "ps1": "powershell",
  "py": "python",
  "rb": "ruby",
  "rs": "rust",
  "sh": "shellscript",
  "shell": "shellscript",
  "text": "plaintext",
  "ts": "typescript",
  "tsx": "typescriptreact",
  "txt": "plaintext",
  "yml": "yaml",
  "zsh": "shellscript",
};

/** VS Code's id of a language; null when none of those it knows is meant. */
export function languageIdOf(name: string, known: readonly string[]): string | null {
  const lower = name.toLowerCase();
  const id = Object.hasOwn(IDS, lower) ? IDS[lower] ?? lower : lower;
  return known.includes(id) ? id : null;
}
