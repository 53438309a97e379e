/** The policies by name, and how a user's own is loaded from a module. */

import { closest } from "../core/closest.ts";
import { messageOf, SmarteyeError } from "../core/errors.ts";
import { type Rng, seededRng } from "../core/rng.ts";
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
import {
  parameters as thresholdParameters,
  thresholdOffloadPolicy,
} from "./offload/threshold_offload_policy.ts";
import type { LoadedPolicy } from "./loaded_policy.ts";
import type { Parameters } from "./parameters.ts";
import { SAMPLE_CONTROL, SAMPLE_DISPATCH } from "./samples.ts";
import { importFunction, isModulePath, isPromise, nameOf, Unusable } from "./user_module.ts";

/** A policy that comes with the program. */
export interface RegisteredPolicy<Policy> {
  /** The policy itself. */
  readonly policy: Policy;
  /** What it does, in one line. */
  readonly about: string;
  /** Its own parameters; absent where it has none. */
  readonly parameters?: Parameters;
}

/** The control policies that come with the program. */
export const CONTROL_POLICIES: Readonly<Record<string, RegisteredPolicy<ControlPolicy>>> = {
  always_local_fastest_model: {
    policy: alwaysLocalFastestModel,
    about: "every frame on the edge, with its fastest model",
  },
  always_cloud_lowest_delay: {
    policy: alwaysCloudLowestDelay,
    about: "every frame in the cloud, downsized, with its most accurate model",
  },
  threshold_offload_policy: {
    policy: thresholdOffloadPolicy,
    about: "on the edge while it keeps up, else in the cloud",
    parameters: thresholdParameters,
  },
};

/** The dispatch policies that come with the program. */
export const DISPATCH_POLICIES: Readonly<Record<string, RegisteredPolicy<DispatchPolicy>>> = {
  random: { policy: random, about: "any server, each as likely as the others" },
  round_robin: { policy: roundRobin, about: "one server after the other, for each model" },
  shortest_queue: {
    policy: shortestQueue,
    about: "the server with the fewest requests waiting or running",
  },
  lowest_cpu_utilization: {
    policy: lowestCpuUtilization,
    about: "the server whose processors are least busy",
  },
};

/**
 * A control policy by its registered name or by the path of a module, whose default export (or an
 * export called `policy`) it is. A module's policy is tried once on a sample snapshot.
 *
 * @throws {SmarteyeError} `invalid_argument` when there is none of that name, or the module is not usable.
 */
export async function loadControlPolicy(
  nameOrPath: string,
): Promise<LoadedPolicy<ControlSnapshot>> {
  return inProcess(await load("control policy", nameOrPath, CONTROL_POLICIES, tryControl));
}

/**
 * A dispatch policy by its registered name or by the path of a module, whose default export (or an
 * export called `policy`) it is. A module's policy is tried once on a sample snapshot.
 *
 * @throws {SmarteyeError} `invalid_argument` when there is none of that name, or the module is not usable.
 */
export async function loadDispatchPolicy(
  nameOrPath: string,
): Promise<LoadedPolicy<DispatchSnapshot>> {
  return inProcess(await load("dispatch policy", nameOrPath, DISPATCH_POLICIES, tryDispatch));
}

/** A policy that is asked where the program runs. */
function inProcess<Snapshot>(
  { name, policy, parameters = {} }: RegisteredPolicy<(snapshot: Snapshot, rng: Rng) => unknown> & {
    name: string;
  },
): LoadedPolicy<Snapshot> {
  return {
    name,
    parameters,
    needs: [],
    ask: (snapshot, seed) => policy(snapshot, seededRng(seed)),
    close() {},
  };
}

async function load<Policy>(
  kind: "control policy" | "dispatch policy",
  nameOrPath: string,
  registered: Readonly<Record<string, RegisteredPolicy<Policy>>>,
  trial: (policy: Policy) => unknown,
): Promise<RegisteredPolicy<Policy> & { readonly name: string }> {
  if (Object.hasOwn(registered, nameOrPath)) {
    return { name: nameOrPath, ...registered[nameOrPath]! };
  }
  try {
    if (!isModulePath(nameOrPath)) throw unknownName(nameOrPath, Object.keys(registered));
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
    return { name: nameOf(exported, nameOrPath), policy, about: "" };
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot load the ${kind} ${JSON.stringify(nameOrPath)}: ${error.message}`,
      { cause: error.cause },
    );
  }
}

function unknownName(name: string, registered: readonly string[]): Unusable {
  const likely = closest(name, registered);
  return new Unusable(
    `there is none of that name, one of ${registered.join(", ")} ` +
      `or the path of a module is wanted${likely ? ` (did you mean ${likely}?)` : ""}`,
  );
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
