import type { JSX } from "preact";
import type { PanelPicture } from "../../protocol/panel.ts";
import type { Island } from "../answer/island.ts";
import { BoxChip } from "./box_chip.tsx";
import { CodeBlock } from "./code_block.tsx";
import { Diagram } from "./diagram.tsx";
import { Formula } from "./formula.tsx";
import { PlaceLink } from "./place_link.tsx";
import { TableBar } from "./table_bar.tsx";

interface IslandProps {
  readonly island: Island;
  readonly pictures: readonly PanelPicture[];
}

/** Languages that name Mermaid's diagrams. */
const DIAGRAM = /^(?:mermaid|mmd)$/i;

/** The part of an answer that an island stands for. */
export function IslandView({ island, pictures }: IslandProps): JSX.Element {
  switch (island.kind) {
    case "code":
      return DIAGRAM.test(island.language) ? <Diagram code={island} /> : <CodeBlock code={island} />;
    case "formula":
      return <Formula formula={island} />;
    case "table":
      return <TableBar rows={island.rows} />;
    case "place":
      return <PlaceLink {...island} />;
    case "boxes":
      return <BoxChip label={island.label} boxes={island.boxes} pictures={pictures} />;
    default: {
      const unknown: never = island;
      throw new TypeError(`unknown island: ${JSON.stringify(unknown)}`);
    }
  }
}
