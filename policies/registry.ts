/** The policies by name, and how a user's own is loaded from a module. */

import { closest } from "../core/closest.ts";
import { SmarteyeError } from "../core/errors.ts";
import { type Rng, seededRng } from "../core/rng.ts";
import { loadApart } from "./apart/apart_policy.ts";
import type { Loading, PolicyHost } from "./apart/load.ts";
import { checkedPick } from "./dispatch/check.ts";
import { lowestCpuUtilization } from "./dispatch/lowest_cpu_utilization.ts";
import { choices, p2c } from "./dispatch/p2c.ts";
import { peakEwma } from "./dispatch/peak_ewma.ts";
import type { DispatchPolicy, DispatchSnapshot } from "./dispatch/policy.ts";
import { parameters as prequalParameters, prequal } from "./dispatch/prequal.ts";
import { random } from "./dispatch/random.ts";
import { roundRobin } from "./dispatch/round_robin.ts";
import { shortestQueue } from "./dispatch/shortest_queue.ts";
import { parameters as weightedParameters, weighted } from "./dispatch/weighted.ts";
import { alwaysCloudLowestDelay } from "./offload/always_cloud_lowest_delay.ts";
import { alwaysLocalFastestModel } from "./offload/always_local_fastest_model.ts";
import { bandit, parameters as banditParameters } from "./offload/bandit.ts";
import { checkedAnswer } from "./offload/check.ts";
import {
  confidenceCascade,
  parameters as cascadeParameters,
} from "./offload/confidence_cascade.ts";
import { deadlineAccuracy, parameters as deadlineParameters } from "./offload/deadline_accuracy.ts";
import { metered, parameters as meteredParameters } from "./offload/metered.ts";
import type { ControlPolicy, ControlSnapshot } from "./offload/policy.ts";
import {
  parameters as thresholdParameters,
  thresholdOffloadPolicy,
} from "./offload/threshold_offload_policy.ts";
import type { LoadedPolicy } from "./loaded_policy.ts";
import type { Parameters } from "./parameters.ts";
import { SAMPLE_CONTROL, SAMPLE_DISPATCH } from "./samples.ts";
import { loadCombined } from "./combined/load.ts";
import { isExpression, parsePolicy } from "./expression.ts";
import { isModulePath, moduleUrl, Unusable } from "./user_module.ts";

/** A policy that comes with the program. */
export interface RegisteredPolicy<Policy> {
  /** The policy itself. */
  readonly policy: Policy;
  /** What it does, in one line. */
  readonly about: string;
  /** Its own parameters; absent where it has none. */
  readonly parameters?: Parameters;
  /** Videos and networks that its constants were chosen on; absent where it has none that were chosen. */
  readonly chosenOn?: { readonly videos: readonly string[]; readonly networks: readonly string[] };
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
  deadline_accuracy: {
    policy: deadlineAccuracy,
    about: "the best expected accuracy within the deadline, here or in the cloud",
    parameters: deadlineParameters,
    chosenOn: {
      videos: ["vehicles", "cctv", "car-detection"],
      networks: [
        "ATT-LTE-driving-2016",
        "lte seed=11",
        "lte seed=12",
        "umts seed=11",
        "evdo seed=12",
      ],
    },
  },
  bandit: {
    policy: bandit,
    about: "what earlier decisions show to be best, and now and then another",
    parameters: banditParameters,
  },
  confidence_cascade: {
    policy: confidenceCascade,
    about: "on the edge first, in the cloud too when that result is doubtful",
    parameters: cascadeParameters,
  },
  metered: {
    policy: metered,
    about: "in the cloud where that pays most, within a byte allowance",
    parameters: meteredParameters,
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
  p2c: {
    policy: p2c,
    about: "of two at random the one with fewer of our requests in flight",
    parameters: choices,
  },
  peak_ewma: {
    policy: peakEwma,
    about: "of two at random the one with less latency times requests in flight",
    parameters: choices,
  },
  weighted: {
    policy: weighted,
    about: "each server as often as it reports to have room",
    parameters: weightedParameters,
  },
  prequal: {
    policy: prequal,
    about: "the server that is fastest now, unless it has more to do than most",
    parameters: prequalParameters,
  },
};

/**
 * A control policy by its registered name, by the path of a module, whose default export (or an export
 * called `policy`) it is, or as an expression of several (`expression.ts`). A module's policy runs apart,
 * and is tried once on a sample snapshot; whoever loads it closes it.
 *
 * @throws {SmarteyeError} `invalid_argument` when there is none of that name, the module is not usable, or
 * the expression is none; `cancelled` when the host's signal aborts meanwhile.
 */
export async function loadControlPolicy(
  named: string,
  host: PolicyHost,
): Promise<LoadedPolicy<ControlSnapshot>> {
  if (!isExpression(named)) return await loadOneControlPolicy(named, host);
  try {
    return await loadCombined(parsePolicy(named), (one) => loadOneControlPolicy(one, host));
  } catch (error) {
    if (error instanceof Unusable) throw unusable("control policy", named, error);
    throw error;
  }
}

function loadOneControlPolicy(
  nameOrPath: string,
  host: PolicyHost,
): Promise<LoadedPolicy<ControlSnapshot>> {
  return load("control policy", nameOrPath, CONTROL_POLICIES, host, {
    sample: (parameters) => ({ ...SAMPLE_CONTROL, parameters }),
    check: (answer) => void checkedAnswer(answer, offering(answer)),
  });
}

/**
 * A dispatch policy by its registered name or by the path of a module, whose default export (or an
 * export called `policy`) it is. A module's policy runs apart, and is tried once on a sample snapshot;
 * whoever loads it closes it.
 *
 * @throws {SmarteyeError} `invalid_argument` when there is none of that name, or the module is not
 * usable; `cancelled` when the host's signal aborts meanwhile.
 */
export function loadDispatchPolicy(
  nameOrPath: string,
  host: PolicyHost,
): Promise<LoadedPolicy<DispatchSnapshot>> {
  return load("dispatch policy", nameOrPath, DISPATCH_POLICIES, host, {
    sample: (parameters) => ({ ...SAMPLE_DISPATCH, parameters }),
    check: (answer) => void checkedPick(answer, SAMPLE_DISPATCH),
  });
}

async function load<Snapshot>(
  kind: "control policy" | "dispatch policy",
  nameOrPath: string,
  registered: Readonly<Record<string, RegisteredPolicy<Asked<Snapshot>>>>,
  host: PolicyHost,
  trial: Pick<Loading, "sample" | "check">,
): Promise<LoadedPolicy<Snapshot>> {
  if (Object.hasOwn(registered, nameOrPath)) {
    return inProcess(nameOrPath, registered[nameOrPath]!);
  }
  try {
    if (!isModulePath(nameOrPath)) throw unknownName(nameOrPath, Object.keys(registered));
    return await loadApart({ url: await moduleUrl(nameOrPath), path: nameOrPath, ...trial }, host);
  } catch (error) {
    if (error instanceof Unusable) throw unusable(kind, nameOrPath, error);
    throw error;
  }
}

function unusable(kind: string, named: string, { message, cause }: Unusable): SmarteyeError {
  const what = `Cannot load the ${kind} ${JSON.stringify(named)}: ${message}`;
  return new SmarteyeError("invalid_argument", what, { cause });
}

/** A policy as it is called. */
type Asked<Snapshot> = (snapshot: Snapshot, rng: Rng) => unknown;

/** A policy of the program itself, which is asked where that runs: it is known to answer. */
function inProcess<Snapshot>(
  name: string,
  { policy, about, parameters = {} }: RegisteredPolicy<Asked<Snapshot>>,
): LoadedPolicy<Snapshot> {
  return {
    name,
    about,
    parameters,
    needs: [],
    ask: (snapshot, seed) => policy(snapshot, seededRng(seed)),
    close() {},
  };
}

function unknownName(name: string, registered: readonly string[]): Unusable {
  const likely = closest(name, registered);
  return new Unusable(
    `there is none of that name, one of ${registered.join(", ")} ` +
      `or the path of a module is wanted${likely ? ` (did you mean ${likely}?)` : ""}`,
  );
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
