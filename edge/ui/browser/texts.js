/**
 * How numbers and states read: in a page as it is served, and in the browser as they change.
 *
 * @module
 */

/** @typedef {import("../told.ts").SourceState} SourceState */
/** @typedef {import("../told.ts").CloudState} CloudState */
/** @typedef {import("../told.ts").RecentFrame} RecentFrame */
/** @typedef {import("../told.ts").Doing} Doing */

const STATES = {
  opening: "Opening",
  reading: "Reading",
  silent: "No picture",
  lost: "Lost, trying again",
  ended: "Ended",
  failed: "Failed",
};

const PLACES = {
  local: "here",
  cloud: "cloud",
  filtered: "kept back",
  dropped: "dropped",
  failed: "failed",
};

/** Of a number that is not known. */
const NOTHING = "–";

/**
 * What a source is doing.
 *
 * @param {Doing} doing
 * @returns {string}
 */
export function doingText({ state, why }) {
  return why === "" ? STATES[state] : `${STATES[state]}: ${why}`;
}

/**
 * Where a frame went, in a word.
 *
 * @param {RecentFrame["outcome"]} outcome
 * @returns {string}
 */
export function placeText(outcome) {
  return PLACES[outcome];
}

/**
 * @param {number} count
 * @returns {string}
 */
export function countText(count) {
  return count.toLocaleString("en");
}

/**
 * @param {number | null} ms
 * @returns {string}
 */
export function msText(ms) {
  if (ms === null) return NOTHING;
  return ms < 10
    ? `${ms.toFixed(1)} ms`
    : ms < 10_000
    ? `${ms.toFixed(0)} ms`
    : `${(ms / 1000).toFixed(1)} s`;
}

/**
 * @param {number} bytes a second
 * @returns {string}
 */
export function bandwidthText(bytes) {
  const bits = 8 * bytes;
  if (bits < 1000) return "0 kbit/s";
  return bits < 1e6 ? `${(bits / 1000).toFixed(0)} kbit/s` : `${(bits / 1e6).toFixed(1)} Mbit/s`;
}

/**
 * What stands in the fields of a source, by their names.
 *
 * @param {SourceState} source
 * @returns {Readonly<Record<string, string>>}
 */
export function sourceTexts(source) {
  const { doing, frames, rates, latencyMs, waiting, tracks, events, policy, model, filter } =
    source;
  const { shown } = source;
  return {
    doing: doingText(doing),
    fps: `${rates.frames.toFixed(1)} frames/s`,
    p50: msText(latencyMs.p50),
    p95: msText(latencyMs.p95),
    up: bandwidthText(rates.up),
    down: bandwidthText(rates.down),
    captured: countText(frames.captured),
    local: countText(frames.local),
    cloud: countText(frames.cloud),
    filtered: countText(frames.filtered),
    dropped: countText(frames.dropped),
    failed: countText(frames.failed),
    waiting: `${waiting.local} here, ${waiting.cloud} for the cloud`,
    tracks: countText(tracks),
    events: countText(events),
    policy: policy === "" ? NOTHING : policy,
    model: model ?? "the policy's choice",
    filter: filter.use === "none" ? "none" : `${filter.use}, sensitivity ${filter.sensitivity}`,
    viewers: shown.skipped === 0
      ? `${countText(shown.viewers)} now`
      : `${countText(shown.viewers)} now; ${countText(shown.skipped)} skipped by slow ones`,
  };
}

/**
 * How the way to the cloud is.
 *
 * @param {CloudState | null} cloud
 * @returns {string}
 */
export function cloudText(cloud) {
  if (!cloud) return "Opening";
  if (!cloud.answers) return `Not there: ${cloud.why || "it does not answer"}`;
  if (cloud.breaker === "open") return `Held back: ${cloud.why}`;
  if (cloud.breaker === "half_open") return `Being tried: ${cloud.why}`;
  return cloud.why === "" ? "Answers" : `Answers: ${cloud.why}`;
}

/**
 * The link, as far as it is known.
 *
 * @param {CloudState | null} cloud
 * @returns {string}
 */
export function linkText(cloud) {
  if (!cloud) return NOTHING;
  const { uplinkBytesPerSec, roundTripMs, underWay } = cloud;
  const known = [
    roundTripMs === null ? "" : `${msText(roundTripMs)} there and back`,
    uplinkBytesPerSec === null ? "" : `${bandwidthText(uplinkBytesPerSec)} up`,
    `${underWay.cloud} being sent`,
  ];
  return known.filter((one) => one !== "").join(", ");
}

/**
 * The cells of a frame's row.
 *
 * @param {RecentFrame} frame
 * @returns {readonly [string, string, string, string, string]}
 */
export function frameCells({ frame, outcome, model, server, latencyMs, reason }) {
  const place = server === null ? placeText(outcome) : `${placeText(outcome)}, ${server}`;
  return [`#${frame}`, place, model ?? NOTHING, msText(latencyMs), reason];
}

/**
 * What happens at a zone or a line.
 *
 * @param {SourceState["zones"][number]} zone
 * @returns {string}
 */
export function zoneText({ occupancy, crossed, classes, dwellS }) {
  const now = crossed ? `${crossed.in} in, ${crossed.out} out` : `${occupancy ?? 0} inside now`;
  const of = classes.length === 0 ? "" : ` · ${classes.join(", ")}`;
  return now + of + (dwellS > 0 ? ` · loiters after ${dwellS} s` : "");
}
