import type { DiagramLook } from "../renderers/diagram.ts";

/** The colours of the theme in use, as values that need no style sheet. */
export function lookOfTheme(element: HTMLElement): DiagramLook {
  const { classList } = document.body;
  return {
    isDark: !classList.contains("vscode-light") && !classList.contains("vscode-high-contrast-light"),
    background: colour(element, "var(--surface)", "#1e1e1e"),
    foreground: colour(element, "var(--foreground)", "#cccccc"),
    surface: colour(element, "var(--vscode-textCodeBlock-background)", "#2a2a2a"),
    line: colour(element, "var(--dim)", "#999999"),
    fontFamily: getComputedStyle(element).fontFamily,
  };
}

/** A colour without transparency, as Mermaid's arithmetic wants it. */
function colour(element: HTMLElement, value: string, fallback: string): string {
  element.style.color = value;
  const [red, green, blue] = getComputedStyle(element).color.match(/[\d.]+/g)?.map(Number) ?? [];
  element.style.removeProperty("color");
  if (red === undefined || green === undefined || blue === undefined) return fallback;
  return `#${[red, green, blue].map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
}
