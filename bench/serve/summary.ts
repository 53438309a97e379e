/** What many calls come to: how many were answered in time, how fast, and how the others ended. */

import { percentile } from "../../core/rolling_window.ts";

/** One call, in milliseconds of one clock. */
export interface Call {
  /** When it was to be sent. Its latency counts from here, so that waiting to be sent is not hidden. */
  readonly dueAtMs: number;
  /** When it was sent. */
  readonly sentAtMs: number;
  /** When its answer was there, or its refusal, or it was given up. */
  readonly endedAtMs: number;
  /** gRPC's name of how it ended, `OK` among them. */
  readonly status: string;
  /** Bytes of the answer's message; 0 without one. */
  readonly bytes: number;
}

/** Statuses with which a server says that it does not take the work. */
const REFUSALS: readonly string[] = ["RESOURCE_EXHAUSTED", "UNAVAILABLE"];

/** Whether a server said so that it does not take the work. */
export function isRefusal(status: string): boolean {
  return REFUSALS.includes(status);
}

/** Whether a call went wrong: neither answered, nor refused, nor too late. */
export function isError(status: string): boolean {
  return status !== "OK" && status !== "DEADLINE_EXCEEDED" && !isRefusal(status);
}

/** A refusal is early within so many milliseconds: a caller still has time to go elsewhere. */
export const EARLY_MS = 20;

/** Milliseconds of a group of calls; `null` where there was none. */
export interface Latency {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** The refusals with one status. */
export interface Refusals {
  readonly count: number;
  /** From when each was due. */
  readonly latencyMs: Latency;
  /** How many were there within {@link EARLY_MS}. */
  readonly early: number;
}

/** All calls of a window. */
export interface Summary {
  /** Calls that were due in the window. */
  readonly offered: number;
  /** Calls that were not refused, however they ended. */
  readonly accepted: number;
  /** Answers. */
  readonly answered: number;
  /** Answers within the deadline. */
  readonly inTime: number;
  /** Calls whose deadline passed without an answer. */
  readonly expired: number;
  /** Of statuses that are neither an answer, nor a refusal, nor the deadline: how many. */
  readonly errors: Readonly<Record<string, number>>;
  /** By status. */
  readonly refused: Readonly<Record<string, Refusals>>;
  /** Answers a second. */
  readonly throughput: number;
  /** Answers within the deadline, a second. */
  readonly goodput: number;
  /** Of the answers, from when each was due. */
  readonly latencyMs: Latency;
  /** From when calls were due until they were sent: what the generator itself was late. */
  readonly lateMs: Latency;
  /** Bytes of an answer's message, on average; 0 without answers. */
  readonly replyBytes: number;
}

/**
 * Sums up the calls of a window.
 *
 * @param deadlineMs from when a call is due.
 * @param windowMs how long the window was.
 */
export function summarise(
  calls: readonly Call[],
  { deadlineMs, windowMs }: { readonly deadlineMs: number; readonly windowMs: number },
): Summary {
  const by = Map.groupBy(calls, ({ status }) => status);
  const answers = by.get("OK") ?? [];
  const inTime = answers.filter((call) => latencyOf(call) <= deadlineMs).length;
  const refused = Object.fromEntries(
    REFUSALS.flatMap((status) => {
      const those = by.get(status);
      return those ? [[status, refusalsOf(those)]] : [];
    }),
  );
  const others = [...by].filter(([status]) => isError(status));
  const refusals = Object.values(refused).reduce((sum, { count }) => sum + count, 0);
  const bytes = answers.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    offered: calls.length,
    accepted: calls.length - refusals,
    answered: answers.length,
    inTime,
    expired: by.get("DEADLINE_EXCEEDED")?.length ?? 0,
    errors: Object.fromEntries(others.map(([status, those]) => [status, those.length])),
    refused,
    throughput: answers.length * 1000 / windowMs,
    goodput: inTime * 1000 / windowMs,
    latencyMs: spread(answers.map(latencyOf)),
    lateMs: spread(calls.map(({ dueAtMs, sentAtMs }) => sentAtMs - dueAtMs)),
    replyBytes: answers.length === 0 ? 0 : bytes / answers.length,
  };
}

/** Share of the accepted calls that were answered in time; 1 where none was accepted. */
export function shareInTime({ accepted, inTime }: Pick<Summary, "accepted" | "inTime">): number {
  return accepted === 0 ? 1 : inTime / accepted;
}

/** Share of the refused calls whose refusal was early; 1 where none was refused. */
export function shareEarly({ refused }: Pick<Summary, "refused">): number {
  const all = Object.values(refused);
  const count = all.reduce((sum, { count }) => sum + count, 0);
  return count === 0 ? 1 : all.reduce((sum, { early }) => sum + early, 0) / count;
}

function refusalsOf(calls: readonly Call[]): Refusals {
  const latencies = calls.map(latencyOf);
  return {
    count: calls.length,
    latencyMs: spread(latencies),
    early: latencies.filter((ms) => ms <= EARLY_MS).length,
  };
}

function latencyOf({ dueAtMs, endedAtMs }: Call): number {
  return endedAtMs - dueAtMs;
}

function spread(values: readonly number[]): Latency {
  const at = (p: number) => percentile(values, p) ?? null;
  return { p50: at(50), p95: at(95), p99: at(99) };
}
