/** A forwarder and its inference servers in simulated time, speaking as the real ones do. */

import type { Clock } from "../../core/clock.ts";
import type { InferTimings } from "../../core/infer.ts";
import type { ServerLoad } from "../../core/model.ts";
import type { Rng } from "../../core/rng.ts";
import { shortestQueue } from "../../policies/dispatch/shortest_queue.ts";
import { inferAnswerOf, serverAnswerOf, type ServersAnswer } from "../../proto/http_codec.ts";
import { scaleFindings } from "../../core/detection.ts";
import { scaledToHeight } from "../../core/frame.ts";
import type { Recording } from "./recording.ts";
import { type Machine, offered } from "./simulated_local.ts";
import type { Sent } from "./simulated_source.ts";
import { IDLE, SimulatedWorkers } from "./simulated_workers.ts";

/**
 * Milliseconds from when the forwarder has a frame until it answers, without those that a Worker is taken
 * up: dispatching, the call of the server over gRPC, admission there. `bench:life` measures it.
 */
export const FORWARDER_MS = 3.5;

/** What a cloud consists of. */
export interface CloudShape extends Machine {
  /** Servers, all alike. */
  readonly servers: number;
}

/** An answer, as it goes over the wire. */
export interface Answered {
  /** Of HTTP. */
  readonly status: number;
  /** JSON. */
  readonly body: Uint8Array;
}

/**
 * Bytes that the numbers of a real answer take up beyond those of a simulated one, in all and for each
 * thing that was found: they have all the digits of a double, and those of a profile are rounded.
 * `bench:life` measures it.
 */
const DIGITS_BYTES = { answer: 180, thing: 29 } as const;

const encoder = new TextEncoder();

/** A forwarder that asks the server with the shortest queue. */
export class SimulatedCloud {
  readonly #servers: readonly SimulatedWorkers[];
  #sequence = 0;

  /** All is idle. */
  constructor(
    private readonly recording: Recording,
    private readonly shape: CloudShape,
    private readonly clock: Clock,
    private readonly rng: Rng,
  ) {
    this.#servers = Array.from(
      { length: shape.servers },
      () => new SimulatedWorkers(shape.workers, clock, IDLE.moreMs / shape.speed),
    );
  }

  /** How many times as fast it is as the machine that was measured on. */
  get speed(): number {
    return this.shape.speed;
  }

  /** Seconds that all Workers were at work, together. */
  get serverSeconds(): number {
    return this.#servers.reduce((sum, { busyMs }) => sum + busyMs, 0) / 1000;
  }

  /** `GET /v1/servers`. */
  servers(): Answered {
    const models = offered(this.recording, this.shape);
    const answer: ServersAnswer = {
      servers: this.#servers.map((workers, i) =>
        serverAnswerOf({
          name: nameOf(i),
          state: "ready",
          detail: "",
          inFlight: workers.waiting + workers.running,
          load: loadOf(workers),
          models,
        })
      ),
      received: this.#instant(this.clock.nowMs()),
    };
    return { status: 200, body: encoder.encode(JSON.stringify(answer)) };
  }

  /**
   * `POST /image_handler`.
   *
   * @param receivedForMs since the first byte of it.
   * @param deadlineAtMs after which nobody waits.
   */
  async infer(
    { place, height, quality }: Sent,
    model: string,
    receivedForMs: number,
    deadlineAtMs: number,
  ): Promise<Answered> {
    const arrivedAtMs = this.clock.nowMs();
    const { recording, shape, clock } = this;
    const point = recording.sentPoint(model, { height, quality });
    if (point === undefined) return refusal(404, "not_found", `there is no model "${model}"`);
    await clock.sleep(FORWARDER_MS / shape.speed);
    const picked = this.#pick(model);
    const workers = this.#servers[picked]!;
    const { serviceMs, detections } = recording.answer(place, point);
    const worked = await workers.work(
      serviceMs / shape.speed,
      () => clock.nowMs() < deadlineAtMs,
    );
    if (!worked) return refusal(504, "deadline_exceeded", "the deadline passed");
    const timingsMs: InferTimings = {
      ...{ decode: 0, preprocess: 0, postprocess: 0 },
      queue: worked.queueMs,
      infer: worked.serviceMs,
      total: worked.queueMs + worked.serviceMs,
    };
    const { head } = recording.profile;
    const size = scaledToHeight(head, height);
    const reply = {
      ...{ model, ...size, timingsMs, load: loadOf(workers) },
      findings: scaleFindings({ detections }, head, size),
    };
    const answer = inferAnswerOf(reply, {
      server: nameOf(picked),
      receiveMs: receivedForMs,
      processMs: clock.nowMs() - arrivedAtMs,
      received: this.#instant(arrivedAtMs),
    });
    const digits = DIGITS_BYTES.answer + DIGITS_BYTES.thing * detections.length;
    // Space behind a value is JSON, too.
    return { status: 200, body: encoder.encode(JSON.stringify(answer) + " ".repeat(digits)) };
  }

  #pick(model: string): number {
    const candidates = this.#servers.map((workers, i) => ({
      name: nameOf(i),
      inFlight: workers.waiting + workers.running,
      load: undefined,
      latencyMs: undefined,
    }));
    const name = shortestQueue({ sequence: this.#sequence++, model, candidates }, this.rng);
    return candidates.findIndex((candidate) => candidate.name === name);
  }

  /** By a clock of the forwarder's own. */
  #instant(atMs: number) {
    return { at_ms: this.clock.epochMs() - this.clock.nowMs() + atMs, clock: "simulated" };
  }
}

function nameOf(i: number): string {
  return `server-${i + 1}:50051`;
}

function loadOf({ count, running, waiting }: SimulatedWorkers): ServerLoad {
  return {
    cpuUtilization: running / count,
    memoryUtilization: 0,
    queueLength: waiting,
    running,
    workers: count,
  };
}

function refusal(status: number, error: string, detail: string): Answered {
  return { status, body: encoder.encode(JSON.stringify({ error, detail })) };
}
