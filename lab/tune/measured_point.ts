/** What each operating point of a profile gives, and what it costs on a network. */

import { percentile } from "../../core/rolling_window.ts";
import type { Network } from "../network/network.ts";
import { type OperatingPoint, pointName } from "../profile/profile.ts";
import type { Recording } from "../simulation/recording.ts";
import { type Setting, simulate } from "../simulation/simulate.ts";
import { HEAD_BYTES } from "../simulation/simulated_transport.ts";
import { staticPolicies } from "../study/static_policies.ts";
import { GIVEN_UP_MS } from "./given_up.ts";

/** Share of frames that a point must have results for: else it does not keep up with the camera. */
export const KEEPS_UP = 0.95;

/** What is measured of an operating point; of several profiles and networks, the worst. */
export interface Measures {
  /** Mean over frames. */
  readonly f1: number;
  /** F1 as a share of that of the best point of the same profile. */
  readonly share: number;
  /** Mean bytes of a frame on the wire, with the request's head; 0 on the edge. */
  readonly bytes: number;
  /** The same a second, at the profile's rate. */
  readonly bytesPerSec: number;
  /** Mean milliseconds from capture to result, of frames that have one; `Infinity` without any. */
  readonly meanMs: number;
  /** Milliseconds within which 95 % of all frames have a result; `Infinity` where fewer ever have. */
  readonly p95Ms: number;
  /** Share of frames that have a result at all. */
  readonly answered: number;
}

/** An operating point, measured. */
export interface MeasuredPoint extends OperatingPoint, Measures {}

/** What points are measured in: a study's setting, but for how many frames there are. */
export type TuneSetting = Omit<Setting, "frames" | "edges" | "deadlineMs">;

/** How points are measured. */
export interface MeasuringTools {
  /** Frames that are played over each network. */
  readonly frames: number;
  /** Told which share of the points is measured, 0 to 1. */
  readonly progress?: (share: number) => void;
}

/** Where it is inferred. */
export function placeOf({ encoding }: OperatingPoint): "edge" | "cloud" {
  return encoding ? "cloud" : "edge";
}

/** An operating point with its place, for people: `yolox_nano 480p q85 in the cloud`. */
export function placedName(point: OperatingPoint): string {
  return `${pointName(point)} ${point.encoding ? "in the cloud" : "on the edge"}`;
}

/**
 * Measures every operating point that the setting's models allow, each over every network.
 *
 * Latency is that of the policy that always decides for the point, simulated: queues on the edge, on
 * the link and in the cloud add to each other, and a link that falls behind passes frames over, which
 * no formula of the capacity alone would tell. The same arguments come to the same.
 *
 * @param networks at least one.
 * @throws {Error} when a simulation fails.
 */
export async function measurePoints(
  recording: Recording,
  networks: readonly Network[],
  setting: TuneSetting,
  { frames, progress }: MeasuringTools,
): Promise<readonly MeasuredPoint[]> {
  const options = { ...setting.options, onCloudFailure: "drop" } as const;
  const simulated = { ...setting, options, edges: 1, deadlineMs: GIVEN_UP_MS, frames };
  const { head, frames: profiled } = recording.profile;
  const found: Omit<MeasuredPoint, "share">[] = [];
  const policies = staticPolicies(recording, setting);
  for (const { point, policy } of policies) {
    const at = head.points.indexOf(point);
    const mean = (value: (answer: typeof profiled[number]["answers"][number]) => number) =>
      profiled.reduce((sum, { answers }) => sum + value(answers[at]!), 0) / profiled.length;
    const timings: Timing[] = [];
    for (const network of networks) {
      const scenario = { recording, network, setting: simulated, policy, parameters: {} };
      const { edges, failure } = await simulate(scenario);
      if (failure !== undefined) throw new Error(failure);
      timings.push(timingOf(edges.flat()));
    }
    const bytes = point.encoding ? mean((answer) => answer.bytes) + HEAD_BYTES.frame : 0;
    const f1 = mean((answer) => answer.f1);
    found.push({ ...point, f1, bytes, bytesPerSec: bytes * head.fps, ...worst(timings) });
    progress?.(found.length / policies.length);
  }
  const best = Math.max(...found.map(({ f1 }) => f1));
  return found.map((point) => ({ ...point, share: best > 0 ? point.f1 / best : 1 }));
}

type Timing = Pick<Measures, "meanMs" | "p95Ms" | "answered">;

function timingOf(
  frames: readonly {
    readonly point: unknown;
    readonly capturedAtMs: number;
    readonly endedAtMs: number;
  }[],
): Timing {
  const latencies = frames.map(({ point, capturedAtMs, endedAtMs }) =>
    point === undefined ? Infinity : endedAtMs - capturedAtMs
  );
  const known = latencies.filter(Number.isFinite);
  const meanMs = known.reduce((sum, ms) => sum + ms, 0) / known.length;
  return {
    meanMs: known.length === 0 ? Infinity : meanMs,
    p95Ms: percentile(latencies, 95) ?? Infinity,
    answered: known.length / latencies.length,
  };
}

function worst(timings: readonly Timing[]): Timing {
  return {
    meanMs: Math.max(...timings.map(({ meanMs }) => meanMs)),
    p95Ms: Math.max(...timings.map(({ p95Ms }) => p95Ms)),
    answered: Math.min(...timings.map(({ answered }) => answered)),
  };
}
