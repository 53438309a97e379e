/** `smarteye serve`: infers what it is sent. */

import type { Command } from "commander";
import type { ServeOptions } from "../../inference/options.ts";
import { type Cli, type Role, roleCommand } from "../command.ts";
import { resolveServe } from "../config/resolve.ts";

/** The `serve` command; `load` brings the role. */
export function serveCommand(
  cli: Cli,
  load: () => Promise<Role<ServeOptions>> = () => import("../../inference/role.ts"),
): Command {
  return roleCommand(cli, {
    name: "serve",
    about: "hold models and infer the images that are sent over gRPC and HTTP",
    flags: [
      { term: "--listen <host:port>", sets: ["inference", "listen"] },
      { term: "--http <host:port>", sets: ["inference", "http_listen"] },
      { term: "--gpu <n|auto>", sets: ["inference", "gpu"] },
      {
        term: "--models <list>",
        sets: ["preload-models", "model<N>"],
        about: "models to load before being ready, with commas between (default: all there are)",
      },
      { term: "--workers <n>", sets: ["inference", "workers"] },
    ],
    examples: [
      ["smarteye serve", "every model there is, on the CPU"],
      ["smarteye serve --gpu 0", "on accelerator 0, or not at all"],
      ["smarteye serve --http 127.0.0.1:8080", "also over HTTP, with metrics for Prometheus"],
      ["smarteye serve --listen 0.0.0.0:50051 --workers 4", "for forwarders on other machines"],
    ],
    resolve: resolveServe,
    load,
  });
}
