/** Holds policies against the contract, and tells what came of it. */

import { join } from "node:path";
import { SmarteyeError } from "../../core/errors.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { writeWhole } from "../../edge/sink/write.ts";
import { checkPolicy } from "../../lab/contract/check_policy.ts";
import type { Contender } from "../../lab/contract/contender.ts";
import type { Finding } from "../../lab/contract/finding.ts";
import { loadContender } from "../../lab/contract/load_contender.ts";
import { simulateQuickly } from "../../lab/contract/quick_simulation.ts";
import type { Study } from "../../lab/study/study.ts";
import { givenParameters } from "../../policies/given_parameters.ts";
import type { GivenParameters } from "../../policies/parameters.ts";
import { findingLines } from "./findings.ts";
import { studyTable } from "../lab/tell_study.ts";

/** Options of `smarteye policies check`. */
export interface CheckOptions {
  /** Registered names, paths of modules, or expressions of both. */
  readonly policies: readonly string[];
  /** Directory for what shows a finding, if any. */
  readonly save: string | undefined;
  /** Of the snapshots. */
  readonly seed: number;
  /** How many chance draws. */
  readonly snapshots: number;
  /** Milliseconds that a decision may take. */
  readonly decisionMs: number;
  /** What was given of policies' own parameters, by the policy's name. */
  readonly policyParameters: Readonly<Record<string, GivenParameters>>;
  /** Print one object, not text. */
  readonly json: boolean;
}

/** What is told of one policy. */
interface Told {
  /** As it was given. */
  readonly policy: string;
  /** As records name it; `null` where it could not be loaded. */
  readonly name: string | null;
  readonly findings: readonly SavedFinding[];
  readonly study: Study | undefined;
}

/** A finding, and the file that shows it, if any. */
export type SavedFinding = Finding & { readonly file?: string };

type Deps = Pick<RoleDeps, "clock" | "drain" | "print" | "progress">;

/**
 * Checks. Status 1 when a policy fails a check.
 *
 * @throws {SmarteyeError} `invalid_argument` when the config gives a policy wrong parameters;
 * `cancelled` when it is told to stop.
 */
export async function run(options: CheckOptions, deps: Deps): Promise<ExitStatus> {
  const told: Told[] = [];
  for (const policy of options.policies) {
    if (deps.drain.aborted) throw new SmarteyeError("cancelled", "Cannot go on: told to stop");
    deps.progress?.(`checking ${policy} …`);
    const one = await checked(policy, options, deps);
    told.push(one);
    if (!options.json) deps.print(textOf(one, told.length > 1));
  }
  if (options.json) deps.print(jsonOf(told));
  return told.every(isWell) ? 0 : 1;
}

async function checked(policy: string, options: CheckOptions, deps: Deps): Promise<Told> {
  const { decisionMs, seed, snapshots } = options;
  const { clock, drain } = deps;
  let contender: Contender;
  try {
    contender = await loadContender(policy, { clock, budgetMs: decisionMs, signal: drain });
  } catch (error) {
    const isOfNoUse = error instanceof SmarteyeError && error.code === "invalid_argument";
    if (!isOfNoUse) throw error;
    const found = error.message.replace(/^Cannot load the control policy "[^]*?": /, "");
    const finding = { check: "loads", outcome: "failed", found } as const;
    return { policy, name: null, findings: [finding], study: undefined };
  }
  try {
    const parameters = givenParameters(contender.policy, options.policyParameters);
    const whole = { ...contender, parameters };
    const { name } = contender.policy;
    const findings = [
      loads(whole),
      ...await checkPolicy(whole, { seed, snapshots, decisionMs }),
    ];
    const { finding, study } = findings.some(({ outcome }) => outcome === "failed")
      ? { finding: NO_SIMULATION, study: undefined }
      : await simulateQuickly(policy, parameters);
    return {
      ...{ policy, name, study },
      findings: await saved([...findings, finding], name, options),
    };
  } finally {
    contender.policy.close();
  }
}

const NO_SIMULATION: Finding = {
  ...{ check: "simulation", outcome: "skipped" },
  found: "not looked at before there is no fault in what is above",
};

const WHERE: Readonly<Record<Contender["runs"], string>> = {
  with_the_program: "with the program",
  apart: "in a Worker of its own",
  combined: "combined with the program",
};

function loads({ policy: { parameters, needs }, runs }: Contender): Finding {
  const where = WHERE[runs];
  const own = Object.keys(parameters).join(", ") || "no parameters";
  const wants = needs.length > 0 ? `; needs ${needs.join(", ")}` : "";
  return { check: "loads", outcome: "ok", found: `${where}; ${own}${wants}` };
}

/** Writes what shows each finding. @throws {SmarteyeError} when that cannot be written. */
async function saved(
  findings: readonly Finding[],
  policy: string,
  { save }: CheckOptions,
): Promise<readonly SavedFinding[]> {
  if (save === undefined) return findings;
  return await Promise.all(findings.map(async (finding): Promise<SavedFinding> => {
    const { check, found, wanted, question } = finding;
    if (!question) return finding;
    const { seed, snapshot, extreme } = question;
    const file = join(save, `${policy}.${check}.json`);
    const text = JSON.stringify({ policy, check, found, wanted, extreme, seed, snapshot }, null, 2);
    await Deno.mkdir(save, { recursive: true });
    await writeWhole(file, new TextEncoder().encode(`${text}\n`));
    return { ...finding, file };
  }));
}

function isWell({ findings }: Told): boolean {
  return findings.every(({ outcome }) => outcome !== "failed");
}

function textOf({ policy, findings, study }: Told, isNext: boolean): string {
  return [
    ...isNext ? [""] : [],
    `${policy}:`,
    ...findingLines(findings),
    ...study ? [studyTable(study)] : [],
  ].join("\n");
}

function jsonOf(told: readonly Told[]): string {
  return JSON.stringify({
    ok: told.every(isWell),
    policies: told.map((one) => ({
      ...{ policy: one.policy, name: one.name, ok: isWell(one) },
      checks: one.findings.map(({ check, outcome, found, wanted, question, file }) => ({
        ...{ check, outcome, found, wanted: wanted ?? null, file: file ?? null },
        shown_by: question
          ? {
            ...{ extreme: question.extreme ?? null, seed: question.seed },
            snapshot: question.snapshot,
          }
          : null,
      })),
      cells: one.study?.cells ?? null,
    })),
  });
}
