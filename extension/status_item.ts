import { l10n, MarkdownString, StatusBarAlignment, type StatusBarItem, ThemeColor, window } from "vscode";
import type { EngineState } from "../protocol/panel.ts";
import type { Engine } from "./engine.ts";

const ICONS: Readonly<Record<EngineState, string>> = {
  stopped: "eye-closed",
  starting: "loading~spin",
  ready: "eye",
  busy: "sync~spin",
  failed: "error",
};

/** The commands that its description offers. */
const OFFERED = ["sightline.openChat", "sightline.restartEngine", "sightline.showLog"];

/** The entry in the status bar that says what the engine is doing. */
export class StatusItem {
  readonly #item: StatusBarItem;

  constructor() {
    this.#item = window.createStatusBarItem("sightline.engine", StatusBarAlignment.Right);
    this.#item.name = "Sightline";
    this.#item.command = "sightline.openChat";
    this.#item.show();
  }

  /** Shows an engine's state. */
  show(engine: Pick<Engine, "state" | "record" | "model">): void {
    const { state } = engine;
    const item = this.#item;
    item.text = `$(${ICONS[state]}) Sightline`;
    item.accessibilityInformation = { label: `Sightline, ${stateWord(state)}` };
    item.tooltip = describe(engine);
    item.backgroundColor = state === "failed" ? new ThemeColor("statusBarItem.errorBackground") : undefined;
    item.command = state === "failed" ? "sightline.restartEngine" : "sightline.openChat";
  }

  dispose(): void {
    this.#item.dispose();
  }
}

function describe({ state, record, model }: Pick<Engine, "state" | "record" | "model">): MarkdownString {
  const text = new MarkdownString(undefined, true);
  text.isTrusted = { enabledCommands: OFFERED };
  const lines = [`Sightline: ${stateWord(state)}`];
  if (model !== null) lines.push(l10n.t("Model: {0}", `${model.name} (${model.precision})`));
  if (record !== null) lines.push(l10n.t("Runs on: {0}", providerName(record.executionProvider)));
  for (const line of lines) text.appendText(line).appendMarkdown("\n\n");
  const [chat, restart, log] = OFFERED;
  return text.appendMarkdown(
    `[${l10n.t("Open Chat")}](command:${chat}) · [${l10n.t("Restart Engine")}](command:${restart}) · ` +
      `[${l10n.t("Show Log")}](command:${log})`,
  );
}

function stateWord(state: EngineState): string {
  switch (state) {
    case "stopped":
      return l10n.t("the engine starts when it is needed");
    case "starting":
      return l10n.t("the engine is starting");
    case "ready":
      return l10n.t("ready");
    case "busy":
      return l10n.t("busy");
    case "failed":
      return l10n.t("the engine has failed; press to restart it");
  }
}

function providerName(provider: string): string {
  return provider.replace(/ExecutionProvider$/, "");
}
