/** Snapshots at the edge of what can be: rare enough that chance does not draw them. */

import { seededRng } from "../../core/rng.ts";
import type { ControlSnapshot } from "../../policies/offload/policy.ts";
import { anySnapshot } from "./any_snapshot.ts";

/** What is another in an extreme than in the middle of a run. */
type Said = { readonly [K in "frame" | "local" | "cloud" | "settings"]?: object };

const MIDDLE = anySnapshot(seededRng(1));

/** Nobody has measured anything yet. */
const UNMEASURED: Said = {
  frame: { difference: undefined, motion: undefined },
  local: {
    ...{ latencyMs: undefined, measuredAgoMs: undefined },
    models: [{ name: "m0", service: "detection", accuracy: undefined, latencyMs: undefined }],
  },
  cloud: {
    models: [{ name: "m1", service: "detection", accuracy: undefined, latencyMs: undefined }],
    ...{ latencyMs: undefined, networkMs: undefined, queueMs: undefined, inferMs: undefined },
    ...{ uplinkBytesPerSec: undefined, roundTripMs: undefined, measuredAgoMs: undefined },
    ...{ recentFailures: 0, failuresInARow: 0, underWay: [], recent: [], sent: [], servers: [] },
  },
};

const AVAILABLE: Said = { cloud: { available: true } };

/** Both places offer a model: whatever else is so, a policy has to decide. By what is extreme. */
export const EXTREMES: Readonly<Record<string, ControlSnapshot>> = {
  "the first frame": extreme(
    { ...UNMEASURED, cloud: { ...UNMEASURED.cloud, available: true, pending: 0 } },
    { index: 1, ptsMs: 0, ageMs: 0 },
  ),
  "nothing is measured, and the cloud is not available": extreme(
    { ...UNMEASURED, cloud: { ...UNMEASURED.cloud, available: false } },
  ),
  "the cloud is not available": extreme({ cloud: { available: false, failuresInARow: 1000 } }),
  "a frame of 1x1 pixels": extreme(AVAILABLE, { width: 1, height: 1 }),
  "a frame of 16384x16384 pixels": extreme(AVAILABLE, { width: 16_384, height: 16_384 }),
  "a frame that is an hour old": extreme(AVAILABLE, { ageMs: 3_600_000 }),
  "the millionth frame": extreme(AVAILABLE, { index: 1_000_000, ptsMs: 4e7 }),
  "a frame without a change": extreme(AVAILABLE, { difference: 0, motion: 0 }),
  "a frame that is another all over": extreme(AVAILABLE, { difference: 1, motion: 1 }),
  "queues of a thousand frames": extreme({
    local: { pending: 1000 },
    cloud: { available: true, pending: 1000 },
  }),
  "everything idle and at once": extreme({
    local: { pending: 0, latencyMs: 0, measuredAgoMs: 0 },
    cloud: {
      ...{ available: true, pending: 0, underWay: [], latencyMs: 0, networkMs: 0 },
      ...{ queueMs: 0, inferMs: 0, roundTripMs: 0, measuredAgoMs: 0, uplinkBytesPerSec: 1e12 },
    },
  }),
  "a link of one byte a second": extreme({
    cloud: {
      ...{ available: true, uplinkBytesPerSec: 1, latencyMs: 600_000, networkMs: 600_000 },
      ...{ roundTripMs: 600_000 },
    },
  }),
  "a deadline of 1 ms, the least height and quality": extreme({
    ...AVAILABLE,
    settings: { offloadHeight: 16, jpegQuality: 1, deadlineMs: 1 },
  }),
  "a deadline of ten minutes, the greatest height and quality": extreme({
    ...AVAILABLE,
    settings: { offloadHeight: 8192, jpegQuality: 100, deadlineMs: 600_000 },
  }),
};

/**
 * One place offers no model, as on an edge that only sends, or under servers that know another service. A
 * policy may be meant for the other case: it is told, not refused, when it throws here.
 */
export const ONE_SIDED: Readonly<Record<string, ControlSnapshot>> = {
  "the edge has no model": extreme({ local: { models: [] }, ...AVAILABLE }),
  "the edge has no model, and the cloud is not available": extreme({
    local: { models: [] },
    cloud: { available: false },
  }),
  "the cloud has no model": extreme({
    local: { pending: 1000 },
    cloud: { models: [], available: false, underWay: [], recent: [], sent: [], servers: [] },
  }),
};

/** The middle of a run, with what is extreme. What was found before is that of no other run. */
function extreme(said: Said, frame: Partial<ControlSnapshot["frame"]> = {}): ControlSnapshot {
  const isFirst = frame.index === 1;
  return {
    ...MIDDLE,
    ...(isFirst ? { last: undefined, results: [], tracks: 0 } : {}),
    frame: { ...MIDDLE.frame, ...said.frame, ...frame },
    local: { ...MIDDLE.local, ...said.local },
    cloud: { ...MIDDLE.cloud, ...said.cloud },
    settings: { ...MIDDLE.settings, ...said.settings },
  };
}
