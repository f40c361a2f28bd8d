import type { Editor, EditorOptions } from "./host/editor.ts";

/** What a file of scenarios/ exports: one thing that a person does, from a fresh editor on. */
export interface Scenario {
  /** The file's name without its ending; the runner takes a part of it to choose. */
  readonly name: string;
  /** User settings for this scenario. */
  readonly settings?: EditorOptions["settings"];
  /** @throws whatever makes the scenario fail */
  run(editor: Editor): Promise<void>;
}
