import type { Theme } from "./editor.ts";

const THEMES: Readonly<Record<Theme, string>> = {
  dark: "Default Dark Modern",
  light: "Default Light Modern",
  "high-contrast": "Default High Contrast",
  "high-contrast-light": "Default High Contrast Light",
};

/** Nothing is sent or fetched, nothing appears by itself, and every dialog can be driven from the page. */
const QUIET: Readonly<Record<string, unknown>> = {
  "telemetry.telemetryLevel": "off",
  "telemetry.feedback.enabled": false,
  "update.mode": "none",
  "update.showReleaseNotes": false,
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "workbench.enableExperiments": false,
  "workbench.settings.enableNaturalLanguageSearch": false,
  "json.schemaDownload.enable": false,
  "npm.fetchOnlinePackageInfo": false,
  "security.workspace.trust.enabled": false,
  "workbench.startupEditor": "none",
  "workbench.welcomePage.walkthroughs.openOnInstall": false,
  "workbench.tips.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.editor.useModal": "off",
  "window.autoDetectColorScheme": false,
  "window.autoDetectHighContrast": false,
  "window.restoreWindows": "none",
  "window.titleBarStyle": "custom",
  "window.menuStyle": "custom",
  "window.dialogStyle": "custom",
  "files.simpleDialog.enable": true,
  // Showing the file that a click opens would undo a selection that goes on meanwhile.
  "explorer.autoReveal": false,
  "explorer.compactFolders": false,
  "explorer.confirmDelete": false,
  "git.openRepositoryInParentFolders": "never",
};

/** The user settings of a test profile; `extra` wins over everything. */
export function userSettings(
  theme: Theme,
  extra: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return { ...QUIET, "workbench.colorTheme": THEMES[theme], ...extra };
}
