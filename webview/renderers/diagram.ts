// A script of its own: Mermaid. Its drawings are shown as pictures, in which nothing can run, be fetched or be
// followed, whatever a diagram's text holds.

import mermaid from "mermaid";
import { takeSvg } from "./taken_svg.ts";
import { underPolicy } from "./under_policy.ts";

/** Colours and font of the theme in use. */
export interface DiagramLook {
  readonly isDark: boolean;
  readonly background: string;
  readonly foreground: string;
  readonly surface: string;
  readonly line: string;
  readonly fontFamily: string;
}

/** A drawn diagram. */
export interface Drawing {
  /** Such as "flowchart-v2". */
  readonly type: string;
  /** An SVG file. */
  readonly svg: Blob;
  readonly widthPx: number;
  readonly heightPx: number;
}

/**
 * Draws a diagram.
 * @param board an element in which sizes can be measured
 * @throws Error when the text is no diagram, with the line in its message where it is known
 */
export type DrawDiagram = (text: string, look: DiagramLook, board: HTMLElement) => Promise<Drawing>;

/** Longer texts are not diagrams that a person could look at. */
const MAX_TEXT_CHARACTERS = 20_000;
const MAX_EDGES = 500;

/** What the text of a diagram may not change. */
const SECURE = [
  ...["secure", "securityLevel", "startOnLoad", "maxTextSize", "maxEdges", "suppressErrorRendering"],
  ...[
    "htmlLabels",
    "flowchart",
    "theme",
    "themeCSS",
    "themeVariables",
    "fontFamily",
    "altFontFamily",
    "dompurifyConfig",
  ],
];

let drawn = 0;
let last: Promise<unknown> = Promise.resolve();

const drawDiagram: DrawDiagram = (text, look, board) => {
  // One after the other: Mermaid's settings are shared by all diagrams.
  const drawing = last.then(() => draw(text, look, board));
  last = drawing.catch(() => {});
  return drawing;
};

async function draw(text: string, look: DiagramLook, board: HTMLElement): Promise<Drawing> {
  mermaid.initialize(settings(look));
  const svg = takeSvg(board);
  const { nonce } = document.querySelector("script[nonce]") as HTMLScriptElement;
  try {
    const { diagramType } = await underPolicy(nonce, () => mermaid.render(`diagram-${drawn++}`, text, board));
    return { type: diagramType, ...toFile(svg()) };
  } finally {
    board.replaceChildren();
  }
}

function settings({ isDark, background, foreground, surface, line, fontFamily }: DiagramLook) {
  return {
    startOnLoad: false,
    securityLevel: "strict" as const,
    suppressErrorRendering: true,
    maxTextSize: MAX_TEXT_CHARACTERS,
    maxEdges: MAX_EDGES,
    secure: SECURE,
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    theme: "base" as const,
    fontFamily,
    themeVariables: {
      darkMode: isDark,
      background,
      primaryColor: surface,
      primaryTextColor: foreground,
      primaryBorderColor: line,
      lineColor: line,
      textColor: foreground,
      fontFamily,
      fontSize: "13px",
    },
  };
}

/** The drawing as a file with a size of its own. */
function toFile(svg: SVGSVGElement | null): Omit<Drawing, "type"> {
  const { width = 0, height = 0 } = svg?.viewBox.baseVal ?? {};
  if (svg === null || !(width > 0) || !(height > 0)) throw new Error("nothing was drawn");
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(height));
  const file = new XMLSerializer().serializeToString(svg);
  return { svg: new Blob([file], { type: "image/svg+xml" }), widthPx: width, heightPx: height };
}

Object.assign(globalThis, { drawDiagram });
