/**
 * What the clairvoyant decides on: every way to have each frame inferred, when its result would be there
 * at the earliest, and what it would be worth from then on.
 *
 * It is an easier world than the simulated one, so that nothing that happens there is impossible here:
 * there is no queue at the servers, the downlink carries at once, jitter is 0, and uploads follow each
 * other without sharing.
 */

import type { Network } from "../network/network.ts";
import type { Recording } from "../simulation/recording.ts";
import type { Setting } from "../simulation/simulate.ts";
import { FORWARDER_MS } from "../simulation/simulated_cloud.ts";
import { HANDLING_MS, HEAD_BYTES } from "../simulation/simulated_transport.ts";

/** One way to have a frame inferred. */
export interface Option {
  /** Operating point, among the profile's. */
  readonly point: number;
  /** Bytes that go up; 0 here. */
  readonly bytes: number;
  /** Milliseconds of a local Worker; 0 in the cloud. */
  readonly localMs: number;
  /** When the upload can begin, milliseconds. */
  readonly releaseMs: number;
  /** When the uplink must have carried it, milliseconds. */
  readonly throughByMs: number;
  /** Frames after its own from which on the result can be known: 0 when it is there in time. */
  readonly lag: number;
}

/** A frame, and what can be done about it. */
export interface ClairvoyantFrame {
  /** When it is captured, milliseconds. */
  readonly atMs: number;
  /** All that can come to a result in time for this frame or a later one. */
  readonly options: readonly Option[];
}

/** What the clairvoyant knows. */
export interface Problem {
  /** Frames of one camera, in order. */
  readonly frames: readonly ClairvoyantFrame[];
  /** Milliseconds after which a frame's result is of no use. */
  readonly deadlineMs: number;
  /** Local Workers. */
  readonly workers: number;
  /** Bytes that the uplink could have carried until then. */
  readonly uplink: Network["up"]["capacity"];
  /** Worth of a result of frame `from`, at an operating point, for frame `to`: F1. */
  readonly worth: (from: number, point: number, to: number) => number;
  /** Worth of knowing nothing of a frame. */
  readonly nothing: (frame: number) => number;
}

/** Milliseconds by which two instants may differ by rounding. */
const ROUNDING_MS = 0.01;

/** The problem of the `edge`th edge of a setting, which has the cloud to itself. */
export function problemOf(
  recording: Recording,
  network: Network,
  setting: Setting,
  edge = 0,
): Problem {
  const { profile: { head, frames: profiled } } = recording;
  const { deadlineMs, edges } = setting;
  const intervalMs = 1000 / head.fps;
  const from = Math.floor(edge * profiled.length / edges);
  const afterMs = edge * intervalMs / edges;
  const ways = waysOf(recording, setting);
  const frames = Array.from({ length: setting.frames }, (_, i): ClairvoyantFrame => {
    const atMs = afterMs + i * intervalMs;
    const options = ways.flatMap((way) =>
      optionsOf(way, recording, network, { place: from + i, atMs, deadlineMs })
    );
    return { atMs, options };
  });
  return {
    frames,
    deadlineMs,
    workers: setting.edge.workers,
    uplink: network.up.capacity,
    worth: (a, point, b) => recording.carried(from + a, point, from + b),
    nothing: (i) => recording.nothing(from + i),
  };
}

/** A model at a place, and how frames come to it. */
interface Way {
  readonly point: number;
  readonly isLocal: boolean;
  readonly speed: number;
  readonly edgeSpeed: number;
  /** Frames after its own up to which a result may come. */
  readonly lagMax: number;
}

function waysOf({ profile: { head, frames } }: Recording, setting: Setting): Way[] {
  const { edge, cloud, deadlineMs } = setting;
  const answers = frames.flatMap(({ answers }) => answers);
  const encodeMs = Math.max(...answers.map((answer) => answer.encodeMs)) / edge.speed;
  return head.points.flatMap(({ model, encoding }, point): Way[] => {
    const isLocal = !encoding;
    const { models, speed } = isLocal ? edge : cloud;
    if (!models.includes(model)) return [];
    // How late a result may be: one offload may wait for another that fails in the end, and what the
    // cloud failed on then waits for all that may be before it here.
    const cloudMs = deadlineMs + 2 * encodeMs;
    const serviceMs = Math.max(...frames.map(({ answers }) => answers[point]!.serviceMs)) / speed;
    const waitsMs = (LOCAL_TASKS_MAX + 2 * edge.workers) * serviceMs / edge.workers;
    const lateMs = isLocal ? cloudMs + deadlineMs + waitsMs : cloudMs;
    const lagMax = Math.ceil(lateMs * head.fps / 1000);
    return [{ point, isLocal, speed, edgeSpeed: edge.speed, lagMax }];
  });
}

/** Local tasks that may wait before one: of a live camera, and those of offloads that failed. */
const LOCAL_TASKS_MAX = 6;

/** A frame's option by one way: once for each frame from which on it may be known. */
function optionsOf(
  { point, isLocal, speed, edgeSpeed, lagMax }: Way,
  recording: Recording,
  { up, down }: Network,
  { place, atMs, deadlineMs }: { place: number; atMs: number; deadlineMs: number },
): readonly Option[] {
  const { serviceMs, encodeMs, bytes } = recording.answer(place, point);
  const intervalMs = 1000 / recording.profile.head.fps;
  const workMs = serviceMs / speed;
  const dueMs = Array.from(
    { length: lagMax + 1 },
    (_, lag) => atMs + deadlineMs + lag * intervalMs + ROUNDING_MS,
  );
  if (isLocal) {
    return dueMs.flatMap((due, lag): Option[] =>
      atMs + workMs > due ? [] : [
        { point, bytes: 0, localMs: workMs, releaseMs: atMs, throughByMs: due, lag },
      ]
    );
  }
  const handlingMs = HANDLING_MS / 2; // at each end
  const releaseMs = atMs + (encodeMs + handlingMs) / edgeSpeed;
  const sent = bytes + HEAD_BYTES.frame;
  const afterMs = up.delayMs + (handlingMs + FORWARDER_MS) / speed + workMs + down.delayMs;
  const throughMs = up.capacity.whenPassed(up.capacity.bytesUntil(releaseMs) + sent);
  // Nobody waits for an answer longer than the deadline, whenever it was sent.
  const patienceMs = deadlineMs - handlingMs / edgeSpeed - afterMs;
  return dueMs.flatMap((due, lag): Option[] =>
    throughMs + afterMs > due || !passesWithin(up, sent, patienceMs, releaseMs, due - afterMs)
      ? []
      : [
        { point, bytes: sent, localMs: 0, releaseMs, throughByMs: due - afterMs, lag },
      ]
  );
}

/** Milliseconds between instants at which an upload is tried: it may last as much longer. */
const TRIED_EVERY_MS = 5;

/** Whether there is a time of some length in which bytes pass, between two instants. */
function passesWithin(
  { capacity }: Network["up"],
  bytes: number,
  lengthMs: number,
  fromMs: number,
  toMs: number,
): boolean {
  for (let atMs = fromMs; atMs < toMs; atMs += TRIED_EVERY_MS) {
    const endMs = Math.min(toMs, atMs + lengthMs + TRIED_EVERY_MS);
    if (capacity.bytesUntil(endMs) - capacity.bytesUntil(atMs) >= bytes) return true;
  }
  return false;
}
