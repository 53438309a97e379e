/** Unary calls: what all protocols of the gRPC port have in common. */

import type { Buffer } from "node:buffer";
import { type handleUnaryCall, Metadata, type ServerUnaryCall } from "@grpc/grpc-js";
import { type Clock, OVER } from "../../core/clock.ts";
import { asSmarteyeError } from "../../core/errors.ts";
import type { Patience } from "../../core/infer.ts";
import { logger, Thinned } from "../../core/log.ts";
import { errorToWire, errorTrailers } from "../../proto/grpc_codec.ts";
import { OrcaLoadReport } from "../../proto/grpc_service.ts";
import { traced, type TracedRequest } from "../tracing.ts";
import type { InferenceService } from "../service.ts";

const log = logger("inference");

/** What balancers read it from (gRFC A51). */
const LOAD_TRAILER = "endpoint-load-metrics-bin";

/**
 * Milliseconds for which a report is told again. grpc-js has a recorder for it, which reads its protos
 * from the disk again for each call: 6 ms.
 */
const REPORT_MS = 100;

/** A call as a protocol sees it. */
export interface Call<Request> extends Patience {
  /** Its message. */
  readonly request: Request;
}

/** Answers calls with what a protocol's handlers return, or with the status of what they throw. */
export class Calls {
  #report: Buffer | undefined;
  #reportedAtMs = -Infinity;
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
      const asked = { request: call.request, ...patienceOf(call, this.clock) };
      traced(() => requestOf(call), () => perform(asked)).then(
        (reply) => callback(null, reply, this.#trailers()),
        (thrown) => callback(...this.#failed(thrown)),
      );
    };
  }

  #failed(thrown: unknown): [{ code: number; details: string; metadata: Metadata }] {
    const error = asSmarteyeError(thrown, "answer");
    this.#failures.tell(`a call ended with ${error.code}`, error.message);
    if (error.code === "internal") log.debug("{error}", { error: thrown });
    const metadata = this.#trailers();
    for (const [name, value] of Object.entries(errorTrailers(error))) metadata.set(name, value);
    return [{ ...errorToWire(error), metadata }];
  }

  #trailers(): Metadata {
    const nowMs = this.clock.nowMs();
    if (!this.#report || nowMs - this.#reportedAtMs >= REPORT_MS) {
      this.#reportedAtMs = nowMs;
      this.#report = reportOf(this.service);
    }
    const metadata = new Metadata();
    if (this.#report) metadata.set(LOAD_TRAILER, this.#report);
    return metadata;
  }
}

function requestOf(call: ServerUnaryCall<unknown, unknown>): TracedRequest {
  const [service, method] = call.getPath().slice(1).split("/");
  const [traceparent] = call.metadata.get("traceparent");
  return {
    name: `${service}/${method}`,
    attributes: { "rpc.system": "grpc", "rpc.service": service!, "rpc.method": method! },
    traceparent: traceparent?.toString(),
  };
}

/** How busy the server is, encoded; nothing while it is starting. */
function reportOf(service: InferenceService): Buffer | undefined {
  const report = service.loadReport();
  return report && OrcaLoadReport.serialize({
    cpuUtilization: report.load.cpuUtilization,
    memUtilization: report.load.memoryUtilization,
    applicationUtilization: report.utilization,
    rpsFractional: report.requestsPerSecond,
    eps: report.failuresPerSecond,
    namedMetrics: { queue_length: report.load.queueLength },
  });
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
