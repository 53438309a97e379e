/** `smarteye forward`: the cloud's gateway. */

import type { Command } from "commander";
import type { ForwarderOptions } from "../../forwarder/options.ts";
import { DISPATCH_POLICIES } from "../../policies/registry.ts";
import { type Cli, type Role, roleCommand } from "../command.ts";
import { resolveForward } from "../config/resolve.ts";
import { CONFIG } from "../config/schema.ts";
import { policyHelp } from "../policies/text.ts";

/** The `forward` command; `load` brings the role. */
export function forwardCommand(
  cli: Cli,
  load: () => Promise<Role<ForwarderOptions>> = () => import("../../forwarder/role.ts"),
): Command {
  return roleCommand(cli, {
    name: "forward",
    about: "take offloaded frames over HTTP and dispatch them to inference servers",
    flags: [
      { term: "--listen <host:port>", sets: ["forwarder", "listen"] },
      { term: "--policy <name>", sets: ["forwarder", "dispatch_policy"] },
      { term: "--operators <[host:]port>", sets: ["forwarder", "operators_listen"] },
      { term: "--ui <[host:]port>", sets: ["forwarder", "ui_listen"] },
      { term: "--tokens <file>", sets: ["forwarder", "tokens"] },
      { term: "--access-log <rule>", sets: ["forwarder", "access_log"] },
      {
        term: "--servers <list>",
        sets: ["grpc-url", "url<N>"],
        about: "host:port of each inference server, with commas between",
      },
    ],
    examples: [
      ["smarteye forward", "for one inference server on this machine"],
      ["smarteye forward --servers 192.0.2.1:50051,192.0.2.2:50051", "for two servers"],
      [
        "smarteye forward --listen 0.0.0.0:5000 --policy round_robin",
        "for edges on other machines",
      ],
      ["smarteye forward --ui 8080", "with a page of servers and edges, http://127.0.0.1:8080/"],
    ],
    helpEnd: policyHelp(
      DISPATCH_POLICIES,
      CONFIG.forwarder.dispatch_policy.default,
      "smarteye policies list --dispatch ./mine.ts",
    ),
    resolve: resolveForward,
    load,
  });
}
