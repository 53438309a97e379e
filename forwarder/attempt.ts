/** One attempt at one server: a lease, a call, and what its end says about the server. */

import type { Clock } from "../core/clock.ts";
import { type ErrorCode, ERRORS, isSmarteyeError, SmarteyeError } from "../core/errors.ts";
import type { InferRequest, SentImage } from "../core/infer.ts";
import { logger } from "../core/log.ts";
import type { Reply } from "./backend.ts";
import { boundedScores } from "./bounded_scores.ts";
import type { Lease, LeaseOutcome } from "./lease.ts";
import type { Metrics } from "./metrics.ts";
import type { Server } from "./server.ts";

const log = logger("forwarder");

/** A server that ends many calls so is broken, whatever it says of itself. */
const BROKE: readonly ErrorCode[] = ["internal", "aborted"];

/** One image, and what is asked about it. */
export interface Work {
  /** What is asked. */
  readonly request: InferRequest;
  /** About this image. */
  readonly image: SentImage;
  /** Whether a drawn frame will do for an answer, see `DrawnReply`. */
  readonly takesDrawn?: boolean | undefined;
}

/** How long a request may take, and what ends it before that. */
export interface RequestLimits {
  /** On the clock's `nowMs`. */
  readonly deadlineAtMs: number;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
}

/** What an attempt works with. */
export interface AttemptParts {
  /** Measures what is left of a deadline. */
  readonly clock: Clock;
  /** Counts calls, failures and stages of time. */
  readonly metrics: Metrics;
}

/**
 * Infers an image on one server. The call ends with the request's limits, and as soon as the
 * server is known to be lost.
 *
 * @throws {SmarteyeError} what the server refused it with; `unavailable` when the server was lost.
 */
export async function attempt(
  server: Server,
  { request, image }: Work,
  limits: RequestLimits,
  { clock, metrics }: AttemptParts,
): Promise<Reply> {
  const deadlineMs = limits.deadlineAtMs - clock.nowMs();
  if (deadlineMs <= 0) throw new SmarteyeError("deadline_exceeded", "no time was left for it");
  const lease = server.lease();
  const either = firstOf(limits.signal, lease.lost);
  // What is neither an answer nor a known failure is a fault in here, not the server's.
  let outcome: LeaseOutcome = "ignored";
  try {
    const reply = await server.backend.infer(request, image, { deadlineMs, signal: either.signal });
    server.noteLoad(reply.load);
    metrics.inferred(reply.timingsMs);
    outcome = "success";
    server.noteSuccess();
    if (!("findings" in reply)) return reply;
    const { findings, clamped } = boundedScores(reply.findings);
    if (clamped > 0) metrics.clamped(server.name, clamped);
    return { ...reply, findings };
  } catch (error) {
    if (!isSmarteyeError(error)) throw error;
    const failure = abandoned(lease, limits, error) ?? error;
    const { code, message } = failure;
    if (ERRORS[code].scope === "server") outcome = "failed";
    // Of a server that was lost it is known already, and it may have come back since.
    if (code === "unavailable" && !lease.lost.aborted) server.passOver(message);
    if (code === "not_found") server.forget(request.model);
    if (BROKE.includes(code)) noteBreak(server, message, metrics);
    if (code !== "cancelled") metrics.failed(server.name, code);
    throw failure;
  } finally {
    either.letGo();
    lease.end(outcome);
    metrics.dispatched(server.name, outcome);
  }
}

function noteBreak(server: Server, message: string, metrics: Metrics): void {
  const why = server.noteBreak(message);
  if (why === undefined) return;
  metrics.ejected(server.name);
  log.warn("{server} is {why}", { server: server.name, why });
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
function firstOf(...signals: readonly AbortSignal[]): { signal: AbortSignal; letGo: () => void } {
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
