/** The program's own processes: what is measured. */

import { fileURLToPath } from "node:url";
import { stop, waitFor } from "../serve/child.ts";

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));

/** A server that runs. */
export interface Started {
  /** `host:port`. */
  readonly address: string;
  stop(): Promise<void>;
}

/** Starts a server that says where it listens. @throws when it does not start. */
export async function started(args: readonly string[], config: string): Promise<Started> {
  const process = command([...args, "--listen", "127.0.0.1:0"], config).spawn();
  const [, address] = await waitFor(process.stdout, /"listen":\s*"([^"]+)"/);
  return { address: address!, stop: () => stop(process) };
}

/** Has a command do its work. @throws when it fails. */
export async function done(args: readonly string[], config: string): Promise<void> {
  const { success, code } = await command(args, config).output();
  if (!success) throw new Error(`Cannot measure: smarteye ${args.join(" ")} ended with ${code}`);
}

function command(args: readonly string[], config: string): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", MAIN, ...args, "-c", config, "--json", "--quiet", "--log-level", "warning"],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  });
}
