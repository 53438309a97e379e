/** `smarteye policies list`: every policy and its parameters. */

import type { Command } from "commander";
import { isExpression } from "../../../policies/expression.ts";
import { isModulePath } from "../../../policies/user_module.ts";
import { type Cli, roleCommand } from "../../command.ts";
import type { Configured } from "../../config/configure.ts";
import type { OwnFlag } from "../../config/flag.ts";
import { yesNo } from "../../config/kinds.ts";
import { givenParameters } from "../../config/policy_sections.ts";
import { quote } from "../../config/problems.ts";
import type { KeyPath } from "../../config/settings.ts";
import type { ListOptions } from "../../policies/list.ts";

const DISPATCH: OwnFlag<boolean> = {
  term: "--dispatch",
  kind: yesNo(),
  about: "the modules are dispatch policies, not control policies",
};

/** The `policies list` command. */
export function policiesListCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "list",
    about: "list every control and dispatch policy with what it does, its parameters (their " +
      "values, bounds and defaults), and which ones are in use. Modules that are named are loaded " +
      "and tried, as they would be by the role; one that cannot be used is told at the end, with " +
      "status 2",
    arguments: "[modules...]",
    flags: [DISPATCH],
    examples: [
      ["smarteye policies list", "what comes with the program"],
      ["smarteye policies list ./mine.ts", "and a control policy of your own"],
      ['smarteye policies list "budgeted(./mine.ts, 50k)"', "or one that is combined of others"],
      ["smarteye policies list --dispatch ./mine.ts", "or a dispatch policy"],
      ["smarteye policies list --json", "one object, for a program"],
    ],
    resolve: (configured, _around, modules): ListOptions => {
      const { "edge-setting": edge, forwarder, telemetry } = configured.settings;
      const areDispatch = configured.flag(DISPATCH) === true;
      for (const module of modules) {
        if (areDispatch || !isExpression(module)) checkIsPath(configured, module);
      }
      return {
        modules: [...new Set(modules)],
        modulesAre: areDispatch ? "dispatch" : "control",
        inUse: {
          control: {
            nameOrPath: edge.control_policy,
            from: whereGiven(configured, ["edge-setting", "control_policy"]),
          },
          dispatch: {
            nameOrPath: forwarder.dispatch_policy,
            from: whereGiven(configured, ["forwarder", "dispatch_policy"]),
          },
        },
        decisionMs: areDispatch ? forwarder.decision_ms : edge.decision_ms,
        policyParameters: givenParameters(configured),
        json: telemetry.json,
      };
    },
    load: () => import("../../policies/list.ts"),
  });
}

function checkIsPath({ problems }: Configured, module: string): void {
  if (isModulePath(module)) return;
  problems.add({
    where: "smarteye policies list",
    found: quote(module),
    wanted:
      "the path of a module, such as ./mine.ts (what comes with the program is always listed)",
  });
}

function whereGiven({ items }: Configured, path: KeyPath): string {
  return items(path)[0]?.where ?? "default";
}
