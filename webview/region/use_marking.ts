import { useState } from "preact/hooks";
import type { Translate } from "../texts.ts";
import { mark, type MarkChange, type Marking, unmarked } from "./marks.ts";
import type { PixelSize } from "./shapes.ts";
import { changeText } from "./words.ts";

/** Marks that a person draws, and the sentence about the latest change. */
export function useMarking(size: PixelSize, t: Translate) {
  const [{ marking, said }, set] = useState<{ readonly marking: Marking; readonly said: string }>(
    () => ({ marking: unmarked(size), said: "" }),
  );
  const change = (wanted: MarkChange): void =>
    set((before) => {
      const marking = mark(before.marking, wanted);
      return { marking, said: changeText(wanted, before.marking, marking, t) || before.said };
    });
  return { marking, said, change };
}
