/**
 * Lets a library that writes style elements and style attributes work on a page whose policy forbids both: elements
 * get the page's random text, and attributes are set as properties, which the policy leaves to scripts. The
 * alternative would be to allow every style for the whole page.
 */
export async function underPolicy<T>(nonce: string, work: () => Promise<T>): Promise<T> {
  const { setAttribute } = Element.prototype;
  const createElement = document.createElement;
  Element.prototype.setAttribute = function (name, value) {
    if (name === "style" && "style" in this) (this as HTMLElement | SVGElement).style.cssText = String(value);
    else setAttribute.call(this, name, value);
  };
  document.createElement = function (name: string, options?: ElementCreationOptions) {
    const element = createElement.call(document, name, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  };
  try {
    return await work();
  } finally {
    Element.prototype.setAttribute = setAttribute;
    document.createElement = createElement;
  }
}
