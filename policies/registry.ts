/** The policies by name, and how a user's own is loaded from a module. */

import { basename, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf, SmarteyeError } from "../core/errors.ts";
import { seededRng } from "../core/rng.ts";
import { checkedPick } from "./dispatch/check.ts";
import { lowestCpuUtilization } from "./dispatch/lowest_cpu_utilization.ts";
import type { DispatchPolicy, DispatchSnapshot } from "./dispatch/policy.ts";
import { random } from "./dispatch/random.ts";
import { roundRobin } from "./dispatch/round_robin.ts";
import { shortestQueue } from "./dispatch/shortest_queue.ts";
import { alwaysCloudLowestDelay } from "./offload/always_cloud_lowest_delay.ts";
import { alwaysLocalFastestModel } from "./offload/always_local_fastest_model.ts";
import { checkedDecision } from "./offload/check.ts";
import type { ControlPolicy, ControlSnapshot } from "./offload/policy.ts";
import { thresholdOffloadPolicy } from "./offload/threshold_offload_policy.ts";

/** The control policies that come with the program. */
export const CONTROL_POLICIES: Readonly<Record<string, ControlPolicy>> = {
  always_local_fastest_model: alwaysLocalFastestModel,
  always_cloud_lowest_delay: alwaysCloudLowestDelay,
  threshold_offload_policy: thresholdOffloadPolicy,
};

/** The dispatch policies that come with the program. */
export const DISPATCH_POLICIES: Readonly<Record<string, DispatchPolicy>> = {
  random,
  round_robin: roundRobin,
  shortest_queue: shortestQueue,
  lowest_cpu_utilization: lowestCpuUtilization,
};

/**
 * A control policy by its registered name or by the path of a module, whose default export (or an
 * export called `policy`) it is. A module's policy is tried once on a sample snapshot.
 *
 * @throws {SmarteyeError} `invalid_argument` when there is none of that name, or the module is not usable.
 */
export async function loadControlPolicy(
  nameOrPath: string,
): Promise<{ name: string; decide: ControlPolicy }> {
  const { name, policy } = await load("control policy", nameOrPath, CONTROL_POLICIES, tryControl);
  return { name, decide: policy };
}

/**
 * A dispatch policy by its registered name or by the path of a module, whose default export (or an
 * export called `policy`) it is. A module's policy is tried once on a sample snapshot.
 *
 * @throws {SmarteyeError} `invalid_argument` when there is none of that name, or the module is not usable.
 */
export async function loadDispatchPolicy(
  nameOrPath: string,
): Promise<{ name: string; pick: DispatchPolicy }> {
  const { name, policy } = await load(
    "dispatch policy",
    nameOrPath,
    DISPATCH_POLICIES,
    tryDispatch,
  );
  return { name, pick: policy };
}

/** What is wrong with a module, as `<found>, <wanted>`. */
class Unusable extends Error {}

async function load<Policy>(
  kind: "control policy" | "dispatch policy",
  nameOrPath: string,
  registered: Readonly<Record<string, Policy>>,
  trial: (policy: Policy) => unknown,
): Promise<{ name: string; policy: Policy }> {
  if (Object.hasOwn(registered, nameOrPath)) {
    return { name: nameOrPath, policy: registered[nameOrPath]! };
  }
  try {
    if (!looksLikePath(nameOrPath)) throw unknownName(nameOrPath, Object.keys(registered));
    const exported = await importFunction(nameOrPath);
    // Safe as far as can be seen: it is a function, and the trial below holds what it returns
    // against the contract, as every later call is held.
    const policy = exported as Policy;
    const returned = attempt(() => trial(policy));
    if (isPromise(returned)) {
      // It is refused: whether it would have been fulfilled no longer matters to anybody.
      Promise.resolve(returned).catch(() => {});
      throw new Unusable(
        "it is an async function, one that returns its answer at once is wanted " +
          "(a policy does no I/O)",
      );
    }
    return { name: nameOf(exported, nameOrPath), policy };
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot load the ${kind} ${JSON.stringify(nameOrPath)}: ${error.message}`,
      { cause: error.cause },
    );
  }
}

function looksLikePath(nameOrPath: string): boolean {
  return /[/\\]|\.(ts|js|mjs)$/.test(nameOrPath);
}

/** The function that a module exports. */
async function importFunction(path: string): Promise<{ readonly name: string }> {
  // A Windows path starts with one letter and a colon, a URL with more.
  if (/^[a-z][a-z0-9+.-]+:/i.test(path)) {
    throw new Unusable("it is a URL, the path of a local module is wanted");
  }
  const file = resolve(path);
  const found = await Deno.stat(file).catch((cause) => {
    const why = cause instanceof Deno.errors.NotFound ? "there is no such file" : messageOf(cause);
    throw new Unusable(`${why}, the path of a module is wanted`, { cause });
  });
  if (!found.isFile) throw new Unusable("it is not a file, the path of a module is wanted");
  const module: Record<string, unknown> = await import(pathToFileURL(file).href).catch((cause) => {
    throw new Unusable(
      `importing it failed with "${messageOf(cause)}"${lineOf(cause)}, ` +
        "a module that imports is wanted",
      { cause },
    );
  });
  const exported = module["default"] ?? module["policy"];
  if (typeof exported !== "function") {
    const exports = Object.keys(module).join(", ") || "nothing";
    throw new Unusable(
      `it exports ${exports}, a function as the default export or as "policy" is wanted`,
    );
  }
  return exported;
}

/** Where a module could not be parsed: the lines after the first of such an error's message. */
function lineOf(error: unknown): string {
  const line = /\n\s+at .*:(\d+):\d+$/.exec(error instanceof Error ? error.message : "")?.[1];
  return line ? ` at line ${line}` : "";
}

/** The function's own name, or that of its file where the function has none that tells anything. */
function nameOf(exported: { readonly name: string }, path: string): string {
  if (exported.name && !["default", "policy"].includes(exported.name)) return exported.name;
  return basename(path, extname(path));
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}

function unknownName(name: string, registered: readonly string[]): Unusable {
  const [closest] = registered
    .map((known) => ({ known, distance: editDistance(name.toLowerCase(), known) }))
    .sort((a, b) => a.distance - b.distance);
  const limit = Math.max(2, name.length / 3);
  const hint = closest && closest.distance <= limit ? ` (did you mean ${closest.known}?)` : "";
  return new Unusable(
    `there is none of that name, one of ${registered.join(", ")} ` +
      `or the path of a module is wanted${hint}`,
  );
}

/** Levenshtein's distance: insertions, deletions and replacements from one word to the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}

/** Calls a policy on its sample; what it throws becomes a reason to refuse it. */
function attempt(call: () => unknown): unknown {
  try {
    return call();
  } catch (cause) {
    if (cause instanceof Unusable) throw cause;
    throw new Unusable(
      `it threw "${messageOf(cause)}" on a sample snapshot, an answer is wanted`,
      { cause },
    );
  }
}

/** What the trial's answer was, if it can be used or is a promise. */
function tryDispatch(policy: DispatchPolicy): unknown {
  const returned: unknown = policy(structuredClone(SAMPLE_DISPATCH), seededRng(1));
  if (!isPromise(returned)) check(() => checkedPick(returned, SAMPLE_DISPATCH));
  return returned;
}

/** What the trial's answer was, if it can be used or is a promise. */
function tryControl(policy: ControlPolicy): unknown {
  const returned: unknown = policy(structuredClone(SAMPLE_CONTROL), seededRng(1));
  if (!isPromise(returned)) check(() => checkedDecision(returned, offering(returned)));
  return returned;
}

function check(usable: () => unknown): void {
  try {
    usable();
  } catch (cause) {
    throw new Unusable(`on a sample snapshot, ${messageOf(cause)}`, { cause });
  }
}

/**
 * The sample with the model that a decision names among those offered: a policy may be written for
 * a model of its author's own. Whether that one is there is seen at each real decision.
 */
function offering(decision: unknown): ControlSnapshot {
  if (typeof decision !== "object" || decision === null || !("model" in decision)) {
    return SAMPLE_CONTROL;
  }
  const { local, cloud } = SAMPLE_CONTROL;
  const model = { ...local.models[0]!, name: String(decision.model) };
  return {
    ...SAMPLE_CONTROL,
    local: { ...local, models: [...local.models, model] },
    cloud: { ...cloud, models: [...cloud.models, model] },
  };
}

const SAMPLE_CONTROL: ControlSnapshot = {
  frame: { index: 1, ptsMs: 0, width: 1920, height: 1080 },
  service: "detection",
  local: {
    pending: 1,
    workers: 1,
    models: [{ name: "fastestdet", service: "detection", accuracy: 13, latencyMs: 20 }],
    latencyMs: 40,
  },
  cloud: {
    pending: 1,
    offloadsMax: 4,
    available: true,
    models: [{ name: "yolox_nano", service: "detection", accuracy: 25.8, latencyMs: 30 }],
    latencyMs: 90,
    networkMs: 40,
    uplinkBytesPerSec: 1_000_000,
  },
  settings: { pendingThreshold: 2, offloadHeight: 480, jpegQuality: 85, deadlineMs: 2000 },
};

const SAMPLE_DISPATCH: DispatchSnapshot = {
  sequence: 0,
  model: "yolox_nano",
  candidates: [
    {
      name: "10.0.0.1:50051",
      inFlight: 1,
      load: {
        cpuUtilization: 0.4,
        memoryUtilization: 0.3,
        queueLength: 1,
        running: 2,
        workers: 2,
      },
      inFlightAtLoad: 1,
      latencyMs: 40,
    },
    {
      name: "10.0.0.2:50051",
      inFlight: 0,
      load: undefined,
      latencyMs: undefined,
    },
  ],
};
