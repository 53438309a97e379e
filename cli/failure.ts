/** An error → what the user reads, and the exit status. */

import { ERRORS, messageOf, SmarteyeError } from "../core/errors.ts";
import type { ExitStatus } from "../core/role.ts";

/** Causes that are followed; a chain may be a circle. */
const CAUSES_MAX = 8;

/** What to print on stderr: one message, and the stacks only where they were asked for. */
export function failureText(error: unknown, withStack: boolean): string {
  const isOurs = error instanceof SmarteyeError;
  const lines = [`error: ${isOurs ? error.message : messageOf(error)}`];
  if (withStack) lines.push(...stacksOf(error));
  else if (!isOurs) lines.push("(--log-level debug shows where this comes from)");
  return `${lines.join("\n")}\n`;
}

/** The exit status that an error ends the program with. */
export function exitStatusOf(error: unknown): ExitStatus {
  return error instanceof SmarteyeError ? ERRORS[error.code].exit : 1;
}

function stacksOf(error: unknown): string[] {
  const stacks: string[] = [];
  let at = error;
  for (let depth = 0; depth < CAUSES_MAX && at !== undefined; depth++) {
    const stack = at instanceof Error ? at.stack ?? String(at) : String(at);
    stacks.push(depth === 0 ? stack : `caused by: ${stack}`);
    if (at instanceof AggregateError) {
      stacks.push(...at.errors.slice(0, CAUSES_MAX).map((one) => `one of: ${messageOf(one)}`));
    }
    at = at instanceof Error ? at.cause : undefined;
  }
  return stacks;
}
