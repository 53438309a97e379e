/** What a person changes of a run: its policy, its model, its filter. Nothing that comes from a page is code. */

import { closest } from "../../core/closest.ts";
import type { Clock } from "../../core/clock.ts";
import { SmarteyeError } from "../../core/errors.ts";
import { readNumber, wantedNumber } from "../../core/number.ts";
import { policiesIn } from "../../policies/expression.ts";
import { givenParameters } from "../../policies/given_parameters.ts";
import { CONTROL_POLICIES, loadControlPolicy } from "../../policies/registry.ts";
import { openFilter } from "../filter/open_filter.ts";
import type { EdgeNode } from "../node.ts";
import type { EdgeOptions } from "../options.ts";
import type { LiveSource } from "./live_source.ts";
import type { UiOptions } from "./options.ts";
import type { FilterChoice } from "./told.ts";

/** How strongly a filter may look. */
const SENSITIVITY = { min: 0.1, max: 10 };

/** Characters of what a page sends as a policy. */
const POLICY_MAX = 500;

/** What controls work with. */
export interface ControlParts {
  /** Of the edge. */
  readonly options: Pick<EdgeOptions, "sources" | "policyParameters" | "decisionMs">;
  /** How movement is looked for. */
  readonly gates: UiOptions["gates"];
  /** What is there to infer with; `undefined` before it is open. */
  readonly node: () => EdgeNode | undefined;
  /** Ends with the edge. */
  readonly signal: AbortSignal;
  /** Policies are asked in time by it. */
  readonly clock: Clock;
}

/** Changes runs. */
export class Controls implements Disposable {
  /** Policies of sources that were loaded here. */
  readonly #loaded = new Map<LiveSource, () => void>();

  /** Has changed nothing yet. */
  constructor(private readonly parts: ControlParts) {}

  /** Policies that may be named: those that come with the program, and those of the settings. */
  get policies(): readonly string[] {
    const own = this.parts.options.sources.map(({ controlPolicy }) => controlPolicy);
    return [...new Set([...Object.keys(CONTROL_POLICIES), ...own])];
  }

  /**
   * Asks another policy about the frames of a source.
   *
   * @param named a name or an expression.
   * @throws {SmarteyeError} when it may not be asked, or cannot decide.
   */
  async policy(source: LiveSource, named: string): Promise<void> {
    this.#assertMayName(named);
    if (source.options.recording) {
      const detail = "Cannot change the policy: its decisions are recorded (--record), and a " +
        "recording is of one policy";
      throw new SmarteyeError("failed_precondition", detail);
    }
    const { options: { policyParameters, decisionMs }, clock, signal } = this.parts;
    const policy = await loadControlPolicy(named, { clock, budgetMs: decisionMs, signal });
    try {
      const parameters = givenParameters(policy, policyParameters);
      const before = this.#loaded.get(source);
      const onApplied = () => before?.();
      await source.change({ what: "policy", to: named, policy, parameters, onApplied });
      this.#loaded.set(source, () => policy.close());
    } catch (error) {
      policy.close();
      throw error;
    }
  }

  /**
   * Uses one model wherever it is there, or what the policy chooses.
   *
   * @throws {SmarteyeError} when there is none of that name, or nothing could be decided so.
   */
  async model(source: LiveSource, model: string | undefined): Promise<void> {
    const node = this.parts.node();
    const known = [...node?.local.models ?? [], ...node?.cloud.models ?? []].map(({ name }) =>
      name
    );
    if (model !== undefined && !known.includes(model)) {
      throw wrong(`Cannot use the model ${JSON.stringify(model)}`, "it is not here", model, known);
    }
    await source.change({ what: "model", model });
  }

  /** Keeps frames back in which nothing moves, or none. @throws {SmarteyeError} when it is no such filter. */
  async filter(source: LiveSource, { use, sensitivity }: FilterChoice): Promise<void> {
    const { begun, options: { name, filter } } = source;
    if (use === "learned" && !filter?.learned) {
      throw new SmarteyeError("invalid_argument", "Cannot use a learned filter: none is set");
    }
    const gate = { refreshMs: 60_000, mask: [], ...this.parts.gates[name], ...filter, sensitivity };
    const { learned, ...motion } = gate;
    const chosen = use === "learned" ? { ...motion, learned: learned! } : motion;
    const opened = use === "none" ? undefined : openFilter(chosen, {
      isOneScene: begun?.source.areStills ?? false,
      warn: () => {}, // it was said when the run began
    });
    const to = use === "none" ? "none" : `${use}, sensitivity ${sensitivity}`;
    await source.change({ what: "filter", filter: opened, to });
    source.filter = { use, sensitivity };
  }

  /** Ends what was loaded here. */
  [Symbol.dispose](): void {
    for (const close of this.#loaded.values()) close();
  }

  /** A path is code of somebody's choice: only one that the settings name may be asked. */
  #assertMayName(named: string): void {
    if (named.length > POLICY_MAX) {
      throw new SmarteyeError("invalid_argument", "Cannot use the policy: its name is too long");
    }
    const own = this.parts.options.sources.flatMap(({ controlPolicy }) =>
      policiesIn(controlPolicy)
    );
    const known = new Set([...Object.keys(CONTROL_POLICIES), ...own]);
    const unknown = policiesIn(named).find((one) => !known.has(one));
    if (unknown === undefined) return;
    const what = `Cannot use the policy ${JSON.stringify(named)}`;
    throw wrong(what, `${JSON.stringify(unknown)} is none of those known here`, unknown, [
      ...known,
    ]);
  }
}

/** A filter out of a form. @throws {SmarteyeError} when it is none. */
export function filterChoice(use: string, sensitivity: string): FilterChoice {
  if (use !== "none" && use !== "motion" && use !== "learned") {
    throw new SmarteyeError("invalid_argument", "Cannot use the filter: none or motion is wanted");
  }
  const number = readNumber(sensitivity, SENSITIVITY);
  if (number === undefined) {
    const wanted = wantedNumber(SENSITIVITY, "");
    throw new SmarteyeError("invalid_argument", `Cannot take the sensitivity: ${wanted} is wanted`);
  }
  return { use, sensitivity: number };
}

function wrong(what: string, why: string, found: string, known: readonly string[]): SmarteyeError {
  const likely = closest(found, known);
  const hint = likely === undefined ? "" : ` (did you mean ${likely}?)`;
  return new SmarteyeError(
    "invalid_argument",
    `${what}: ${why}, one of ${known.join(", ")}${hint}`,
  );
}
