// Golden values of minicpmv45-spec.md section 11.8, and the rules of section 5.3.

import assert from "node:assert/strict";
import { Failure } from "../../../protocol/errors.ts";
import { ChatTemplate, type TemplateMessage } from "../../../sidecar/text/chat_template.ts";
import { nanoPrompts } from "../../support/nano_prompts.ts";
import { tempFolder } from "../../support/temp_folder.ts";

const { template } = await nanoPrompts();
const user = (content: string): TemplateMessage => ({ role: "user", content });
const assistant = (content: string, reasoning?: string): TemplateMessage => ({
  role: "assistant",
  content,
  ...(reasoning === undefined ? {} : { reasoning_content: reasoning }),
});

Deno.test("ChatTemplate closes the trace when thinking is off and opens it when on", () => {
  const turn = "<|im_start|>user\n{c}<|im_end|>\n<|im_start|>assistant\n";
  assert.equal(template.render([user("{c}")], false), `${turn}<think>\n\n</think>\n\n`);
  assert.equal(template.render([user("{c}")], true), `${turn}<think>\n`);
});

Deno.test("ChatTemplate drops the reasoning of earlier answers", () => {
  const expected = "<|im_start|>user\n{c}<|im_end|>\n<|im_start|>assistant\nans<|im_end|>\n" +
    "<|im_start|>user\nq2<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n";
  const inText = [user("{c}"), assistant("<think>\nabc\n</think>\n\nans"), user("q2")];
  assert.equal(template.render(inText, false), expected);
  const apart = [user("{c}"), assistant("ans", "abc"), user("q2")];
  assert.equal(template.render(apart, false), expected);
});

async function open(tokenizerConfig: object, file?: string): Promise<ChatTemplate> {
  await using folder = await tempFolder();
  if (file !== undefined) await Deno.writeTextFile(`${folder.path}/chat_template.jinja`, file);
  return await ChatTemplate.open(folder.path, tokenizerConfig);
}

Deno.test("ChatTemplate.open() takes the template from the settings or from a file of its own", async () => {
  const own = "{% for message in messages %}[{{ message.content }}]{% endfor %}";
  assert.equal((await open({ chat_template: own })).render([user("x"), assistant("y")], false), "[x][y]");
  assert.equal((await open({}, own)).render([user("x")], true), "[x]");
});

Deno.test("ChatTemplate.open() refuses a folder without a template, or with a broken one", async () => {
  const refuses = (config: object, text: RegExp) =>
    assert.rejects(open(config), (error: unknown) => {
      assert.ok(error instanceof Failure && error.kind === "model-invalid", String(error));
      assert.match(error.message, text);
      return true;
    });
  await refuses({}, /it has no chat template\.$/);
  await refuses({ chat_template: ["a list"] }, /it has no chat template\.$/);
  await refuses({ chat_template: "{% for %}" }, /its chat template cannot be parsed\.$/);
});
