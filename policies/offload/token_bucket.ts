/**
 * A bandwidth that may be used in bursts: a token bucket, in bytes and in the source's own time. It is
 * plain data, so that a policy keeps it in its state.
 */

import type { Json } from "./policy.ts";

/** Bytes that may be sent now. */
export interface Bucket {
  /** It is JSON. */
  readonly [key: string]: Json;
  /** Below 0 where a frame that is larger than the bucket is being paid off. */
  readonly bytes: number;
  /** When that was so: presentation time in the source, milliseconds. */
  readonly ptsMs: number;
}

/** Seconds that the bucket fills in: what may be saved up for a burst. */
const SECONDS = 1;

/** Milliseconds between two frames for which the bucket fills, at most: longer is a gap in the source. */
const GAP_MS_MAX = 10_000;

/** What a policy kept as its bucket; `undefined` where that is none. */
export function bucketIn(kept: Json | undefined): Bucket | undefined {
  const isBucket = typeof kept === "object" && kept !== null && "bytes" in kept && "ptsMs" in kept;
  return isBucket ? kept as Bucket : undefined;
}

/**
 * The bucket at a frame; a new one is full. Where presentation time stands still or jumps back, as when a
 * file begins anew, nothing comes to it.
 */
export function refilled(known: Bucket | undefined, ptsMs: number, bytesPerSec: number): Bucket {
  const full = SECONDS * bytesPerSec;
  if (!known) return { bytes: full, ptsMs };
  const passedMs = Math.min(GAP_MS_MAX, Math.max(0, ptsMs - known.ptsMs));
  return { bytes: Math.min(full, known.bytes + bytesPerSec * passedMs / 1000), ptsMs };
}

/** Whether so many bytes may be sent now. More than the bucket holds may be once it is full. */
export function fits({ bytes }: Bucket, wanted: number, bytesPerSec: number): boolean {
  return bytes >= Math.min(wanted, SECONDS * bytesPerSec);
}

/** The bucket after they were. Bytes below 0 give back what was not sent after all. */
export function spent(bucket: Bucket, bytes: number): Bucket {
  return { ...bucket, bytes: bucket.bytes - bytes };
}
