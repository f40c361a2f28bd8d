import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { PanelAttachment } from "../../protocol/panel.ts";
import type { Island } from "../answer/island.ts";
import { BoxChip } from "./box_chip.tsx";
import { CodeBlock } from "./code_block.tsx";
import { Diagram } from "./diagram.tsx";
import { Formula } from "./formula.tsx";
import { MomentLink } from "./moment_link.tsx";
import { PlaceLink } from "./place_link.tsx";
import { TableBar } from "./table_bar.tsx";

interface IslandProps {
  readonly island: Island;
  /** What the answer is about. */
  readonly attachments: readonly PanelAttachment[];
}

/** Languages that name Mermaid's diagrams. */
const DIAGRAM = /^(?:mermaid|mmd)$/i;

/** The part of an answer that an island stands for. */
export function IslandView({ island, attachments }: IslandProps): JSX.Element {
  const pictures = useMemo(() => attachments.filter((attachment) => attachment.kind === "picture"), [
    attachments,
  ]);
  switch (island.kind) {
    case "code":
      return DIAGRAM.test(island.language) ? <Diagram code={island} /> : <CodeBlock code={island} />;
    case "formula":
      return <Formula formula={island} />;
    case "table":
      return <TableBar rows={island.rows} />;
    case "place":
      return <PlaceLink {...island} />;
    case "moment":
      return <MomentLink {...island} attachments={attachments} />;
    case "boxes":
      return <BoxChip label={island.label} boxes={island.boxes} pictures={pictures} />;
    default: {
      const unknown: never = island;
      throw new TypeError(`unknown island: ${JSON.stringify(unknown)}`);
    }
  }
}
