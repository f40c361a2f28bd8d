import { commands, ConfigurationTarget, l10n, window, workspace } from "vscode";
import { MODEL_FOLDER_SETTING } from "./settings.ts";

/** Says how to get the full model and lets a person choose its folder. Nothing is downloaded. */
export async function showFullModel(): Promise<void> {
  const choose = l10n.t("Choose Folder…");
  const settings = l10n.t("Open Settings");
  const chosen = await window.showInformationMessage(
    l10n.t("The full model is MiniCPM-V 4.5"),
    {
      modal: true,
      detail: l10n.t(
        "Nano, which comes with Sightline, is small and sometimes wrong. MiniCPM-V 4.5 has 8.7 billion parameters.\n\n1. Download all files of openbmb/MiniCPM-V-4_5 (safetensors, about 18 GB) from Hugging Face, with a tool of your choice. Sightline itself downloads nothing.\n2. Choose the folder they are in.\n3. With less than 48 GB of memory, set the precision to int8 or int4.",
      ),
    },
    choose,
    settings,
  );
  if (chosen === choose) await chooseFolder();
  if (chosen === settings) await commands.executeCommand("workbench.action.openSettings", "sightline.model");
}

async function chooseFolder(): Promise<void> {
  const [folder] = await window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    openLabel: l10n.t("Use This Model"),
  }) ?? [];
  if (folder === undefined) return;
  await workspace.getConfiguration().update(MODEL_FOLDER_SETTING, folder.fsPath, ConfigurationTarget.Global);
}
