/** Unary calls: what all protocols of the gRPC port have in common. */

import { type handleUnaryCall, Metadata, type ServerUnaryCall } from "@grpc/grpc-js";
import { Buffer } from "node:buffer";
import { type Clock, OVER } from "../../core/clock.ts";
import { asSmarteyeError, ERRORS } from "../../core/errors.ts";
import type { Patience } from "../../core/infer.ts";
import { logger, Thinned } from "../../core/log.ts";
import { errorToWire, errorTrailers } from "../../proto/grpc_codec.ts";
import { OUR_TRACEPARENT, TRACEPARENT } from "../../proto/trace_context.ts";
import { LOAD_REPORT_TRAILER, loadReportToWire } from "../../proto/orca.ts";
import { annotateSpan, noteError, traced, type TracedRequest } from "../../core/tracing.ts";
import type { InferenceService } from "../service.ts";

const log = logger("inference");

/** Milliseconds for which a load report is told: balancers weigh by averages of seconds. */
const REPORT_MS = 100;

/** Statuses that are a server's own failures: https://opentelemetry.io/docs/specs/semconv/rpc/grpc/ */
const FAILURES: ReadonlySet<number> = new Set([2, 4, 12, 13, 14, 15]);

/** A call as a protocol sees it. */
export interface Call<Request> extends Patience {
  /** Its message. */
  readonly request: Request;
}

/** Answers calls with what a protocol's handlers return, or with the status of what they throw. */
export class Calls {
  readonly #failures = new Thinned((message) => log.warn("{message}", { message }));
  #report: { readonly bytes: Buffer; readonly untilMs: number } | undefined;

  /** `clock` is the service's own: the deadlines of calls become instants of it. */
  constructor(private readonly service: InferenceService, private readonly clock: Clock) {}

  /**
   * A handler that answers with what `perform` returns. Every answer's trailers say how busy the
   * server is, for balancers that go by it.
   *
   * @ignore Its type is grpc-js's: for the protocols alone.
   */
  unary<Request, Reply>(
    perform: (call: Call<Request>) => Reply | Promise<Reply>,
  ): handleUnaryCall<Request, Reply> {
    return (call, callback) => {
      const asked = { request: call.request, ...patienceOf(call, this.clock) };
      traced(() => requestOf(call), () => noted(() => perform(asked))).then(
        (reply) => callback(null, reply, this.#trailers()),
        (thrown) => callback(this.#failed(thrown)),
      );
    };
  }

  #failed(thrown: unknown): { code: number; details: string; metadata: Metadata } {
    const error = asSmarteyeError(thrown, "answer");
    const wire = errorToWire(error);
    this.#failures.tell(`a call ended with ${error.code}`, wire.details);
    if (error.code === "internal") log.debug("{error}", { error: thrown });
    const metadata = this.#trailers();
    for (const [name, value] of Object.entries(errorTrailers(error))) metadata.set(name, value);
    return { ...wire, metadata };
  }

  /** grpc-js has a recorder for it, but reads the message's proto from its files at every call. */
  #trailers(): Metadata {
    const trailers = new Metadata();
    const report = this.#loadReport();
    if (report) trailers.set(LOAD_REPORT_TRAILER, report);
    return trailers;
  }

  #loadReport(): Buffer | undefined {
    const nowMs = this.clock.nowMs();
    if (this.#report && nowMs < this.#report.untilMs) return this.#report.bytes;
    const report = this.service.loadReport();
    if (!report) return undefined;
    const bytes = Buffer.from(loadReportToWire(report));
    this.#report = { bytes, untilMs: nowMs + REPORT_MS };
    return bytes;
  }
}

/** Notes in the call's span how it ended. */
async function noted<T>(perform: () => T | Promise<T>): Promise<T> {
  try {
    const reply = await perform();
    annotateSpan(() => ({ "rpc.grpc.status_code": 0 }));
    return reply;
  } catch (thrown) {
    const error = asSmarteyeError(thrown, "answer");
    const { grpc } = ERRORS[error.code];
    annotateSpan(() => ({ "rpc.grpc.status_code": grpc }));
    noteError(error, FAILURES.has(grpc));
    throw thrown;
  }
}

function requestOf(call: ServerUnaryCall<unknown, unknown>): TracedRequest {
  const [service, method] = call.getPath().slice(1).split("/");
  const [traceparent] = [OUR_TRACEPARENT, TRACEPARENT].flatMap((name) => call.metadata.get(name));
  return {
    name: `${service}/${method}`,
    attributes: { "rpc.system": "grpc", "rpc.service": service!, "rpc.method": method! },
    traceparent: traceparent?.toString(),
  };
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
