import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { PanelRecording } from "../../protocol/recording_messages.ts";
import { useWishes } from "../board.ts";
import { clock } from "../clock.ts";
import { frameAt, isMovingPicture, mediaType } from "../recording.ts";
import { usePanel } from "./panel_context.ts";

interface PlayerProps {
  readonly recording: PanelRecording;
  /** Told where in the recording the player is, in seconds. */
  readonly onTime: (timeS: number) => void;
}

/** Plays a recording; what the browser cannot play is shown as the frames that the model is sent. */
export function RecordingPlayer({ recording, onTime }: PlayerProps): JSX.Element | null {
  const [hasFailed, setFailed] = useState(false);
  const { file, origin } = recording;
  if (file === null || origin === null) return null;
  if (isMovingPicture(file.format)) return <MovingPicture {...{ recording, onTime }} source={file.source} />;
  if (hasFailed || file.source === null || !canPlay(mediaType(file.format, origin.codec))) {
    return <Stills {...{ recording, onTime }} isTooLarge={file.source === null} />;
  }
  return <Film {...{ recording, onTime }} source={file.source} fail={() => setFailed(true)} />;
}

function canPlay(type: string): boolean {
  return document.createElement("video").canPlayType(type) !== "";
}

interface FilmProps extends PlayerProps {
  readonly source: string;
  readonly fail: () => void;
}

function Film({ recording, onTime, source, fail }: FilmProps): JSX.Element {
  const { t, seeks } = usePanel();
  const video = useRef<HTMLVideoElement>(null);
  useWishes(seeks, recording.id, ({ timeS }) => {
    if (video.current === null) return;
    seekTo(video.current, timeS);
    video.current.scrollIntoView({ block: "nearest" });
    onTime(timeS);
  });
  return (
    <video
      ref={video}
      class="player"
      controls
      // A whole file is loaded for a first look, so that look is left to the person.
      preload="none"
      playsInline
      src={source}
      poster={recording.frames[0]?.source ?? ""}
      aria-label={t("recording {0}", recording.name)}
      onTimeUpdate={({ currentTarget }) => onTime(currentTarget.currentTime)}
      onError={fail}
    />
  );
}

/** Goes to a moment, also in a file that is not loaded yet. */
function seekTo(video: HTMLVideoElement, timeS: number): void {
  if (video.readyState >= HTMLMediaElement.HAVE_METADATA) {
    video.currentTime = timeS;
    return;
  }
  video.addEventListener("loadedmetadata", () => video.currentTime = timeS, { once: true });
  if (video.networkState === HTMLMediaElement.NETWORK_LOADING) return;
  video.preload = "auto";
  video.load();
}

/** An animated picture. A browser cannot be told where to begin in it, so a moment is shown as its frame. */
function MovingPicture(
  { recording, onTime, source }: PlayerProps & { readonly source: string | null },
): JSX.Element {
  const { t } = usePanel();
  const { timeS, seek } = useStill(recording, onTime);
  if (timeS === null && source !== null) {
    return <img class="player" src={source} alt={t("recording {0}", recording.name)} draggable={false} />;
  }
  return (
    <div class="stills">
      <StillFrame recording={recording} timeS={timeS ?? 0} />
      {source !== null && (
        <button type="button" class="link" onClick={() => seek(null)}>{t("Play {0}", recording.name)}</button>
      )}
    </div>
  );
}

function Stills(
  { recording, onTime, isTooLarge }: PlayerProps & { readonly isTooLarge: boolean },
): JSX.Element {
  const { t } = usePanel();
  const { timeS } = useStill(recording, onTime);
  return (
    <div class="stills">
      <StillFrame recording={recording} timeS={timeS ?? 0} />
      <p class="hint">
        {isTooLarge
          ? t("This recording is too large to be played here. These are the frames that the model is sent.")
          : t("This recording cannot be played here. These are the frames that the model is sent.")}
      </p>
    </div>
  );
}

function useStill({ id }: PanelRecording, onTime: (timeS: number) => void) {
  const { seeks } = usePanel();
  const [timeS, seek] = useState<number | null>(null);
  useWishes(seeks, id, (wanted) => {
    seek(wanted.timeS);
    onTime(wanted.timeS);
  });
  return { timeS, seek };
}

function StillFrame(
  { recording: { frames }, timeS }: { readonly recording: PanelRecording; readonly timeS: number },
): JSX.Element | null {
  const { t } = usePanel();
  const frame = frames[frameAt(frames.map((frame) => frame.timeS), timeS)];
  if (frame === undefined) return null;
  const label = t("frame at {0}", clock(frame.timeS));
  return <img class="player" src={frame.source} alt={label} draggable={false} />;
}
