/** The operating point that meets a target on each of several profiles, and the one that does on all. */

import { pointName } from "../profile/profile.ts";
import type { ProfileHead } from "../profile/profile.ts";
import type { MeasuredPoint, TuneSetting } from "./measured_point.ts";
import { paretoFront } from "./pareto.ts";
import { chosen, keepsUp, nearest, type Targets } from "./targets.ts";

/** A profile whose points were measured. */
export interface MeasuredProfile {
  /** What it was made of. */
  readonly head: Pick<ProfileHead, "name" | "fps" | "every" | "height" | "scoreThreshold">;
  /** Its points. */
  readonly points: readonly MeasuredPoint[];
}

/** What a choice is made from, and which one it is. */
export interface Choice {
  /** The profile's name; of several, `all`. */
  readonly name: string;
  /** All points; of several profiles, those that each of them has. */
  readonly points: readonly MeasuredPoint[];
  /** Those that keep up and that nothing is better than in F1, bytes and 95th percentile of latency. */
  readonly front: readonly MeasuredPoint[];
  /** Points that something is better than. */
  readonly dominated: number;
  /** Points that do not keep up with the camera. */
  readonly behind: number;
  /** Meets all targets; `undefined` when none does. */
  readonly chosen: MeasuredPoint | undefined;
  /** Comes nearest to them; the chosen one, where there is one. */
  readonly nearest: MeasuredPoint | undefined;
}

/** What came of tuning. */
export interface Tuning {
  /** What was asked for. */
  readonly targets: Targets;
  /** Each profile by itself. */
  readonly each: readonly Choice[];
  /** What holds for all: of one profile, the same. */
  readonly all: Choice;
}

/** What was tuned, on what, and what came of it. */
export interface Tuned {
  /** Their points were measured. */
  readonly profiles: readonly MeasuredProfile[];
  /** Names of the networks that they were measured on; none where there were none. */
  readonly networks: readonly string[];
  /** What they were measured in. */
  readonly setting: Pick<TuneSetting, "seed" | "options"> & {
    /** The edge. */
    readonly edge: Omit<TuneSetting["edge"], "models">;
    /** Its cloud. */
    readonly cloud: Omit<TuneSetting["cloud"], "models">;
    /** Seconds that each video was played; absent: once. */
    readonly seconds: number | undefined;
  };
  /** What came of it. */
  readonly tuning: Tuning;
}

/** What the choice that holds for all profiles is called. */
export const ALL = "all";

/** Chooses. @param profiles at least one. */
export function tune(profiles: readonly MeasuredProfile[], targets: Targets): Tuning {
  const each = profiles.map(({ head, points }) => choiceOf(head.name, points, targets));
  const [first] = each;
  const all = each.length === 1 && first ? first : choiceOf(ALL, worstOf(profiles), targets);
  return { targets, each, all };
}

function choiceOf(name: string, points: readonly MeasuredPoint[], targets: Targets): Choice {
  const up = points.filter(keepsUp);
  const front = paretoFront(up, ({ share, bytes, p95Ms }) => [-share, bytes, p95Ms])
    .toSorted((a, b) => a.bytes - b.bytes || a.p95Ms - b.p95Ms);
  const found = chosen(points, targets);
  return {
    ...{ name, points, front, chosen: found, nearest: found ?? nearest(points, targets) },
    ...{ dominated: up.length - front.length, behind: points.length - up.length },
  };
}

/**
 * What each point that all profiles have is worth on the worst of them, in each measure by itself: what
 * meets a target here meets it on every profile.
 */
export function worstOf(profiles: readonly MeasuredProfile[]): readonly MeasuredPoint[] {
  const asked = new Map(
    profiles.flatMap(({ points }) => points).map((point) => [pointName(point), point]),
  );
  return [...asked.values()].flatMap((point) => {
    const same = profiles.map((profile) => sameIn(profile, point));
    const found = same.filter((one) => one !== undefined);
    if (found.length < profiles.length) return [];
    const least = (value: (one: MeasuredPoint) => number) => Math.min(...found.map(value));
    const most = (value: (one: MeasuredPoint) => number) => Math.max(...found.map(value));
    return [{
      ...{ model: point.model, encoding: point.encoding },
      f1: least(({ f1 }) => f1),
      share: least(({ share }) => share),
      bytes: most(({ bytes }) => bytes),
      bytesPerSec: most(({ bytesPerSec }) => bytesPerSec),
      meanMs: most(({ meanMs }) => meanMs),
      p95Ms: most(({ p95Ms }) => p95Ms),
      answered: least(({ answered }) => answered),
    }];
  });
}

/** Frames are never enlarged: any height from a video's own on is the same there. */
function sameIn(
  { head, points }: MeasuredProfile,
  { model, encoding }: MeasuredPoint,
): MeasuredPoint | undefined {
  const pixels = (height: number) => Math.min(height, head.height);
  return points.find((point) => {
    if (point.model !== model) return false;
    if (!point.encoding || !encoding) return !point.encoding && !encoding;
    return point.encoding.quality === encoding.quality &&
      pixels(point.encoding.height) === pixels(encoding.height);
  });
}
