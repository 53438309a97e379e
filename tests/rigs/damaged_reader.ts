/**
 * A process that reads damaged versions of a clip, one a seed, and says what came of each: a crash of
 * native code is then seen from outside, with the seed that it is of.
 *
 * Arguments: the clip, the first seed, the seed after the last.
 */

import { isSmarteyeError } from "../../core/errors.ts";
import { opening } from "../fakes/capture.ts";
import { damage } from "./mutations.ts";

/** What this process says: a line of JSON each. */
export type Said =
  | { readonly begins: number; readonly what: string }
  | {
    readonly ends: number;
    readonly frames: number;
    /** What it was refused with or broke off with; absent when it came to its end. */
    readonly message?: string;
    /** What is wrong with how it ended; absent when nothing is. */
    readonly wrong?: string;
    /** Bytes of memory that the process holds now, and at most held. */
    readonly rssBytes: number;
    readonly mostBytes: number;
  };

/** Pictures of which each is looked at; of the others one in so many. */
const LOOKED_AT = 5;

async function read(path: string): Promise<number> {
  const source = await opening(path);
  let frames = 0;
  try {
    for await (const picture of source.pictures(new AbortController().signal, () => {})) {
      frames++;
      if (frames % LOOKED_AT === 1) {
        const { width, height, data } = await picture.rgb();
        if (data.length !== width * height * 3) throw new Error("a picture is of another size");
      }
      picture.close();
    }
  } catch (error) {
    throw Object.assign(new Error("it broke off", { cause: error }), { frames });
  } finally {
    await source.close();
  }
  return frames;
}

/** What is wrong with an error: one of ours, in one line, about what was read, is wanted. */
function wrongWith(error: unknown): string | undefined {
  if (!isSmarteyeError(error)) return `not an error of ours: ${error}`;
  if (error.code === "internal") return `an internal error: ${error.message}`;
  if (!/^Cannot .+: .+/.test(error.message)) return `no clear message: ${error.message}`;
  return undefined;
}

function memory(): { rssBytes: number; mostBytes: number } {
  const { rss } = Deno.memoryUsage();
  try {
    const status = Deno.readTextFileSync("/proc/self/status");
    return { rssBytes: rss, mostBytes: Number(/VmHWM:\s+(\d+)/.exec(status)![1]) * 1024 };
  } catch {
    return { rssBytes: rss, mostBytes: rss };
  }
}

const say = (said: Said) => console.log(JSON.stringify(said));

if (import.meta.main) {
  const [clip, first, end] = Deno.args;
  const whole = Deno.readFileSync(clip!);
  const path = clip!.replace(/(\.\w+)$/, "_damaged$1");
  for (let seed = Number(first); seed < Number(end); seed++) {
    const { what, bytes } = damage(whole, seed);
    say({ begins: seed, what });
    Deno.writeFileSync(path, bytes);
    try {
      say({ ends: seed, frames: await read(path), ...memory() });
    } catch (error) {
      const { cause, frames } = error as { cause?: unknown; frames?: number };
      const found = frames === undefined ? error : cause;
      const wrong = wrongWith(found);
      say({
        ...{ ends: seed, frames: frames ?? 0, message: String(found) },
        ...(wrong === undefined ? {} : { wrong }),
        ...memory(),
      });
    }
  }
}
