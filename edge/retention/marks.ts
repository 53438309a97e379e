/** By what the directory of a run is known that nobody writes any more. */

import { join } from "node:path";

/** Bytes of a file that tell whose it is. */
const HEAD_BYTES = 4096;

/** How the files begin that each run has at least one of: see `edge/record.ts` and `edge/statistics.ts`. */
const HEADS: readonly (readonly [name: string, head: RegExp])[] = [
  ["summary.json", /^\{\s*"source":\s*"[^]*"input":\s*"[^]*"policy":\s*"/],
  ["results.jsonl", /^\{"(frame":\d+,"source":"|event":"[a-z]+",)/],
  ["events.jsonl", /^\{"event":"[a-z]+",/],
];

/** Whether one of the files is there and begins as a run's does. A name alone proves nothing. */
export function isMarked(directory: string, files: ReadonlySet<string>): boolean {
  return HEADS.some(([name, head]) => files.has(name) && head.test(headOf(join(directory, name))));
}

function headOf(path: string): string {
  try {
    using file = Deno.openSync(path);
    const bytes = new Uint8Array(HEAD_BYTES);
    return new TextDecoder().decode(bytes.subarray(0, file.readSync(bytes) ?? 0));
  } catch {
    return ""; // what cannot be read is none of ours
  }
}
