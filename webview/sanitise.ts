// The last door before the DOM: only elements that markdown.ts makes pass, with the attributes it gives them.

import createPurifier, { type Config } from "dompurify";

const ALLOWED = {
  ALLOWED_TAGS: [
    ...["p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "s", "a", "code", "pre"],
    ...["ul", "ol", "li", "blockquote", "div", "span"],
    ...["table", "thead", "tbody", "tr", "th", "td"],
  ],
  ALLOWED_ATTR: ["class", "href", "title", "start"],
  ALLOWED_URI_REGEXP: /^(?:https?:\/\/|mailto:)/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
} as const satisfies Config;

/** What is left of HTML without all that an answer has no use for. */
export function sanitise(html: string): DocumentFragment {
  return createPurifier.sanitize(html, ALLOWED);
}
