// Golden values of minicpmv45-spec.md section 11.6. They are checked with the part of the release's tokenizer that
// they need, which is in the checkout, and with the whole of it where it is at hand.

import assert from "node:assert/strict";
import { Failure } from "../../../protocol/errors.ts";
import { Tokenizer } from "../../../sidecar/text/tokenizer.ts";
import excerpt from "../../fixtures/tokenizer_excerpt.json" with { type: "json" };
import { referenceFolder } from "../../support/places.ts";
import { tempFolder } from "../../support/temp_folder.ts";
import { type TokenizerParts, writeTokenizer } from "../../support/tokenizer_file.ts";

const GOLDEN: readonly (readonly [text: string, ids: string])[] = [
  [
    "<|im_start|>user\n<image_id>0</image_id><image><unk><unk></image>\nWhat is the landform in the picture?" +
    "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n",
    "151644 872 198 151681 15 151682 151669 128244 128244 151670 198 3838 374 279 4268 627 304 279 6802 30 151645 " +
    "198 151644 77091 198 151667 271 151668 271",
  ],
  ["<image_id>12</image_id>", "151681 16 17 151682"],
  ["</slice>\n<slice>", "151680 198 151679"],
  ["<think>\n", "151667 198"],
  ["Hello, world! It's 2025.", "9707 11 1879 0 1084 594 220 17 15 17 20 13"],
  ["你好，世界！", "108386 3837 99489 6313"],
  [" !", "753"],
  ["  two  spaces\n\nx", "220 1378 220 12621 271 87"],
];

async function checkGolden(parts: TokenizerParts): Promise<void> {
  await using folder = await tempFolder();
  await writeTokenizer(folder.path, parts);
  const tokenizer = await Tokenizer.open(folder.path, {});
  for (const [text, ids] of GOLDEN) {
    assert.equal(tokenizer.encode(text).join(" "), ids, JSON.stringify(text));
    assert.equal(tokenizer.decode(tokenizer.encode(text)), text);
  }
  assert.equal(tokenizer.tokenId("<image>"), 151669);
  assert.equal(tokenizer.tokenId("no such token"), undefined);
  assert.deepEqual([tokenizer.encode(""), tokenizer.decode([])], [[], ""]);
}

Deno.test("Tokenizer gives the release's ids", () => checkGolden(excerpt));

const whole = referenceFolder("tokenizer");
Deno.test({
  name: "Tokenizer gives the release's ids with its whole vocabulary",
  ignore: whole === null,
  async fn() {
    const read = (file: string) => Deno.readTextFile(`${whole}/${file}`);
    const vocab = JSON.parse(await read("vocab.json")) as Record<string, number>;
    const added = JSON.parse(await read("added_tokens.json")) as Record<string, number>;
    const merges = (await read("merges.txt")).split("\n").filter((line) =>
      line !== "" && !line.startsWith("#version")
    );
    await checkGolden({ vocab, merges, added: { ...added, "<unk>": vocab["<unk>"] as number } });
  },
});

Deno.test("Tokenizer lists the texts that stand for one token, the longest first", async () => {
  await using folder = await tempFolder();
  await writeTokenizer(folder.path, excerpt);
  const { addedTokens } = await Tokenizer.open(folder.path, {});
  for (const text of ["<|im_end|>", "</think>", "<image>", "<unk>"]) {
    assert.ok(addedTokens.includes(text), text);
  }
  const lengths = addedTokens.map(({ length }) => length);
  assert.deepEqual(lengths, [...lengths].sort((a, b) => b - a));
});

Deno.test("Tokenizer.open() says what is wrong with a folder", async () => {
  await using folder = await tempFolder();
  const refuses = (kind: Failure["kind"], text: RegExp) =>
    assert.rejects(Tokenizer.open(folder.path, {}), (error: unknown) => {
      assert.ok(error instanceof Failure && error.kind === kind, String(error));
      assert.match(error.message, text);
      return true;
    });
  await refuses("model-missing", /tokenizer\.json cannot be read\./);
  await Deno.writeTextFile(`${folder.path}/tokenizer.json`, '{"model": ');
  await refuses("model-invalid", /tokenizer\.json is damaged\./);
  await Deno.writeTextFile(`${folder.path}/tokenizer.json`, "{}");
  await refuses("model-invalid", /tokenizer\.json is damaged\./);
});
