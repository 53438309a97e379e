/** What a sweep came to, for people and for programs. */

import { localTime } from "../../core/time_name.ts";
import { HELD_KINDS, REASONS } from "../../edge/retention/plan.ts";
import type { Swept } from "../../edge/retention/sweep.ts";
import { byteSize, table } from "../table.ts";

const COLUMNS = [
  ["what", "left"],
  ["files", "right"],
  ["bytes", "right"],
  ["oldest", "left"],
  ["to go", "right"],
  ["bytes", "right"],
] as const;

/** Why, in words. */
const WHY = { age: "they are too old", size: "there is too much", free: "the disk is full" };

/** A table of what there is and what goes, and why. */
export function sweepText(swept: Swept, isDry: boolean): string {
  const { found, gone, goneKinds, held, seen: { foreign }, freeBytes } = swept;
  const kinds = HELD_KINDS.filter((kind) => found[kind].files > 0);
  if (kinds.length === 0) return "nothing of a run is there";
  const rows = kinds.map((kind) => {
    const { files, bytes, oldestMs } = found[kind];
    const oldest = oldestMs === null ? "" : localTime(new Date(oldestMs));
    const going = goneKinds[kind];
    const goes = going.files === 0 ? ["", ""] : [going.files, byteSize(going.bytes)];
    return [kind, files, byteSize(bytes), oldest, ...goes];
  });
  const reasons = REASONS.filter((why) => gone[why].files > 0).map((why) =>
    `${gone[why].files} files, ${byteSize(gone[why].bytes)}, ${isDry ? "would go" : "went"}: ${
      WHY[why]
    }`
  );
  return [
    table(COLUMNS, rows),
    ...(reasons.length > 0 ? reasons : ["nothing is to go"]),
    `${held.files} files, ${byteSize(held.bytes)}, ${isDry ? "would be" : "are"} left` +
    (foreign > 0 ? `; ${foreign} of others are not touched` : "") +
    (freeBytes === null ? "" : `; ${byteSize(freeBytes)} are free`),
  ].join("\n");
}

/** The same as an object for JSON. */
export function plainSweep(swept: Swept, isDry: boolean): Record<string, unknown> {
  const { found, gone, goneKinds, held, seen, kept, freeBytes } = swept;
  const plain = Object.fromEntries(HELD_KINDS.map((kind) => {
    const { files, bytes, oldestMs } = found[kind];
    const oldest = oldestMs === null ? null : new Date(oldestMs).toISOString();
    return [kind, { files, bytes, oldest, gone: goneKinds[kind] }];
  }));
  return {
    dry: isDry,
    kinds: plain,
    ...{ gone, left: held, not_deleted: kept, foreign: seen.foreign, free_bytes: freeBytes },
  };
}
