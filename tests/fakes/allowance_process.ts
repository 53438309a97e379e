/** Uses a byte allowance in a process of its own until it is used up: says what it used. */

import { fileURLToPath } from "node:url";
import { systemClock } from "../../core/clock.ts";
import { AllowanceFile } from "../../edge/cloud/allowance_file.ts";
import { ByteAllowance } from "../../edge/cloud/byte_allowance.ts";
import { Program } from "./program.ts";

/** One of several that share a directory. */
export class AllowanceProcess extends Program {
  constructor(directory: string, origin: string, bytesMax: number, ...crash: ["crash"?]) {
    const args = [directory, origin, String(bytesMax), ...crash as string[]];
    super(args, {}, ["run", "-A", fileURLToPath(import.meta.url)]);
  }

  /** Bytes that it used. */
  async used(): Promise<number> {
    const { stdout, stderr } = await this.ran();
    if (stdout === "") throw new Error(stderr);
    return Number(stdout);
  }
}

if (import.meta.main) {
  const [directory, origin, bytesMax, crash] = Deno.args;
  const options = { bytesMax: Number(bytesMax), period: "month" } as const;
  const file = new AllowanceFile(directory!, origin!);
  const allowance = new ByteAllowance(options, file, systemClock);
  let used = 0;
  for (let size = 1; used < options.bytesMax; size++) {
    const bytes = 1000 + (size * 7919) % 30_000;
    const reservation = await allowance.reserve(bytes);
    if (!reservation) break;
    used += bytes;
    reservation.settle(bytes);
    if (crash && used > options.bytesMax / 8) break;
    await systemClock.sleep(1);
  }
  if (!crash) await allowance.close();
  console.log(used);
}
