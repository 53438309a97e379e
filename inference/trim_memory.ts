/** Memory that was freed → the system: an allocator keeps it otherwise, in pieces. */

import process from "node:process";
import { messageOf } from "../core/errors.ts";
import { logger } from "../core/log.ts";

const log = logger("models");

type Trim = (pad: bigint) => Promise<number>;

/** Looked up once; `undefined` where there is no such function. */
let trim: Trim | undefined | "unknown" = "unknown";

/**
 * Has the C library give pages back that nothing is on. glibc keeps what each thread has freed for
 * that thread, which after a model of some megabytes in every Worker is most of what they took. Does
 * nothing where the C library is another one, or may not be called.
 */
export async function trimMemory(): Promise<void> {
  if (trim === "unknown") trim = find();
  await trim?.(0n);
}

/** `malloc_trim(3)`. The call is made on a thread of its own: it waits for those who allocate. */
function find(): Trim | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const { symbols } = Deno.dlopen("libc.so.6", {
      malloc_trim: { parameters: ["usize"], result: "i32", nonblocking: true },
    });
    return symbols.malloc_trim;
  } catch (error) {
    log.debug("freed memory is kept for later: {error}", { error: messageOf(error) });
    return undefined;
  }
}
