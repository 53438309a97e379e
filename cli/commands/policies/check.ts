/** `smarteye policies check`: what a policy must do, and must not. */

import { resolve as absolute } from "node:path";
import type { Command } from "commander";
import { type Cli, roleCommand } from "../../command.ts";
import type { Flag, OwnFlag } from "../../config/flag.ts";
import { plain, whole } from "../../config/kinds.ts";
import { checkControlPolicy } from "../../config/paths.ts";
import { givenParameters } from "../../config/policy_sections.ts";
import type { CheckOptions } from "../../policies/check.ts";

const SAVE: OwnFlag<string> = {
  term: "--save <dir>",
  kind: plain("a directory"),
  about: "write the snapshot and seed that show what is wrong there, a file for each check",
};
const SEED = {
  term: "--seed <n>",
  kind: whole("", 0, 4_294_967_295),
  about: "of the snapshots: the same seed, the same ones",
  default: "1",
};
const SNAPSHOTS = {
  term: "--snapshots <n>",
  kind: whole("snapshots", 1, 1_000_000),
  about: "how many it is asked about, beside the extremes",
  default: "500",
};
const DECISION: Flag = {
  term: "--decision-ms <ms>",
  sets: ["edge-setting", "decision_ms"],
  about: "milliseconds that a decision may take; that it should take less than 0.2 is only told",
};

/** The `policies check` command. */
export function policiesCheckCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "check",
    about:
      "hold control policies against all that one must do and must not, and play each for 20 " +
      "seconds over two networks. A line for each check; status 1 when one fails",
    arguments: "<policies...>",
    flags: [SAVE, SEED, SNAPSHOTS, DECISION],
    examples: [
      ["smarteye policies check ./mine.ts", "before a camera does"],
      ["smarteye policies check ./mine.ts --save found", "with what shows it, to ask it again"],
      ["smarteye policies check 'fallback(./mine.ts, deadline_accuracy)'", "as they are combined"],
      ["smarteye policies check deadline_accuracy --json", "one object, for a program"],
    ],
    helpEnd: HELP_END,
    resolve: (configured, around, policies): CheckOptions => {
      for (const policy of policies) {
        checkControlPolicy(configured, around, { policy, where: "smarteye policies check" });
      }
      const { flag, settings } = configured;
      const save = flag(SAVE);
      return {
        policies: [...new Set(policies)],
        save: save === undefined ? undefined : absolute(around.directory, save),
        seed: flag(SEED),
        snapshots: flag(SNAPSHOTS),
        decisionMs: settings["edge-setting"].decision_ms,
        policyParameters: givenParameters(configured),
        json: settings.telemetry.json,
      };
    },
    load: () => import("../../policies/check.ts"),
  });
}

const HELP_END = `Checks:
  loads       it is a module with a policy, and what that says of itself can be used
  total       it answers whatever it may be told, at once
  one_sided   and where the edge or the cloud has no model (a warning)
  in_bounds   what it decides can be carried out
  reason      it says why
  chance      its rng is all the chance that it has: no Math.random, no clock
  pure        it goes by its arguments alone: no variable of its module
  state       that is data as JSON has it, and does not grow with the frames
  time        how long a decision takes (a warning above 0.2 ms at p99)
  simulation  it comes through, beside policies that never change their mind
`;
