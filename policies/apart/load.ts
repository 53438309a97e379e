/** Loads a user's policy apart: whatever its module does, this ends, and says how. */

import { type Clock, OVER } from "../../core/clock.ts";
import { SmarteyeError } from "../../core/errors.ts";
import { LateDecision } from "../loaded_policy.ts";
import type { ParameterValues } from "../parameters.ts";
import { NO_PROMISE, Unusable } from "../user_module.ts";
import { checkedDeclared, type Told } from "./declared.ts";
import { inTime } from "../../core/in_time.ts";
import { PolicyThread, Promised, Threw } from "./policy_thread.ts";

/** Milliseconds that importing a module, and then trying its policy, may take each. */
export const LOAD_MS = 10_000;

/** Milliseconds between two looks at how much memory a module has taken. */
const LOOK_MS = 20;

/**
 * Bytes by which the program may grow while a module is loaded. What a Worker may keep is bounded, but
 * for its buffers.
 */
const GROWTH_BYTES_MAX = 1024 ** 3;

/** What a user's policy is loaded and asked with. */
export interface PolicyHost {
  /** What its budget goes by. */
  readonly clock: Clock;
  /** Milliseconds that a decision may take. */
  readonly budgetMs: number;
  /** Ends the loading. */
  readonly signal?: AbortSignal | undefined;
  /** Told how many milliseconds a policy that runs apart took by itself for each answer. */
  readonly took?: (ms: number) => void;
}

/** A module, and what its policy is tried on. */
export interface Loading {
  /** Of the module. */
  readonly url: string;
  /** Of the module, as the user wrote it. */
  readonly path: string;
  /** What the policy is asked, with the values of its parameters. */
  readonly sample: (parameters: ParameterValues) => unknown;
  /** Throws when an answer to the sample is of no use. */
  readonly check: (answer: unknown) => void;
}

/** A policy that has been tried, and the Worker that it runs in. */
export interface Loaded {
  /** What it says of itself. */
  readonly told: Told;
  /** Where it runs; whoever loaded it ends it. */
  readonly thread: PolicyThread;
}

/**
 * Imports a module in a Worker of its own, and tries its policy once.
 *
 * @throws {Unusable} when it is of no use.
 * @throws {SmarteyeError} `cancelled` when the signal aborts.
 */
export async function load(
  loading: Loading,
  { clock, signal, took }: PolicyHost,
): Promise<Loaded> {
  if (signal?.aborted) throw cancelled(loading.path);
  const thread = new PolicyThread(loading, took);
  const over = new AbortController();
  const growth = tooLarge(clock, over.signal);
  const stopped = Promise.withResolvers<never>();
  const stop = () => stopped.reject(cancelled(loading.path));
  signal?.addEventListener("abort", stop);
  try {
    const loaded = tried(thread, loading, clock);
    loaded.catch(() => {}); // where it is not waited for any more
    return await Promise.race([loaded, growth, stopped.promise]);
  } catch (error) {
    thread.end("it is of no use");
    throw error;
  } finally {
    over.abort(OVER);
    signal?.removeEventListener("abort", stop);
  }
}

async function tried(thread: PolicyThread, loading: Loading, clock: Clock): Promise<Loaded> {
  if (!await inTime(LOAD_MS, thread.loaded, clock)) {
    throw new Unusable(
      `importing it does not end within ${LOAD_MS} ms, a module that imports is wanted`,
    );
  }
  const told = checkedDeclared(await thread.loaded);
  const defaults = Object.entries(told.parameters).map(([name, one]) => [name, one.default]);
  const answer = thread.ask(loading.sample(Object.fromEntries(defaults)), 1, LOAD_MS);
  if (!await inTime(LOAD_MS, answer, clock)) {
    throw new Unusable(lateOnSample());
  }
  try {
    loading.check(await answer);
  } catch (cause) {
    throw new Unusable(whyNot(cause as Error), { cause });
  }
  return { told, thread };
}

function whyNot(cause: Error): string {
  if (cause instanceof LateDecision) return lateOnSample();
  if (cause instanceof Promised) return `it is an async function, ${NO_PROMISE}`;
  if (cause instanceof Threw) {
    return `it threw "${cause.message}" on a sample snapshot, an answer is wanted`;
  }
  return `on a sample snapshot, ${cause.message}`;
}

function lateOnSample(): string {
  return `it does not answer within ${LOAD_MS} ms on a sample snapshot, an answer is wanted`;
}

/** Rejects when the program has grown by too much; never, once the signal has aborted. */
async function tooLarge(clock: Clock, signal: AbortSignal): Promise<never> {
  const before = Deno.memoryUsage().rss;
  while (!signal.aborted) {
    await clock.sleep(LOOK_MS, signal);
    if (Deno.memoryUsage().rss - before <= GROWTH_BYTES_MAX || signal.aborted) continue;
    throw new Unusable(
      `it takes more than ${GROWTH_BYTES_MAX / 1024 ** 2} MiB of memory, less is wanted`,
    );
  }
  return await new Promise(() => {});
}

function cancelled(path: string): SmarteyeError {
  return new SmarteyeError(
    "cancelled",
    `Cannot load the policy ${JSON.stringify(path)}: the program was told to stop`,
  );
}
