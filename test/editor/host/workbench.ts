// Everything a scenario may do in a running VS Code, in either host. Each function fails with a
// message that says what it could not do.

export { openFile, runCommand } from "./workbench/commands.ts";
export { pressDialogButton } from "./workbench/dialog.ts";
export { chooseInExplorerMenu, explorerMenuLabels, selectInExplorer } from "./workbench/explorer.ts";
export { outputChannel, runningExtensions, wasActivated } from "./workbench/extension_state.ts";
export { clearNotifications, notificationText, pressNotificationButton } from "./workbench/notifications.ts";
export { pastePng } from "./workbench/paste.ts";
export { crashProcesses, holdProcesses, processesLike } from "./workbench/processes.ts";
export {
  answerQuickInput,
  chooseQuickInput,
  dismissQuickInput,
  quickInputLabels,
} from "./workbench/quick_input.ts";
export { reloadWindow } from "./workbench/reload.ts";
export { clickStatusBar, statusBarText } from "./workbench/status_bar.ts";
export { setTheme } from "./workbench/theme.ts";
export { activeEditorText, activeTabName } from "./workbench/text_editor.ts";
export { hasNoWebview, webviewFrame, type WebviewOptions } from "./workbench/webview.ts";
export { attempt } from "./workbench/attempt.ts";
export { eventually } from "./eventually.ts";
