import { useEffect, useState } from "preact/hooks";

/** A text that changes with the theme: VS Code's classes of the body, and its name for the theme. */
export function useThemeName(): string {
  const [name, setName] = useState(themeName);
  useEffect(() => {
    const observer = new MutationObserver(() => setName(themeName()));
    observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-vscode-theme-id"] });
    return () => observer.disconnect();
  }, []);
  return name;
}

function themeName(): string {
  return `${document.body.className} ${document.body.dataset["vscodeThemeId"] ?? ""}`;
}
