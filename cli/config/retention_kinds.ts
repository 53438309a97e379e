/** Kinds of values of `[retention]`: spans of time, bytes of a disk, room on it. */

import { z } from "zod";
import { readNumber } from "../../core/number.ts";
import type { KeptFree } from "../../edge/retention/options.ts";
import type { Kind } from "./kinds.ts";

const SPAN_MS: Readonly<Record<string, number>> = { s: 1e3, m: 60e3, h: 3600e3, d: 86_400e3 };

/** How long: `30m`, `36h`, `30d`. In milliseconds. */
export function timeSpan(): Kind<number> {
  return z.string().refine((text) => spanOf(text) !== undefined)
    .transform((text) => spanOf(text)!)
    .describe("how long, such as 90s, 30m, 36h or 30d");
}

function spanOf(text: string): number | undefined {
  const [, digits = "", unit = ""] = /^([\d.]+)([smhd])$/.exec(text) ?? [];
  const value = readNumber(digits, { min: 0, max: 1e6, isAboveMin: true });
  return value === undefined ? undefined : value * SPAN_MS[unit]!;
}

const BYTES: Readonly<Record<string, number>> = { "": 1, m: 1e6, g: 1e9, t: 1e12 };

/** Bytes of a disk, with `M`, `G` or `T` for millions and more of them: `20G`. */
export function diskBytes(): Kind<number> {
  return z.string().refine((text) => bytesOf(text) !== undefined)
    .transform((text) => bytesOf(text)!)
    .describe("how many bytes, such as 500M, 20G or 1.5T (M = 1000000, G = 1000 M, T = 1000 G)");
}

/** Room that is kept free on a disk. */
export function keptFree(): Kind<KeptFree | undefined> {
  const none = z.literal("none").transform(() => undefined);
  const share = z.string().refine((text) => percentOf(text) !== undefined)
    .transform((text) => ({ share: percentOf(text)! / 100 }));
  const bytes = diskBytes().transform((bytes) => ({ bytes }));
  return z.union([z.literal("auto"), none, share, bytes])
    .describe("auto, none, bytes such as 500M or 20G, or a share of the disk such as 5%");
}

function percentOf(text: string): number | undefined {
  const [, digits = ""] = /^([\d.]+)%$/.exec(text) ?? [];
  return readNumber(digits, { min: 0, max: 90, isAboveMin: true });
}

function bytesOf(text: string): number | undefined {
  const [, digits = "", unit = ""] = /^([\d.]+)([MGT]?)$/i.exec(text) ?? [];
  const value = readNumber(digits, { min: 0, max: 1e12, isAboveMin: true });
  return value === undefined ? undefined : value * BYTES[unit.toLowerCase()]!;
}
