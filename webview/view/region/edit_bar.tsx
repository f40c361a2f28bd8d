import type { JSX } from "preact";
import type { MarkChange, Marking } from "../../region/marks.ts";
import { IconButton } from "../icon_button.tsx";
import { usePanel } from "../panel_context.ts";
import { type Tool, ToolChoice } from "./tool_choice.tsx";

interface EditBarProps {
  readonly marking: Marking;
  readonly change: (change: MarkChange) => void;
  readonly tools: readonly Tool[];
  readonly tool: Tool;
  readonly setTool: (tool: Tool) => void;
  readonly isFullSize: boolean;
  readonly setFullSize: (isFullSize: boolean) => void;
}

/** The tools, the steps back and forward, and how near one looks. */
export function EditBar(props: EditBarProps): JSX.Element {
  const { marking, change, tools, tool, setTool, isFullSize, setFullSize } = props;
  const { marks, past, future, selectedId } = marking;
  const { t } = usePanel();
  return (
    <div class="edit-bar">
      <ToolChoice tools={tools} tool={tool} choose={setTool} />
      <div class="steps">
        <IconButton
          icon="undo"
          label={t("Undo")}
          isOff={past.length === 0}
          press={() => change({ kind: "undo" })}
        />
        <IconButton
          icon="redo"
          label={t("Redo")}
          isOff={future.length === 0}
          press={() => change({ kind: "redo" })}
        />
        <IconButton
          icon="trash"
          label={t("Remove mark")}
          isOff={selectedId === null}
          press={() => change({ kind: "remove" })}
        />
        <IconButton
          icon="retry"
          label={t("Reset")}
          isOff={marks.length === 0}
          press={() => change({ kind: "reset" })}
        />
        <button type="button" class="bar-button" onClick={() => setFullSize(!isFullSize)}>
          {isFullSize ? t("Whole Picture") : t("100 %")}
        </button>
      </div>
    </div>
  );
}
