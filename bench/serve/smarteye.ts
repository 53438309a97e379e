/** `smarteye serve` as what is measured. */

import { join } from "node:path";
import { requestToWire } from "../../proto/grpc_codec.ts";
import { Inference } from "../../proto/grpc_service.ts";
import { stop, waitFor } from "./child.ts";
import type { Target } from "./target.ts";

/** How the server is started. */
export interface SmarteyeOptions {
  /** Checkout of the program. */
  readonly checkout: string;
  /** Directory of models. */
  readonly models: string;
  /** Models that it loads. */
  readonly names: readonly string[];
  /** More of its command line. */
  readonly args: readonly string[];
}

/** Starts a server on a free port. @throws when it does not start. */
export async function startSmarteye(
  { checkout, models, names, args }: SmarteyeOptions,
): Promise<Target> {
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", join(checkout, "main.ts"), "serve", "--listen", "127.0.0.1:0"],
      ...["--models", names.join(","), ...args, "--json", "--log-level", "error"],
    ],
    cwd: checkout,
    env: { SMARTEYE_CONFIG: "", SMARTEYE_MODELS: models },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const [, address] = await waitFor(process.stdout, /"listen":\s*"([^"]+)"/);
  const { path, requestSerialize } = Inference.service.Infer;
  return {
    name: "smarteye",
    address: address!,
    pid: process.pid,
    method: path,
    message: (model, { as, encoded, rgb, width, height }) =>
      requestSerialize(requestToWire(
        { model },
        as === "jpeg"
          ? { kind: "encoded", bytes: encoded }
          : { kind: "raw", size: { width, height }, rgb },
      )),
    stop: () => stop(process),
  };
}
