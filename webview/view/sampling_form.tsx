import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { PanelRecording } from "../../protocol/recording_messages.ts";
import type { VideoSampling } from "../../protocol/video_reader.ts";
import { clock, readClock } from "../clock.ts";
import { rangeOf, USUAL_FRAMES_PER_SECOND } from "../recording.ts";
import { usePanel } from "./panel_context.ts";

/** Steps of the ends of a range. */
const STEP_S = 0.1;
const FRAME_RATES = [0.5, 1, 2, USUAL_FRAMES_PER_SECOND, 5, 10];
const PACKINGS = [1, 2, 3, 4, 5, 6];

interface SamplingFormProps {
  readonly recording: PanelRecording;
  readonly durationS: number;
}

/** Chooses which frames of a recording are sent; each choice is read at once. */
export function SamplingForm({ recording: { id, sampling }, durationS }: SamplingFormProps): JSX.Element {
  const { post, t } = usePanel();
  const { fromS, toS } = rangeOf(sampling, durationS);
  const choose = (change: VideoSampling | Partial<Record<keyof VideoSampling, undefined>>): void => {
    const merged = Object.entries({ ...sampling, ...change }).filter(([, value]) => value !== undefined);
    post({ kind: "change-sampling", id, sampling: Object.fromEntries(merged) });
  };
  return (
    <fieldset class="sampling">
      <legend>{t("Frames to send")}</legend>
      <RangeEnd
        label={t("From")}
        timeS={fromS}
        least={0}
        most={toS - STEP_S}
        durationS={durationS}
        choose={(timeS) => choose({ fromS: timeS > 0 ? timeS : undefined } as VideoSampling)}
      />
      <RangeEnd
        label={t("To")}
        timeS={toS}
        least={fromS + STEP_S}
        most={durationS}
        durationS={durationS}
        choose={(timeS) => choose({ toS: timeS < durationS ? timeS : undefined } as VideoSampling)}
      />
      <label>
        {t("Frames a second")}
        <select
          value={sampling.framesPerSecond ?? USUAL_FRAMES_PER_SECOND}
          onChange={({ currentTarget }) => choose({ framesPerSecond: Number(currentTarget.value) })}
        >
          {FRAME_RATES.map((rate) => <option key={rate} value={rate}>{t("up to {0}", rate)}</option>)}
        </select>
      </label>
      <label>
        {t("Frames a group")}
        <select
          value={sampling.packing ?? ""}
          onChange={({ currentTarget: { value } }) =>
            choose({ packing: value === "" ? undefined : Number(value) } as VideoSampling)}
        >
          <option value="">{t("automatic")}</option>
          {PACKINGS.map((packing) => <option key={packing} value={packing}>{packing}</option>)}
        </select>
      </label>
      <label>
        {t("Frames like the one before")}
        <select
          value={sampling.stillFrames ?? "auto"}
          onChange={({ currentTarget: { value } }) =>
            choose({ stillFrames: value === "drop" || value === "keep" ? value : "auto" })}
        >
          <option value="auto">{t("automatic")}</option>
          <option value="drop">{t("leave out: changes only")}</option>
          <option value="keep">{t("send too")}</option>
        </select>
      </label>
    </fieldset>
  );
}

interface RangeEndProps {
  readonly label: string;
  readonly timeS: number;
  readonly least: number;
  readonly most: number;
  readonly durationS: number;
  readonly choose: (timeS: number) => void;
}

/** One end of the part that is sent: a handle to drag or to move by keys, and a field for its time. */
function RangeEnd({ label, timeS, least, most, durationS, choose }: RangeEndProps): JSX.Element {
  const { t } = usePanel();
  // Where the handle is while it is being moved.
  const [movedS, setMovedS] = useState<number | null>(null);
  useEffect(() => setMovedS(null), [timeS]);
  const shownS = movedS ?? timeS;
  const within = (wanted: number): number =>
    Math.round(Math.min(Math.max(wanted, least), Math.max(most, least)) * 1000) / 1000;
  return (
    <div class="range-end">
      <span aria-hidden="true">{label}</span>
      <input
        type="range"
        aria-label={label}
        aria-valuetext={clock(shownS)}
        min={0}
        max={durationS}
        step={STEP_S}
        value={shownS}
        onInput={({ currentTarget }) => {
          const wanted = within(Number(currentTarget.value));
          currentTarget.value = String(wanted);
          setMovedS(wanted);
        }}
        onChange={({ currentTarget }) => choose(within(Number(currentTarget.value)))}
      />
      <input
        type="text"
        class="time-field"
        aria-label={t("{0}, as a time", label)}
        value={clock(shownS)}
        onChange={({ currentTarget }) => {
          const wanted = readClock(currentTarget.value);
          if (wanted === null) currentTarget.value = clock(shownS);
          else choose(within(wanted));
        }}
        // Enter takes the time over; it does not send the question.
        onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
      />
    </div>
  );
}
