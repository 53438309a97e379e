/** Unary calls: what all protocols of the gRPC port have in common. */

import { type handleUnaryCall, Metadata, type ServerUnaryCall } from "@grpc/grpc-js";
import { type Clock, OVER } from "../../core/clock.ts";
import { asSmarteyeError } from "../../core/errors.ts";
import type { Patience } from "../../core/infer.ts";
import { logger, Thinned } from "../../core/log.ts";
import { errorToWire, errorTrailers } from "../../proto/grpc_codec.ts";
import type { InferenceService } from "../service.ts";

const log = logger("inference");

/** A call as a protocol sees it. */
export interface Call<Request> extends Patience {
  /** Its message. */
  readonly request: Request;
}

/** Answers calls with what a protocol's handlers return, or with the status of what they throw. */
export class Calls {
  readonly #failures = new Thinned((message) => log.warn("{message}", { message }));

  /** `clock` is the service's own: the deadlines of calls become instants of it. */
  constructor(private readonly service: InferenceService, private readonly clock: Clock) {}

  /**
   * A handler that answers with what `perform` returns. Every answer's trailers say how busy the
   * server is (ORCA, gRFC A51), for balancers that go by it.
   *
   * @ignore Its type is grpc-js's: for the protocols alone.
   */
  unary<Request, Reply>(
    perform: (call: Call<Request>) => Reply | Promise<Reply>,
  ): handleUnaryCall<Request, Reply> {
    return (call, callback) => {
      const end = (...answer: Parameters<typeof callback>) => {
        this.#reportLoad(call);
        callback(...answer);
      };
      Promise.try(perform, { request: call.request, ...patienceOf(call, this.clock) }).then(
        (reply) => end(null, reply),
        (thrown) => end(...this.#failed(thrown)),
      );
    };
  }

  #failed(thrown: unknown): [{ code: number; details: string; metadata: Metadata }] {
    const error = asSmarteyeError(thrown, "answer");
    this.#failures.tell(`a call ended with ${error.code}`, error.message);
    if (error.code === "internal") log.debug("{error}", { error: thrown });
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(errorTrailers(error))) metadata.set(name, value);
    return [{ ...errorToWire(error), metadata }];
  }

  #reportLoad(call: ServerUnaryCall<unknown, unknown>): void {
    const report = this.service.loadReport();
    if (!report) return;
    const recorder = call.getMetricsRecorder();
    recorder.recordCPUUtilizationMetric(report.load.cpuUtilization);
    recorder.recordMemoryUtilizationMetric(report.load.memoryUtilization);
    recorder.recordApplicationUtilizationMetric(report.utilization);
    recorder.recordQpsMetric(report.requestsPerSecond);
    recorder.recordEpsMetric(report.failuresPerSecond);
    recorder.recordNamedMetric("queue_length", report.load.queueLength);
  }
}

/** How long the client waits: until its deadline, or until it cancels the call. */
function patienceOf(call: ServerUnaryCall<unknown, unknown>, clock: Clock): Patience {
  const deadline = Number(call.getDeadline());
  const controller = new AbortController();
  call.on("cancelled", () => controller.abort(OVER));
  return {
    signal: controller.signal,
    deadlineAtMs: Number.isFinite(deadline)
      ? clock.nowMs() + deadline - clock.epochMs()
      : undefined,
  };
}
