import assert from "node:assert/strict";
import { chatHtml } from "../../extension/chat_html.ts";

const PAGE = {
  script: "https://files/main.js",
  style: "https://files/style.css",
  cspSource: "https://files",
  nonce: "abc",
  language: "en",
  title: "Chat",
};

Deno.test("chatHtml() allows the page's own files and one script, and nothing else", () => {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(chatHtml(PAGE))?.[1] ?? "";
  assert.deepEqual(policy.split("; "), [
    "default-src 'none'",
    "img-src https://files blob:",
    "media-src https://files",
    "style-src https://files 'nonce-abc'",
    "font-src https://files",
    "script-src 'nonce-abc'",
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  assert.equal(chatHtml(PAGE).match(/<script/g)?.length, 1);
  assert.match(chatHtml(PAGE), /<script nonce="abc" src="https:\/\/files\/main\.js">/);
});

Deno.test("chatHtml() takes nothing for markup", () => {
  const html = chatHtml({ ...PAGE, title: "</title><script>", language: '"><script>' });
  assert.equal(html.match(/<script/g)?.length, 1);
});
