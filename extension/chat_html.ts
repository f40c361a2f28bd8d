// The frame of the panel's page: its policy, its style, its script, and nothing else.

import { htmlText } from "./html_text.ts";

/** What the frame is made of. */
export interface ChatPage {
  readonly script: string;
  readonly style: string;
  /** Where VS Code serves an extension's files from, as its policy names it. */
  readonly cspSource: string;
  /** Random text that lets exactly one script run. */
  readonly nonce: string;
  /** The person's language, such as "de". */
  readonly language: string;
  readonly title: string;
}

/** The page's markup. */
export function chatHtml({ script, style, cspSource, nonce, language, title }: ChatPage): string {
  const policy = [
    "default-src 'none'",
    `img-src ${cspSource} blob:`,
    `media-src ${cspSource}`,
    // The random text is for the style that Mermaid measures its labels by (webview/renderers/under_policy.ts).
    // Style attributes stay forbidden: KaTeX and Mermaid set properties instead.
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
    `script-src 'nonce-${nonce}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="${htmlText(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${htmlText(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${htmlText(style)}">
<title>${htmlText(title)}</title>
</head>
<body>
<script nonce="${htmlText(nonce)}" src="${htmlText(script)}"></script>
</body>
</html>`;
}
