/** What may stand between senders and a server, all of them at once: nothing, ours, nginx, Envoy. */

import { fileURLToPath } from "node:url";
import { systemClock } from "../../core/clock.ts";
import { stop, waitFor } from "../serve/child.ts";
import { nginxAt } from "./nginx.ts";
import { envoyConfig, freePort } from "./targets.ts";

/** One of them. */
export interface Between {
  readonly name: string;
  readonly address: string;
  readonly speaks: "http" | "grpc";
  /** Of its process. */
  readonly pid: number;
  stop(): Promise<void>;
}

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));

/** All that there are, the server itself first. */
export async function betweens(
  { server, pid, envoy, nginx }: {
    readonly server: string;
    readonly pid: number;
    readonly envoy?: string | undefined;
    readonly nginx?: string | undefined;
  },
): Promise<Between[]> {
  const direct = { name: "the server itself", address: server, speaks: "grpc", pid } as const;
  return [
    { ...direct, stop: () => Promise.resolve() },
    await forwarder(server),
    ...(nginx === undefined ? [] : [
      await passing("nginx grpc_pass", nginx, async (port) => {
        const { args, directory } = await nginxAt(port, server);
        return { args, remove: directory };
      }),
    ]),
    ...(envoy === undefined ? [] : [
      await passing("envoy", envoy, async (port) => {
        const config = await Deno.makeTempFile({ suffix: ".json" });
        await Deno.writeTextFile(config, JSON.stringify(envoyConfig(port, [server])));
        const quiet = ["--log-level", "error", "--use-dynamic-base-id", "--concurrency", "1"];
        return { args: ["-c", config, ...quiet], remove: config };
      }),
    ]),
  ];
}

async function forwarder(server: string): Promise<Between> {
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", MAIN, "forward", "--listen", "127.0.0.1:0", "--servers", server, "--json"],
      ...["--log-level", "error"],
    ],
    env: { SMARTEYE_CONFIG: "", SMARTEYE_SECURITY_REQUESTS_MAX: "256" },
    ...{ stdin: "null", stdout: "piped", stderr: "inherit" },
  }).spawn();
  const [, address] = await waitFor(process.stdout, /"listen":\s*"([^"]+)"/);
  return {
    ...{ name: "smarteye forward", address: address!, speaks: "http", pid: process.pid },
    stop: () => stop(process),
  };
}

async function passing(
  name: string,
  program: string,
  configure: (port: number) => Promise<{ args: string[]; remove: string }>,
): Promise<Between> {
  const port = freePort();
  const { args, remove } = await configure(port);
  const options = { args, stdin: "null", stdout: "null", stderr: "null" } as const;
  const process = new Deno.Command(program, options).spawn();
  for (let tries = 0; tries < 50; tries++) {
    try {
      (await Deno.connect({ port, hostname: "127.0.0.1" })).close();
      break;
    } catch {
      await systemClock.sleep(200);
    }
  }
  return {
    ...{ name, address: `127.0.0.1:${port}`, speaks: "grpc", pid: process.pid },
    async stop() {
      await stop(process);
      await Deno.remove(remove, { recursive: true });
    },
  };
}
