/** The Open Inference Protocol in our terms, whatever carries it. */

import { SmarteyeError } from "../core/errors.ts";
import type { Priority } from "../core/infer.ts";
import type { OpenTensor } from "./open_inference_tensors.ts";

/** What may be said about a request beside its tensors. */
export interface OpenParameters {
  /** Least score that is reported, 0 to 1. */
  readonly scoreThreshold?: number | undefined;
  /** Whether others go before. */
  readonly priority?: Priority | undefined;
  /** Milliseconds for which an answer is waited for. */
  readonly timeoutMs?: number | undefined;
}

/** An inference that is asked for. */
export interface OpenRequest {
  /** Name of the model. */
  readonly model: string;
  /** Which of its versions; empty for the newest. */
  readonly version: string;
  /** The caller's own, which comes back. */
  readonly id: string;
  /** One for each of the network's inputs, or an encoded image. */
  readonly inputs: readonly OpenTensor[];
  /** Names of the outputs that are wanted; none: all of them. */
  readonly outputs: readonly string[];
  /** What else was said. */
  readonly parameters: OpenParameters;
}

/** What came of it. */
export interface OpenReply {
  /** As in the request. */
  readonly model: string;
  /** The version that inferred. */
  readonly version: string;
  /** As in the request. */
  readonly id: string;
  /** In the order in which they were asked for, or the network's. */
  readonly outputs: readonly OpenTensor[];
}

/** The parameters that are read; others are left to other servers. */
const READERS: Readonly<Record<string, (value: unknown) => OpenParameters>> = {
  score_threshold: (value) => {
    const scoreThreshold = numberOf(value);
    if (scoreThreshold >= 0 && scoreThreshold <= 1) return { scoreThreshold };
    throw wrong("score_threshold", value, "0 to 1");
  },
  // Triton's: 1 is the highest, 0 the default.
  priority: (value) => {
    const priority = numberOf(value);
    if (!Number.isInteger(priority) || priority < 0) throw wrong("priority", value, "0, 1, 2 …");
    return { priority: priority < 2 ? "interactive" : "background" };
  },
  timeout: (value) => {
    const microseconds = numberOf(value);
    if (!(microseconds >= 0)) throw wrong("timeout", value, "microseconds, 0 for none,");
    return microseconds === 0 ? {} : { timeoutMs: microseconds / 1000 };
  },
};

/**
 * Reads a request's parameters.
 *
 * @param given numbers may come as their digits.
 * @throws {SmarteyeError} `invalid_argument` when one that is known has a wrong value.
 */
export function parametersOf(given: Readonly<Record<string, unknown>>): OpenParameters {
  return Object.entries(READERS).reduce(
    (read, [name, reader]) =>
      Object.hasOwn(given, name) ? { ...read, ...reader(given[name]) } : read,
    {},
  );
}

/** What others do on a tensor's parameters. */
const NOT_OFFERED = ["classification", "shared_memory_region"];

/**
 * Holds that nothing is asked of a tensor that would be another answer.
 *
 * @throws {SmarteyeError} `invalid_argument` naming it.
 */
export function assertOffered(tensor: string, parameters: Readonly<Record<string, unknown>>): void {
  const asked = NOT_OFFERED.find((name) => Object.hasOwn(parameters, name));
  if (asked === undefined) return;
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot take the tensor "${tensor}" with the parameter ${asked}: it is not offered, ` +
      `elements as they are, within the message, are wanted`,
  );
}

function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" ? Number(value) : NaN;
}

/** A caller's value as a message shows it; what is in a list may be deeper than the stack. */
export function shown(value: unknown): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "[…]" : "{…}";
  return `${JSON.stringify(value)}`.slice(0, 100);
}

function wrong(name: string, value: unknown, wanted: string): SmarteyeError {
  return new SmarteyeError(
    "invalid_argument",
    `Cannot infer with the parameter ${name} = ${shown(value)}: ${wanted} is wanted`,
  );
}
