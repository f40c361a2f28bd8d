import { readModelConfig } from "../../sidecar/checkpoint/config.ts";
import { ChatTemplate } from "../../sidecar/text/chat_template.ts";
import type { PromptFormat } from "../../sidecar/text/prompt.ts";
import { Tokenizer } from "../../sidecar/text/tokenizer.ts";
import { NANO } from "./places.ts";

/** How prompts are written for Nano, whose chat template is the release's. */
export async function nanoPrompts(): Promise<PromptFormat> {
  const config = JSON.parse(await Deno.readTextFile(`${NANO}/tokenizer_config.json`)) as object;
  const { markers, usesImageIds, resampler } = await readModelConfig(NANO);
  return {
    template: await ChatTemplate.open(NANO, config),
    tokenizer: await Tokenizer.open(NANO, config),
    markers,
    usesImageIds,
    queryCount: resampler.queryCount,
  };
}
