/** One attempt at one server: a lease, a call, and what its end says about the server. */

import type { Clock } from "../core/clock.ts";
import { type ErrorCode, ERRORS, isSmarteyeError, SmarteyeError } from "../core/errors.ts";
import { logger } from "../core/log.ts";
import type { Reply } from "./backend.ts";
import { tracedCall } from "../core/tracing.ts";
import { boundedScores } from "./bounded_scores.ts";
import type { Lease, LeaseOutcome } from "./lease.ts";
import type { EjectionReason, Metrics } from "./metrics.ts";
import type { Server } from "./server.ts";
import type { AttemptReason, RequestLimits, Work } from "./work.ts";

const log = logger("forwarder");

/** A server that ends many calls so is broken, whatever it says of itself; or the requests are. */
const BROKE: readonly ErrorCode[] = ["internal", "aborted"];

/** What an attempt works with. */
export interface AttemptParts {
  /** Measures what is left of a deadline. */
  readonly clock: Clock;
  /** Counts calls, failures and stages of time. */
  readonly metrics: Metrics;
}

/**
 * Infers an image on one server. The call ends with the request's limits, and as soon as the
 * server is known to be lost. It has all the time that is left of the request's: what is over when it
 * arrives there is gone from it, and a margin for the way back would only have more of them be late.
 *
 * @throws {SmarteyeError} what the server refused it with; `unavailable` when the server was lost.
 */
export async function attempt(
  server: Server,
  { request, image }: Work,
  limits: RequestLimits,
  { clock, metrics }: AttemptParts,
  why: AttemptReason = "first",
): Promise<Reply> {
  const beganAtMs = clock.nowMs();
  const deadlineMs = limits.deadlineAtMs - beganAtMs;
  if (deadlineMs <= 0) throw new SmarteyeError("deadline_exceeded", "no time was left for it");
  const lease = server.lease(request.model);
  const either = firstOf(limits.signal, lease.lost);
  // What is neither an answer nor a known failure is a fault in here, not the server's.
  let outcome: LeaseOutcome = "ignored";
  let ended: ErrorCode | undefined = "internal";
  try {
    const reply = await tracedCall(
      () => callOf(server, request.model, why),
      () => server.backend.infer(request, image, { deadlineMs, signal: either.signal }),
    );
    server.noteLoad(reply.load);
    metrics.inferred(reply.timingsMs);
    outcome = "success";
    ended = undefined;
    server.noteSuccess();
    if (!("findings" in reply)) return reply;
    const { findings, clamped } = boundedScores(reply.findings);
    if (clamped > 0) metrics.clamped(server.name, clamped);
    return { ...reply, findings };
  } catch (error) {
    if (!isSmarteyeError(error)) throw error;
    const failure = abandoned(lease, limits, error) ?? error;
    const { code } = failure;
    ended = code;
    outcome = outcomeOf(code);
    noteFailure(server, request.model, failure, lease, metrics);
    throw failure;
  } finally {
    either.letGo();
    lease.end(outcome);
    metrics.dispatched(server.name, outcome);
    const tookMs = clock.nowMs() - beganAtMs;
    const code = ended === undefined ? {} : { code: ended };
    limits.onAttempt?.({ server: server.name, outcome, ...code, why, tookMs });
  }
}

/** As OpenTelemetry's semantic conventions have a call over gRPC. */
function callOf({ name }: Server, model: string, why: AttemptReason) {
  const attributes = {
    "rpc.system": "grpc",
    "rpc.service": "smarteye.v1.Inference",
    "rpc.method": "Infer",
    "server.address": name,
    "smarteye.model": model,
    "smarteye.attempt": why,
  };
  return { name: "smarteye.v1.Inference/Infer", attributes };
}

/** Whether a call ended because something broke: at the server, or at the request. */
export function isBreak({ code }: SmarteyeError): boolean {
  return BROKE.includes(code);
}

/** Counts a failure against a server, which may be one too many in a row. */
export function countAgainst(
  server: Server,
  { message }: SmarteyeError,
  why: "broke" | "unavailable",
  metrics: Metrics,
): void {
  tellEjection(server, server.noteFailure(message), why, metrics);
}

/** Tells that a server is passed over for a while; nothing when it is not. */
export function tellEjection(
  server: Server,
  told: string | undefined,
  why: EjectionReason,
  metrics: Metrics,
): void {
  if (told === undefined) return;
  metrics.ejected(server.name, why);
  log.warn("{server} is {why}", { server: server.name, why: told });
}

function outcomeOf(code: ErrorCode): LeaseOutcome {
  if (code === "overloaded") return "refused";
  return ERRORS[code].scope === "server" ? "failed" : "ignored";
}

function noteFailure(
  server: Server,
  model: string,
  failure: SmarteyeError,
  { lost }: Lease,
  metrics: Metrics,
): void {
  const { code, message } = failure;
  // Of a server that was lost it is known already, and it may have come back since.
  if (code === "unavailable" && !lost.aborted) {
    // Calls that fail together when it goes are one failure: the first finds it up.
    if (server.isReady) countAgainst(server, failure, "unavailable", metrics);
    server.passOver(message);
  }
  if (code === "not_found") server.forget(model);
  if (code !== "cancelled") metrics.failed(server.name, code);
}

/** What a call's end means when not the client but the loss of the server ended it. */
function abandoned(
  { lost }: Lease,
  { signal }: RequestLimits,
  cause: SmarteyeError,
): SmarteyeError | undefined {
  if (!lost.aborted || signal.aborted || cause.code !== "cancelled") return undefined;
  return new SmarteyeError("unavailable", `the server was lost: ${lost.reason}`, { cause });
}

/**
 * A signal that aborts with the first of two. Unlike that of `AbortSignal.any`, its ties to them
 * can be cut: the one of a server's up-time outlives many attempts.
 */
export function firstOf(
  ...signals: readonly AbortSignal[]
): { signal: AbortSignal; letGo: () => void } {
  const controller = new AbortController();
  const abort = () => controller.abort();
  for (const signal of signals) {
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
  }
  return {
    signal: controller.signal,
    letGo() {
      for (const signal of signals) signal.removeEventListener("abort", abort);
    },
  };
}
