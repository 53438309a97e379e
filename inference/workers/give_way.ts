/** Workers come after the thread that takes requests and answers them. */

import { setPriority } from "node:os";
import { messageOf } from "../../core/errors.ts";
import { logger } from "../../core/log.ts";

const log = logger("inference");

/**
 * How nice a Worker is, as nice(1) has it: where it and the main thread want the same processor, it gets
 * a quarter, and is interrupted at once.
 */
const NICE = 5;

/**
 * Lets other threads go before the calling one: a request that comes while all processors infer is
 * taken, or refused, at once. Only where a thread has a priority of its own, which on others than Linux
 * belongs to the process.
 */
export function giveWay(): void {
  if (Deno.build.os !== "linux") return;
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "setPriority" });
  if (state !== "granted") return log.debug("networks run at the priority of everything else");
  try {
    setPriority(0, NICE); // 0: who calls, setpriority(2)
  } catch (error) {
    log.debug("networks run at the priority of everything else: {error}", {
      error: messageOf(error),
    });
  }
}
