/**
 * Lets `element` hand out the drawing that a library makes in it, before the library would turn it into text and that
 * into elements again: a browser complains of every style in a text that it reads, also where none is applied.
 * @returns gives the drawing, once the library has asked for its text
 */
export function takeSvg(element: HTMLElement): () => SVGSVGElement | null {
  let svg: SVGSVGElement | null = null;
  element.appendChild = function <T extends Node>(child: T): T {
    Object.defineProperty(child, "innerHTML", {
      get: () => {
        svg = element.querySelector("svg");
        return "";
      },
    });
    return Element.prototype.appendChild.call(element, child) as T;
  };
  return () => svg;
}
