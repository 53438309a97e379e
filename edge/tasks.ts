/** What is done about a frame that was decided about: it is inferred here, or offloaded. */

import type { Clock } from "../core/clock.ts";
import { scaleFindings } from "../core/detection.ts";
import { messageOf } from "../core/errors.ts";
import { type Frame, scaledToHeight } from "../core/frame.ts";
import type { Decision } from "../policies/offload/policy.ts";
import type { Pass } from "./cloud/circuit_breaker.ts";
import type { LocalHedge } from "./local_hedge.ts";
import type { EdgeNode } from "./node.ts";
import { OffloadError } from "./cloud/offload_client.ts";
import type { EdgeOptions, SourceOptions } from "./options.ts";
import type { Decided, Ending, Traffic } from "./record.ts";
import type { RunMemory } from "./run_memory.ts";

/** A frame that is to be inferred here. */
export interface LocalTask {
  /** Its picture is open. */
  readonly frame: Frame;
  /** What the policy decided, which may have been to offload it. */
  readonly decided: Decided;
  /** One of the node's own. */
  readonly model: string;
  /** When it became the edge's: at capture, or when the cloud had failed. Estimates go by it. */
  readonly hereAtMs: number;
  /** Why the cloud could not do it, when the decision had been to offload. */
  readonly fallback?: string;
  /** What the attempt to offload it cost. */
  readonly traffic?: Traffic;
  /** It is still on its way to the cloud: the result is taken by this, and ends nothing. */
  readonly hedge?: LocalHedge;
}

/** A frame that is to be offloaded. */
export interface CloudTask {
  /** Its picture is open. */
  readonly frame: Frame;
  /** What the policy decided. */
  readonly decided: Decided;
  /** How it is sent: as was decided. */
  readonly sending: Sent;
  /** Leave to be sent. */
  readonly pass: Pass;
  /** The edge's own result, which was doubtful: it counts unless the cloud's comes. */
  readonly own?: OwnResult;
}

/** How a frame is sent, and how long its answer is waited for. */
export type Sent = Pick<
  Extract<Decision, { place: "cloud" }>,
  "model" | "height" | "quality" | "waitMs" | "hedgeMs"
>;

/** What the edge itself found in a frame. */
export type OwnResult = Extract<Ending, { outcome: "local" }>;

/** The cloud could not do it; another place may. */
export interface CloudFailure {
  /** Tells it from an ending. */
  readonly outcome: "cloud_failed";
  /** As a clause: it goes behind "the cloud failed: ". */
  readonly why: string;
  /** What the attempt cost, as far as is known. */
  readonly traffic?: Traffic;
  /** The frame was not even sent. */
  readonly unsent?: true;
  /** It does not take frames of this edge. */
  readonly denied?: true;
  /** The policy wanted to wait no longer, sooner than the user would have given up. */
  readonly givenUp?: true;
}

/** Where tasks are done. */
export interface TaskPlaces {
  /** Infers, and learns from every frame how long it takes. */
  readonly node: Pick<EdgeNode, "local" | "cloud" | "estimates">;
  /** Latencies are measured by it. */
  readonly clock: Clock;
  /** Remembers how large frames are when they are sent. */
  readonly memory: Pick<RunMemory, "noteSent">;
}

/** The options that say what is asked about every frame. */
export type TaskOptions =
  & Pick<EdgeOptions, "service" | "deadlineMs" | "models">
  & Partial<Pick<SourceOptions, "name">>;

/** Infers a frame on this machine. Whatever happens, it has an ending. */
export async function inferHere(
  { frame, model, hereAtMs, fallback, traffic }: LocalTask,
  { node, clock }: Omit<TaskPlaces, "memory">,
  { service, models: { scoreThreshold } }: TaskOptions,
): Promise<Ending> {
  const cost = traffic ? { traffic } : {};
  try {
    const { findings } = await node.local.infer(frame.picture, { model, service, scoreThreshold });
    node.estimates.addLocal(clock.nowMs() - hereAtMs);
    const instead = fallback === undefined ? {} : { fallback };
    return { outcome: "local", model, findings, ...instead, ...cost };
  } catch (error) {
    return { outcome: "failed", detail: messageOf(error), ...cost };
  }
}

/** Has a frame inferred in the cloud. A picture that cannot be encoded is no failure of the cloud's. */
export async function offload(
  { frame, sending, pass }: CloudTask,
  { node, clock, memory }: TaskPlaces,
  { service, deadlineMs, name: source }: TaskOptions,
): Promise<Ending | CloudFailure> {
  const { index, picture, startAtMs } = frame;
  const { model, height, quality, waitMs = Infinity } = sending;
  let jpeg: Uint8Array;
  try {
    jpeg = await picture.jpeg(scaledToHeight(picture, height), quality);
  } catch (error) {
    return { outcome: "failed", detail: messageOf(error) };
  }
  memory.noteSent(sending, jpeg.length);
  const wantedMs = startAtMs + waitMs - clock.nowMs(); // encoding took of that
  const patienceMs = Math.max(1, Math.min(deadlineMs, wantedMs));
  const offloading = node.estimates.offloads.began(jpeg.length, model);
  try {
    const asked = { jpeg, model, service, source, frame: index, deadlineMs: patienceMs };
    const answer = await node.cloud.offload({ ...asked, mayRetry: () => pass.holds });
    const latencyMs = clock.nowMs() - startAtMs;
    offloading.answered(latencyMs, answer.timingsMs.network);
    node.estimates.addCloud(latencyMs, answer.timingsMs);
    const findings = scaleFindings(answer.findings, answer, picture);
    const { traffic, server } = answer;
    return { outcome: "cloud", model: answer.model, findings, server, traffic };
  } catch (error) {
    const known = error instanceof OffloadError;
    const cost = known ? { traffic: error.traffic } : {};
    const why = messageOf(error);
    const kind = known ? error.kind : "broken";
    if (kind === "barred") {
      offloading.withdrawn();
      return { outcome: "cloud_failed", why, unsent: true };
    }
    const lastedMs = clock.nowMs() - startAtMs;
    offloading.failed(lastedMs);
    node.estimates.addCloudFailure(lastedMs, kind);
    const denied = kind === "denied" ? { denied: true as const } : {};
    const givenUp = kind === "late" && patienceMs < deadlineMs ? { givenUp: true as const } : {};
    return { outcome: "cloud_failed", why, ...denied, ...givenUp, ...cost };
  }
}
