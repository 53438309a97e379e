/** A backend that answers as a test tells it to. */

import type { Clock } from "../../core/clock.ts";
import { type ErrorCode, SmarteyeError } from "../../core/errors.ts";
import {
  type InferReply,
  type InferRequest,
  NO_TIMINGS,
  type SentImage,
} from "../../core/infer.ts";
import type { ModelStatus, ServerLoad } from "../../core/model.ts";
import { FIRST_VERSION, parseReference } from "../../core/reference.ts";
import type { ServerStatus } from "../../core/server_status.ts";
import type { Backend, CallLimits, ServerNews, WatchEnd } from "../../forwarder/backend.ts";

/** A load with nothing to do, but for what is said otherwise. */
export function loadOf(said: Partial<ServerLoad> = {}): ServerLoad {
  return {
    cpuUtilization: 0.25,
    memoryUtilization: 0.125,
    queueLength: 0,
    running: 0,
    workers: 1,
    ...said,
  };
}

/** A detector of that name, as a server lists it. */
export function modelOf(reference: string): ModelStatus {
  const { name, version = FIRST_VERSION } = parseReference(reference);
  return {
    name,
    version,
    service: "detection",
    state: "ready",
    accuracy: 30,
    latencyMs: 20,
    detail: "",
  };
}

/** What a server with these models says of itself. */
export function statusOf(models: readonly string[]): ServerStatus {
  return {
    version: "0",
    uptimeMs: 1000,
    provider: "cpu",
    load: loadOf(),
    models: models.map(modelOf),
    draining: false,
  };
}

/** About a hundred bytes of an answer. */
const DETECTION = {
  label: "traffic light",
  class_id: 9,
  score: 0.123456789,
  box: [1.2345678, 2.3456789, 3.4567891, 4.5678912],
} as const;

/** An answer, without findings unless said otherwise. */
export function replyOf(model: string, detections = 0): InferReply {
  return {
    model,
    width: 64,
    height: 48,
    findings: { detections: Array(detections).fill(DETECTION) },
    timingsMs: { ...NO_TIMINGS, decode: 1, infer: 5, total: 6 },
    load: loadOf(),
  };
}

/** How a call ends. */
export type End = ErrorCode | "ok";

/** Counts its calls; what it answers is up to `script` and `say`, which may change at any time. */
export class FakeBackend implements Backend {
  /** How the next `infer` ends: a failure, or an answer. Its signal aborts when the call is over. */
  script: (request: InferRequest, limits: CallLimits) => Promise<End> = () =>
    Promise.resolve("ok" as const);
  /** What the next `status` says, or how it fails. */
  say: (limits: CallLimits) => Promise<ErrorCode | Partial<ServerNews>> = () => Promise.resolve({});
  /** How many detections an answer has. */
  detections = 0;
  /** Limits of each `infer`, in order of the calls. */
  readonly calls: CallLimits[] = [];
  /** How often `status` was asked for. */
  looks = 0;
  /** How watches end: none can be had, unless a test says otherwise. */
  watches: (onServing: (serving: boolean) => void, signal: AbortSignal) => Promise<WatchEnd> = () =>
    Promise.resolve("unsupported");
  readonly #closed = new AbortController();

  /** Tells of `models` in `status`, unless `say` names others. Deadlines go by the clock. */
  constructor(private readonly clock: Clock, private readonly models: readonly string[] = ["m"]) {}

  /** Whether `close` was called. */
  get closed(): boolean {
    return this.#closed.signal.aborted;
  }

  infer(request: InferRequest, _image: SentImage, limits: CallLimits): Promise<InferReply> {
    return this.#call(limits, async (limits) => {
      this.calls.push(limits);
      const end = await this.script(request, limits);
      if (end !== "ok") throw new SmarteyeError(end, `scripted ${end}`);
      return replyOf(request.model, this.detections);
    });
  }

  status(limits: CallLimits): Promise<ServerNews> {
    return this.#call(limits, async (limits) => {
      this.looks++;
      const said = await this.say(limits);
      if (typeof said === "string") throw new SmarteyeError(said, `scripted ${said}`);
      return { ...statusOf(this.models), ...said };
    });
  }

  watch(onServing: (serving: boolean) => void, signal: AbortSignal): Promise<WatchEnd> {
    return this.watches(onServing, AbortSignal.any([signal, this.#closed.signal]));
  }

  close(): void {
    this.#closed.abort();
  }

  /** Ends a call by its limits, whatever the script does. */
  async #call<Reply>(
    limits: CallLimits,
    perform: (limits: CallLimits) => Promise<Reply>,
  ): Promise<Reply> {
    const over = new AbortController();
    const ended = [
      failsWith("cancelled", limits.signal, over.signal),
      failsWith("unavailable", this.#closed.signal, over.signal),
    ];
    const late = this.clock.sleep(limits.deadlineMs, over.signal).then((): never => {
      throw new SmarteyeError("deadline_exceeded", "no answer came in time");
    });
    const begins = !limits.signal.aborted && !this.closed;
    try {
      const answer = begins ? [perform({ ...limits, signal: over.signal })] : [];
      return await Promise.race([...ended, ...answer, late]);
    } finally {
      over.abort();
    }
  }
}

function failsWith(code: ErrorCode, signal: AbortSignal, over: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(new SmarteyeError(code, `the call was ended: ${code}`));
    if (signal.aborted) return fail();
    signal.addEventListener("abort", fail, { once: true, signal: over });
  });
}
