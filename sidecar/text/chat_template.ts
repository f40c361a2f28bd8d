import { Template } from "@huggingface/jinja";
import { Failure } from "../../protocol/errors.ts";

/** A message as chat templates take it. */
export interface TemplateMessage {
  readonly role: "user" | "assistant";
  readonly content: string;
  readonly reasoning_content?: string;
}

/** A checkpoint's own chat template. */
export class ChatTemplate {
  readonly #template: Template;

  private constructor(template: Template) {
    this.#template = template;
  }

  /**
   * Takes the template from chat_template.jinja or the tokenizer's settings.
   * @throws Failure "model-invalid" when there is none or it does not parse
   */
  static async open(folder: string, tokenizerConfig: object): Promise<ChatTemplate> {
    const source = "chat_template" in tokenizerConfig
      ? tokenizerConfig.chat_template
      : await Deno.readTextFile(`${folder}/chat_template.jinja`).catch(() => undefined);
    if (typeof source !== "string") throw invalid(folder, "it has no chat template");
    try {
      return new ChatTemplate(new Template(source));
    } catch (cause) {
      throw invalid(folder, "its chat template cannot be parsed", cause);
    }
  }

  /** The prompt up to where the model's reply begins. */
  render(messages: readonly TemplateMessage[], thinking: boolean): string {
    return this.#template.render({ messages, add_generation_prompt: true, enable_thinking: thinking });
  }
}

function invalid(folder: string, reason: string, cause?: unknown): Failure {
  return new Failure("model-invalid", `Cannot use the model in "${folder}": ${reason}.`, {
    subject: folder,
    cause,
  });
}
