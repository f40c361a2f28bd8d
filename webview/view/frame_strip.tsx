import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { PanelRecording } from "../../protocol/recording_messages.ts";
import { clock } from "../clock.ts";
import { type Range, rangeOf } from "../recording.ts";
import { usePanel } from "./panel_context.ts";

interface FrameStripProps {
  readonly recording: PanelRecording;
  /** Place of the frame that is shown; null when none is. */
  readonly current: number | null;
  readonly seek: (timeS: number) => void;
}

/** Exactly the frames that the model is sent, with their times, between the parts that are cut off. */
export function FrameStrip({ recording, current, seek }: FrameStripProps): JSX.Element {
  const { t } = usePanel();
  const { frames, origin, sampling, progress } = recording;
  const list = useRef<HTMLOListElement>(null);
  const [focused, setFocused] = useState(0);
  const reachable = Math.min(focused, Math.max(frames.length - 1, 0));
  useEffect(() => {
    if (current !== null) {
      list.current?.children[current]?.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }, [current]);
  if (origin === null) return <div class="strip empty" aria-hidden="true" />;
  const range = rangeOf(sampling, origin.durationS);
  const keyDown = (event: KeyboardEvent): void => {
    const next = placeAfter(event.key, reachable, frames.length);
    if (next === null) return;
    event.preventDefault();
    setFocused(next);
    list.current?.children[next]?.querySelector("button")?.focus();
  };
  return (
    <div class={progress === null ? "strip" : "strip outdated"}>
      <Timeline recording={recording} range={range} durationS={origin.durationS} />
      <div class="frames">
        <Trimmed fromS={0} toS={range.fromS} />
        <ol ref={list} aria-label={t("Frames that the model is sent")} onKeyDown={keyDown}>
          {frames.map(({ source, timeS }, index) => (
            <li key={timeS}>
              <button
                type="button"
                tabIndex={index === reachable ? 0 : -1}
                aria-label={t("frame {0} of {1}, at {2}", index + 1, frames.length, clock(timeS))}
                aria-current={index === current ? "true" : undefined}
                onFocus={() => setFocused(index)}
                onClick={() => seek(timeS)}
              >
                <img src={source} alt="" loading="lazy" draggable={false} />
                <span class="time">{clock(timeS)}</span>
              </button>
            </li>
          ))}
        </ol>
        <Trimmed fromS={range.toS} toS={origin.durationS} />
      </div>
    </div>
  );
}

/** The place that a key leads to; null for a key that leads nowhere. */
function placeAfter(key: string, place: number, count: number): number | null {
  switch (key) {
    case "ArrowRight":
      return Math.min(place + 1, count - 1);
    case "ArrowLeft":
      return Math.max(place - 1, 0);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}

/** A part that is not sent. */
function Trimmed({ fromS, toS }: Range): JSX.Element | null {
  const { t } = usePanel();
  if (toS - fromS < 0.05) return null;
  const text = t("{0} to {1} is cut off", clock(fromS), clock(toS));
  return <span class="trimmed" role="img" aria-label={text} title={text} />;
}

interface TimelineProps {
  readonly recording: PanelRecording;
  readonly range: Range;
  readonly durationS: number;
}

/** The whole recording as a line: the part that is sent, a tick for each frame, a faint one for each left out. */
function Timeline({ recording: { frames, origin }, range, durationS }: TimelineProps): JSX.Element {
  const width = Math.max(durationS, 0.001);
  const ticks = (timesS: readonly number[], kind: string): readonly JSX.Element[] =>
    timesS.map((timeS) => <line key={`${kind}${timeS}`} class={kind} x1={timeS} x2={timeS} y1={0} y2={1} />);
  return (
    <svg class="timeline" viewBox={`0 0 ${width} 1`} preserveAspectRatio="none" aria-hidden="true">
      <rect class="whole" width={width} height={1} />
      <rect class="kept" x={range.fromS} width={Math.max(range.toS - range.fromS, 0)} height={1} />
      {ticks(origin?.droppedTimesS ?? [], "dropped")}
      {ticks(frames.map(({ timeS }) => timeS), "used")}
    </svg>
  );
}
