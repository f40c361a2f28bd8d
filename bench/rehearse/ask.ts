// Asks a sidecar one question and takes the times of everything on the way, from what it tells.

import type { SidecarConnection } from "../../host/sidecar_connection.ts";
import type { Turn } from "../../protocol/conversation.ts";
import type { GenerateProgress, GenerateResult, Stage } from "../../protocol/sidecar.ts";

/** A reply and how long its parts took. */
export interface Asked {
  readonly result: GenerateResult;
  /** Milliseconds of each stage, from its first message to the next stage's. */
  readonly stageMs: ReadonlyMap<Stage, number>;
  /** Slices and frames that went through the vision tower. */
  readonly sliceCount: number;
}

/** Asks the last turn of a conversation. */
export async function ask(
  sidecar: SidecarConnection,
  conversation: readonly Turn[],
  maxTokens: number,
): Promise<Asked> {
  const stageMs = new Map<Stage, number>();
  let stage: Stage | null = null;
  let since = performance.now();
  let sliceCount = 0;
  const enter = (next: Stage | null) => {
    const now = performance.now();
    if (stage !== null) stageMs.set(stage, (stageMs.get(stage) ?? 0) + now - since);
    [stage, since] = [next, now];
  };
  const onProgress = (progress: GenerateProgress) => {
    if (progress.kind !== "stage") return;
    if (progress.stage === "encoding-picture" || progress.stage === "encoding-video") {
      sliceCount = Math.max(sliceCount, progress.done ?? 0);
    }
    enter(progress.stage);
  };
  const result = await sidecar.request("sightline/generate", {
    conversation,
    thinking: false,
    ocr: "off",
    // Random weights give about the same probability to all tokens: few loops, and no end.
    ...{ temperature: 1, topK: 0, topP: 1 },
    seed: 1,
    maxTokens,
  }, { onProgress });
  enter(null);
  return { result, stageMs, sliceCount };
}
