/**
 * What FFmpeg says beside the codes that its functions return. A code tells that something failed, and
 * only the log what the other side answered; and some losses have no code at all.
 */

import { Log } from "node-av";
import { AV_LOG_ERROR, AV_LOG_QUIET, AV_LOG_WARNING } from "node-av/constants";
import type { AVLogLevel } from "node-av/constants";

/** Hears one line of FFmpeg's log. */
export type HearFfmpeg = (line: string, isError: boolean) => void;

const listeners = new Set<HearFfmpeg>();

/** Nothing is printed: what matters is said once, in our words. */
Log.setLevel(AV_LOG_QUIET);

/**
 * Calls `hear` with each warning and error of FFmpeg, whichever input it is about: the log does not
 * tell. So whoever listens does so only while it waits for FFmpeg.
 *
 * @returns what ends that.
 */
export function listenToFfmpeg(hear: HearFfmpeg): () => void {
  if (listeners.size === 0) Log.setCallback(tellAll, { maxLevel: AV_LOG_WARNING });
  listeners.add(hear);
  return () => {
    listeners.delete(hear);
    if (listeners.size === 0) Log.setCallback(null);
  };
}

function tellAll(level: AVLogLevel, message: string): void {
  const line = message.trim();
  for (const hear of listeners) hear(line, level <= AV_LOG_ERROR);
}
