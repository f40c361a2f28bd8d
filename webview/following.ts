import type { RefObject } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";

/** Keeps a scrolled element at its end as it grows, as long as the reader is there. */
export interface Following {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly content: RefObject<HTMLDivElement | null>;
  readonly isFollowing: boolean;
  /** Goes to the end and stays there. */
  readonly follow: () => void;
}

/** Scroll positions are fractions of pixels at some zoom levels. */
const TOLERANCE_PX = 2;

/**
 * The scroll position belongs to the reader: any move upwards ends the following, reaching the end resumes it.
 * @param isOn whether there is anything of which the end matters
 */
export function useFollowing(isOn: boolean): Following {
  const scroller = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const [isFollowing, setFollowing] = useState(true);

  const follow = useCallback(() => {
    if (!isOn) return;
    isAtEnd.current = true;
    setFollowing(true);
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, [isOn]);

  useEffect(() => {
    const box = scroller.current;
    if (!isOn || box === null || content.current === null) return undefined;
    let lastTop = box.scrollTop;
    const scrolled = (): void => {
      const distance = box.scrollHeight - box.clientHeight - box.scrollTop;
      if (distance <= TOLERANCE_PX) isAtEnd.current = true;
      else if (box.scrollTop < lastTop) isAtEnd.current = false;
      lastTop = box.scrollTop;
      setFollowing(isAtEnd.current);
    };
    // Runs after layout and before paint, whatever made the size change.
    const observer = new ResizeObserver(() => {
      if (isAtEnd.current) box.scrollTop = box.scrollHeight;
    });
    observer.observe(box);
    observer.observe(content.current);
    box.addEventListener("scroll", scrolled, { passive: true });
    return () => {
      observer.disconnect();
      box.removeEventListener("scroll", scrolled);
    };
  }, [isOn]);

  return { scroller, content, isFollowing: isFollowing || !isOn, follow };
}
