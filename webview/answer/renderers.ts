// Renderers that few answers need are scripts of their own, loaded when the first such part of an answer is shown.

import type { RenderFormula } from "../renderers/formula.ts";
import type { DrawDiagram } from "../renderers/diagram.ts";

/** Gives the renderers; each is loaded once. */
export interface Renderers {
  /** The renderer of formulas if it is there, so that one more formula is drawn without a wait. */
  formulaNow(): RenderFormula | null;
  /** @throws Error when its script cannot be loaded */
  formula(): Promise<RenderFormula>;
  /** @throws Error when its script cannot be loaded */
  diagram(): Promise<DrawDiagram>;
}

/** What the scripts leave for the page. */
interface Loaded {
  readonly renderFormula?: RenderFormula;
  readonly drawDiagram?: DrawDiagram;
}

/**
 * Loads renderers from beside the page's own script.
 * @param script the page's own, whose random text lets others run too
 */
export function loadRenderers(script: Pick<HTMLScriptElement, "src" | "nonce">): Renderers {
  const loading = new Map<keyof Loaded, Promise<Loaded>>();
  const load = async <K extends keyof Loaded>(name: K, parts: readonly string[]) => {
    const loaded = loading.get(name) ?? Promise.all(parts.map((part) => fetchPart(part, script)))
      .then(() => globalThis as Loaded);
    loading.set(name, loaded);
    const renderer = (await loaded)[name];
    if (renderer === undefined) throw new Error(`no ${name} in ${parts.join(", ")}`);
    return renderer;
  };
  return {
    formulaNow: () => (globalThis as Loaded).renderFormula ?? null,
    formula: () => load("renderFormula", ["formula.css", "formula.js"]),
    diagram: () => load("drawDiagram", ["diagram.js"]),
  };
}

/** Adds a script or a style sheet to the page. */
function fetchPart(name: string, { src, nonce }: Pick<HTMLScriptElement, "src" | "nonce">): Promise<void> {
  const address = new URL(name, src).href;
  const part = name.endsWith(".css")
    ? Object.assign(document.createElement("link"), { rel: "stylesheet", href: address })
    : Object.assign(document.createElement("script"), { nonce, src: address });
  return new Promise((resolve, reject) => {
    part.addEventListener("load", () => resolve());
    part.addEventListener("error", () => reject(new Error(`${name} could not be loaded`)));
    document.head.append(part);
  });
}
