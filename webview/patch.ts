// Changes what is shown into what is wanted, keeping every node that can stay: a long list that grows by a word is
// not laid out anew, and what the reader has selected in it stays selected.

import { ISLAND_CLASS } from "./answer/island.ts";

/** Makes the children of `shown` equal to those of `wanted`, whose nodes it may take. */
export function patchChildren(shown: ParentNode & Node, wanted: ParentNode & Node): void {
  let current = shown.firstChild;
  for (const node of [...wanted.childNodes]) {
    if (current === null) {
      shown.appendChild(node);
      continue;
    }
    const next: ChildNode | null = current.nextSibling;
    patchNode(current, node);
    current = next;
  }
  while (current !== null) {
    const next: ChildNode | null = current.nextSibling;
    current.remove();
    current = next;
  }
}

function patchNode(shown: ChildNode, wanted: ChildNode): void {
  if (shown.isEqualNode(wanted)) return;
  if (shown instanceof Text && wanted instanceof Text) growText(shown, wanted.data);
  else if (shown instanceof Element && wanted instanceof Element && isSameTag(shown, wanted)) {
    // What is in an island is drawn by its component.
    if (shown.classList.contains(ISLAND_CLASS)) return;
    patchChildren(shown, wanted);
  } else shown.replaceWith(wanted);
}

function growText(shown: Text, data: string): void {
  if (data.startsWith(shown.data)) shown.appendData(data.slice(shown.length));
  else shown.data = data;
}

/** Whether two elements differ in nothing but their children. */
function isSameTag(first: Element, second: Element): boolean {
  return first.cloneNode(false).isEqualNode(second.cloneNode(false));
}
