/** One measurement of one server, by a generator of its own. */

import { join } from "node:path";
import { runApart } from "./child.ts";
import type { Job, Load, Measured } from "./job.ts";
import type { Picture, Target } from "./target.ts";

/** What all measurements of a run have in common. */
export interface Plan extends Pick<Job, "connections" | "deadlineMs" | "warmUpMs" | "durationMs"> {
  readonly picture: Picture;
  /** A directory for messages. */
  readonly directory: string;
}

/**
 * Measures.
 *
 * @param queueMs milliseconds that a request may wait, for a server that is told so.
 */
export async function measure(
  target: Target,
  model: string,
  load: Load,
  plan: Plan,
  queueMs: number = plan.deadlineMs,
): Promise<Measured> {
  const { picture, directory, connections, deadlineMs, warmUpMs, durationMs } = plan;
  const { address, method, pid } = target;
  const message = join(directory, "message");
  await Deno.writeFile(message, target.message(model, picture, queueMs));
  const times = { connections, deadlineMs, warmUpMs, durationMs };
  const job: Job = { address, method, message, pid, load, ...times };
  return await runApart<Measured>("generator.ts", job);
}
