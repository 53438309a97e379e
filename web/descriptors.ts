/** How many connections fit a process: each is a descriptor, of which the system gives so many. */

import { messageOf } from "../core/errors.ts";

/** Descriptors that a process needs beside its connections: files, models, channels to others. */
const OTHERS = 128;

/**
 * Descriptors that this process may still have, `upTo` where there are as many. Found by taking them: the
 * limit itself is told only to a process that may read everything.
 */
export function descriptorsLeft(upTo: number): number {
  const taken: Deno.FsFile[] = [];
  try {
    while (taken.length < upTo) taken.push(Deno.openSync("/dev/null"));
    return upTo;
  } catch (error) {
    // Without leave to look, and on Windows, they are taken to be enough.
    return isShortOfDescriptors(error) ? taken.length : upTo;
  } finally {
    for (const file of taken) file.close();
  }
}

/**
 * Connections that may be open at once: those that are wanted, or as many as leave 128 descriptors, or half
 * of them where there are few, to the rest of the process. Without, whoever opens connections keeps the
 * process from calling anybody itself.
 */
export function connectionsThatFit(wanted: number, left = descriptorsLeft): number {
  const descriptors = left(wanted + OTHERS);
  return Math.max(1, Math.min(wanted, descriptors - Math.min(OTHERS, Math.ceil(descriptors / 2))));
}

/** Whether an error says that there are none left. */
export function isShortOfDescriptors(error: unknown): boolean {
  return /EMFILE|ENFILE|os error 2[34]\b|too many open files/i.test(messageOf(error));
}
