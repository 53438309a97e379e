/** A backend that answers as a test tells it to. */

import type { ModelProfile, ServerLoad } from "../../core/model.ts";
import { type InferReply, NO_TIMINGS } from "../../core/infer.ts";
import {
  type Backend,
  BackendFailure,
  type BackendStatus,
  type CallLimits,
  type FailureKind,
  type InferRequest,
} from "../../forwarder/backend.ts";

/** A load with nothing to do, but for what is said otherwise. */
export function loadOf(said: Partial<ServerLoad> = {}): ServerLoad {
  return {
    cpuUtilization: 0.1,
    memoryUtilization: 0.1,
    queueLength: 0,
    running: 0,
    workers: 1,
    ...said,
  };
}

/** A detector of that name, as a server lists it. */
export function modelOf(name: string): ModelProfile {
  return { name, service: "detection", accuracy: 30, latencyMs: 20 };
}

/** An answer without findings. */
export function replyOf(model: string): InferReply {
  return {
    model,
    width: 64,
    height: 48,
    findings: { detections: [] },
    timingsMs: { ...NO_TIMINGS, decode: 1, infer: 5, total: 6 },
    load: loadOf(),
  };
}

/** Counts its calls; what it answers is up to `script` and `say`, which may change at any time. */
export class FakeBackend implements Backend {
  /** How the next `infer` ends: a failure, or an answer. */
  script: (request: InferRequest, limits: CallLimits) => Promise<FailureKind | "ok"> = () =>
    Promise.resolve("ok" as const);
  /** What the next `status` says, or how it fails. */
  say: (limits: CallLimits) => Promise<FailureKind | Partial<BackendStatus>> = () =>
    Promise.resolve({});
  /** Limits of each `infer`, in order of the calls. */
  readonly calls: CallLimits[] = [];
  /** How often `status` was asked for. */
  looks = 0;
  /** Whether `close` was called. */
  closed = false;

  /** Tells of `models` in `status`, unless `say` names others. */
  constructor(private readonly models: readonly string[] = ["m"]) {}

  async infer(request: InferRequest, limits: CallLimits): Promise<InferReply> {
    this.calls.push(limits);
    const end = await this.script(request, limits);
    if (end !== "ok") throw new BackendFailure(end, `scripted ${end}`);
    return replyOf(request.model);
  }

  async status(limits: CallLimits): Promise<BackendStatus> {
    this.looks++;
    const said = await this.say(limits);
    if (typeof said === "string") throw new BackendFailure(said, `scripted ${said}`);
    return { load: loadOf(), models: this.models.map(modelOf), draining: false, ...said };
  }

  close(): void {
    this.closed = true;
  }
}
