import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Island } from "../answer/island.ts";
import type { RenderFormula } from "../renderers/formula.ts";
import { usePanel } from "./panel_context.ts";

/** A formula; as it was written while its renderer is loaded, and when it is none. */
export function Formula({ formula }: { readonly formula: Island & { kind: "formula" } }): JSX.Element {
  const { renderers } = usePanel();
  const { tex, isDisplay, source } = formula;
  const element = useRef<HTMLSpanElement>(null);
  const [renderer, setRenderer] = useState<RenderFormula | null>(() => renderers.formulaNow());
  useEffect(() => {
    // Without it the formula stays as it was written.
    if (renderer === null) renderers.formula().then((render) => setRenderer(() => render), () => {});
  }, [renderers, renderer]);
  useLayoutEffect(() => {
    const place = element.current;
    if (place === null) return;
    try {
      if (renderer === null) place.textContent = source;
      else renderer(tex, isDisplay, place);
      place.classList.toggle("source", renderer === null);
    } catch {
      place.textContent = source;
      place.classList.add("source");
    }
  }, [renderer, tex, isDisplay, source]);
  return <span ref={element} class={isDisplay ? "formula display" : "formula"} />;
}
