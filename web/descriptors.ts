/** How many connections fit a process: each is a descriptor, of which the system gives so many. */

/** Descriptors that a process needs beside its connections: files, models, channels to others. */
const OTHERS = 128;

/** Descriptors that this process may have; `undefined` where that cannot be seen. */
export function descriptorsMax(): number | undefined {
  try {
    const limits = Deno.readTextFileSync("/proc/self/limits");
    const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined; // not on Linux, or without leave to look
  }
}

/**
 * Connections that may be open at once: those that are wanted, or as many as leave 128 descriptors, or half
 * of them where there are few, to the rest of the process. Without, whoever opens connections keeps the process from
 * calling anybody itself.
 */
export function connectionsThatFit(
  wanted: number,
  descriptors: number | undefined = descriptorsMax(),
): number {
  if (descriptors === undefined) return wanted;
  return Math.max(1, Math.min(wanted, descriptors - Math.min(OTHERS, Math.ceil(descriptors / 2))));
}
