import assert from "node:assert/strict";
import MarkdownIt from "markdown-it";
import { Conversation } from "../../../extension/conversation.ts";
import { exportedFiles, toHtml, toJson, toMarkdown } from "../../../extension/history/export_formats.ts";
import { toExported } from "../../../extension/history/exported.ts";
import { asPlainText, harmlessMarkdown } from "../../../extension/history/harmless_markdown.ts";
import { english } from "../support/english.ts";
import { keptOf, recordOf, type Said } from "../support/kept_conversations.ts";
import { picture } from "../support/pictures.ts";

/** What people and models write to break out of where it is put. */
const HOSTILE: readonly string[] = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  '"><svg onload=alert(1)>',
  "'><iframe srcdoc='x'>",
  "</p></div></section><style>*{display:none}</style>",
  "<!-- <b>",
  "]]><b>",
  "&lt;script&gt; &#60;b&#62;",
  "![x](http://evil.example/x.png)",
  "![x][r]\n\n[r]: http://evil.example/x.png",
  "[x][r]\n\n[r]: command:workbench.action.quit",
  "[x](javascript:alert(1))",
  "[x](command:workbench.action.quit)",
  "[x](<javascript:alert(1)>)",
  "[x](data:text/html,<b>)",
  "`<b>` \\`<b>` `a\n# <b>`",
  "| a |\n|---|\n| `x | <b> ` |",
  "``` \n<b>",
  "~~~\n```\n<b>\n",
  "```a`b\n<b>\n```",
  "> ```\n<b>\n",
  "- ```\n<b>\n",
  "    <b>\n\n\t<b>",
  "a\n\n    `\n\n<b>`",
  "\u202egnp.<b>\u2066",
  "# Title\n\n## Question\n\n---\n===",
  "$`<b>`$ $$<b>$$",
  "\\\\<b>",
  "\r<b>\r\n<b>",
];

const chat = (said: readonly Said[], withThinking = false, title: string | null = null) =>
  toExported(keptOf(recordOf(...said), { title }), withThinking, english);

/** Markdown as a program renders it that lets HTML through. */
const rendered = (markdown: string): string => new MarkdownIt({ html: true, linkify: true }).render(markdown);

/** Tags that only HTML of the text itself can have made, and addresses that load or run something. */
const HARM =
  /<(?:script|img (?!src="chat-pictures)|svg|iframe|style|b>|\/div|\/section|!--)|(?:href|src)="(?:javascript|command|data):/i;

Deno.test("harmless Markdown brings no HTML, loads nothing and runs nothing", () => {
  for (const text of HOSTILE) {
    for (const whole of [text, `Before\n\n${text}`, `* ${text}`, `| x |\n|---|\n| ${text} |`]) {
      const html = rendered(harmlessMarkdown(whole));
      // In a block of code it stands as text.
      assert.doesNotMatch(html, HARM, `${JSON.stringify(whole)} became ${html}`);
    }
    assert.doesNotMatch(rendered(asPlainText(text)), HARM, text);
  }
});

Deno.test("harmless Markdown keeps its look, and its blocks of code to the letter", () => {
  const kept =
    "# A\n\n*b* **c** `d < e` [f](https://g.example/?a=1)\n\n```html\n<b>x</b>\n![y](z)\n```\n\n| h |\n|---|\n| i |";
  assert.equal(harmlessMarkdown(kept), kept);
  assert.equal(harmlessMarkdown("a\n```\n<b>"), "a\n```\n<b>\n```", "what follows must not become code");
});

Deno.test("plain text looks as it was written", () => {
  const text = "# no *heading* [x](y) `code` 1. a | b & c\n- d\n2) e\n    f";
  const shown = rendered(asPlainText(text).replaceAll("\n", "\\\n")).replaceAll(/<br>\n|<\/?p>/g, "\n")
    .replaceAll("&amp;", "&").replaceAll("\u00a0", " ").trim();
  assert.equal(shown.replaceAll("\n\n", "\n"), text);
});

Deno.test("a Markdown export holds the hostile in every place, with its pictures by harmless names", () => {
  for (const hostile of HOSTILE) {
    const named = picture("a", `${hostile}/../../x.png`);
    const said = { question: hostile, answer: hostile, thinking: hostile, pictures: [named] };
    const exported = chat([said, { question: "Next?", answer: "Yes." }], true, hostile);
    const html = rendered(toMarkdown(exported, "chat-pictures", english));
    assert.doesNotMatch(html, HARM, `${JSON.stringify(hostile)} became ${html}`);
    assert.match(html, /<img src="chat-pictures\//);
    assert.equal(html.match(/<h2>Question<\/h2>/g)?.length, hostile.includes("## Question") ? 3 : 2, html);
    const [file] = exportedFiles(exported).values();
    assert.match(file?.fileName ?? "", /^[\p{L}\p{N}_-]+\.png$/u);
  }
});

Deno.test("an HTML export is all text, under a policy that lets nothing run or load", () => {
  for (const hostile of HOSTILE) {
    const named = picture("a", hostile);
    const said = { question: hostile, answer: hostile, thinking: hostile, pictures: [named] };
    const html = toHtml(chat([said], true, hostile), () => "data:image/png;base64,AAAA", {
      language: "en",
      t: english,
    });
    const tags = [...html.matchAll(/<(\/?[a-z!][a-z0-9]*)/gi)].map(([, tag]) =>
      tag?.replace("/", "").toLowerCase()
    );
    const known = new Set(
      ["!doctype", "html", "head", "meta", "title", "style", "body", "h1", "h2", "section", "div", "p", "pre"]
        .concat(["figure", "figcaption", "img", "details", "summary"]),
    );
    assert.deepEqual(tags.filter((tag) => !known.has(tag ?? "")), [], hostile);
    assert.equal(html.match(/<style>/g)?.length, 1);
    assert.deepEqual([...html.matchAll(/src="([^"]*)"/g)].map(([, src]) => src), [
      "data:image/png;base64,AAAA",
    ]);
    const policy = "content=\"default-src 'none'; img-src data:; style-src 'sha256-";
    assert.ok(html.includes(policy));
  }
});

Deno.test("thinking and where files lay stay here unless thinking is wanted", () => {
  const said = [{ question: "Q?", answer: "A.", thinking: "SECRET-TRACE", pictures: [picture("a")] }];
  const all = (withThinking: boolean) => {
    const exported = chat(said, withThinking);
    return [
      toMarkdown(exported, "p", english),
      toJson(exported),
      toHtml(exported, () => null, { language: "en", t: english }),
    ];
  };
  for (const text of all(false)) assert.doesNotMatch(text, /SECRET-TRACE|secret\/place/);
  for (const text of all(true)) assert.match(text, /SECRET-TRACE/);
  for (const text of all(true)) assert.doesNotMatch(text, /secret\/place/);
});

Deno.test("a JSON export is whole and can be read again", () => {
  const said = HOSTILE.map((hostile) => ({ question: hostile, answer: hostile, pictures: [picture("a")] }));
  const { title, turns } = JSON.parse(toJson(chat(said, false, "T")));
  assert.equal(title, "T");
  assert.deepEqual(turns.map(({ question }: { question: string }) => question), HOSTILE);
  assert.deepEqual(turns[0].pictures, [{ ...picture("a"), format: null }]);
});

Deno.test("recordings go beside a Markdown export, and are named where they cannot go", () => {
  const conversation = new Conversation({ onEvent: () => {}, sourceOf: () => "" });
  const file = { ...picture("f", "<b>/../x.webm"), format: "webm" } as const;
  conversation.changeRecording(conversation.attachRecording(file.name, null), { file });
  conversation.attachRecording("lost.webm", null);
  conversation.ask("What happens?", "off");
  const exported = toExported(keptOf(conversation.record), false, english);
  const markdown = toMarkdown(exported, "chat-pictures", english);
  assert.match(markdown, /\[\\<b\\>\/\.\.\/x\.webm\]\(chat-pictures\/[\w-]+\.webm\)\n\nlost\.webm\n/);
  assert.deepEqual([...exportedFiles(exported).values()].map(({ stored }) => stored), [file]);
  const html = toHtml(exported, () => null, { language: "en", t: english });
  assert.match(html, /&lt;b&gt;\/\.\.\/x\.webm \(a recording/);
  assert.doesNotMatch(rendered(markdown), HARM);
  assert.deepEqual(JSON.parse(toJson(exported)).turns[0].recordings, [file, { name: "lost.webm" }]);
});
