import type { Video, VideoReceipt } from "../protocol/conversation.ts";
import type { Attachment } from "./chat_turn.ts";

/** The attachment with a receipt that is about it and says something new; else the attachment itself. */
export function withReceipt(attachment: Attachment, receipt: VideoReceipt): Attachment {
  if (attachment.kind !== "recording" || attachment.video === null) return attachment;
  const isNew = JSON.stringify(attachment.receipt) !== JSON.stringify(receipt);
  return isNew && isAbout(receipt, attachment.video) ? { ...attachment, receipt } : attachment;
}

/** Whether a receipt is about these frames; a receipt names none of them, but all of their times. */
function isAbout({ name, usedTimesS, origin }: VideoReceipt, video: Video): boolean {
  return name === video.name && origin?.frameCount === video.origin?.frameCount &&
    usedTimesS.length === video.frames.length &&
    usedTimesS.every((timeS, index) => timeS === video.frames[index]?.timeS);
}
