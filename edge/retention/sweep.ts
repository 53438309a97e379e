/** One sweep: what there is, what of it goes, and off with it. For a thread that may wait for a disk. */

import { dirname, sep } from "node:path";
import { type Disk, diskOfSync, keptBytes } from "./disk.ts";
import { type Held, heldIn, type Root, type Seen } from "./inventory.ts";
import type { KeptFree, RetentionLimits } from "./options.ts";
import {
  FirstToGo,
  firstToGo,
  type Going,
  HELD_KINDS,
  type HeldKind,
  planDeletion,
  type Reason,
  REASONS,
} from "./plan.ts";
import { Removal } from "./removal.ts";

/** Files that are known at once: where more have to go, it is looked again. */
const KNOWN_MAX = 100_000;

/** Times that it is looked. */
const ROUNDS_MAX = 100;

/** More is freed than has to be, so that there is room for what comes until the next sweep: a share. */
const FREED_BESIDE = 0.1;

/** What is asked of a sweep. */
export interface SweepRequest {
  /** Where it looks. */
  readonly roots: readonly Root[];
  /** Directories that this process writes to; absolute. */
  readonly own: readonly string[];
  /** What is kept. */
  readonly limits: RetentionLimits;
  /** Room that is to stay free; absent: none has to. */
  readonly keepFree?: KeptFree | undefined;
  /** Bytes beside all files that count as well, such as those of a database. */
  readonly otherBytes: number;
  /** Now, milliseconds since the Unix epoch. */
  readonly nowMs: number;
  /** When this process began, by the clock as it is now. */
  readonly startedMs: number;
  /** Nothing is taken away: it is only told. */
  readonly isDry: boolean;
  /** Files that are known at once; absent: as many as suit memory. */
  readonly knownMax?: number;
}

/** Files and their bytes. */
export interface Amount {
  /** How many. */
  files: number;
  /** Their bytes. */
  bytes: number;
}

/** What a sweep came to. */
export interface Swept {
  /** What is there afterwards, or would be. */
  readonly held: Amount;
  /** What was there before, by what it is, and the time of the oldest. */
  readonly found: Readonly<Record<HeldKind, Amount & { oldestMs: number | null }>>;
  /** What went, or would, by why. */
  readonly gone: Readonly<Record<Reason, Amount>>;
  /** The same by what it was. */
  readonly goneKinds: Readonly<Record<HeldKind, Amount>>;
  /** What went out of directories that this process writes to, by their path. */
  readonly goneOfOwn: Readonly<Record<string, Amount>>;
  /** Files that were to go and could not. */
  readonly kept: number;
  /** Why, of one of them where it is known. */
  readonly why: string | null;
  /** Files and directories of others, what could not be looked into, files from the future. */
  readonly seen: Readonly<Seen>;
  /** The least room that a disk has, bytes; `null` where that cannot be told. */
  readonly freeBytes: number | null;
  /** Rows older than that go, too, milliseconds since the Unix epoch: what went for its size or room was. */
  readonly goneUpToMs: number | null;
  /** Bytes that there are too many all the same, but for what came just now. */
  readonly excessBytes: number;
}

/** Looks, and takes away. */
export function sweep(request: SweepRequest): Swept {
  let swept = sweepOnce(request);
  let all = swept;
  for (let n = 1; swept.isPartial && swept.removed > 0 && n < ROUNDS_MAX; n++) {
    swept = sweepOnce(request);
    all = bothOf(all, swept);
  }
  const { isPartial: _, removed: __, ...told } = all;
  return told;
}

type Once = Swept & { readonly isPartial: boolean; readonly removed: number };

function sweepOnce(request: SweepRequest): Once {
  const { limits, nowMs, otherBytes, isDry, keepFree, knownMax = KNOWN_MAX } = request;
  const seen: Seen = { foreign: 0, future: 0, refused: 0 };
  const found = amounts(
    HELD_KINDS,
    () => ({ files: 0, bytes: 0, oldestMs: null as number | null }),
  );
  const first = new FirstToGo(firstToGo(limits, nowMs), knownMax);
  const disks = new Disks();
  const held: Amount = { files: 0, bytes: 0 };
  let freshBytes = 0;
  for (const { device, isOver, isFresh, ...one } of heldOf(request, seen)) {
    add(held, one.bytes);
    const kind = found[one.kind];
    add(kind, one.bytes);
    kind.oldestMs = Math.min(kind.oldestMs ?? one.atMs, one.atMs);
    if (isOver && isFresh) freshBytes += one.bytes;
    else if (isOver) first.add({ ...one, disk: disks.of(device, one.path) });
  }
  const candidates = first.taken();
  const plan = planDeletion(
    {
      candidates,
      bytes: held.bytes + otherBytes,
      shortBytes: disks.all.map((disk) => shortOf(disk, keepFree)),
    },
    limits,
    nowMs,
  );
  const took = take(plan.going, request, held);
  const free = request.roots.flatMap(({ directory }) => diskOfSync(directory)?.freeBytes ?? []);
  return {
    ...{ held, found, seen, ...took },
    excessBytes: Math.max(0, plan.excessBytes - freshBytes),
    freeBytes: free.length === 0 ? null : Math.min(...free),
    isPartial: first.isPartial && !isDry && plan.going.length === candidates.length,
  };
}

/** All that is there of ours, each once: roots may lie in each other. */
function* heldOf(request: SweepRequest, seen: Seen): Generator<Held> {
  const around = { ...request, own: new Set(request.own) };
  const runs = request.roots.filter(({ kind }) => kind === "runs");
  for (const root of request.roots) {
    const isIn = root.kind === "run" &&
      runs.some(({ directory }) =>
        dirname(root.directory) === directory || dirname(dirname(root.directory)) === directory
      );
    if (!isIn) yield* heldIn(root, around, seen);
  }
}

/** Takes away what goes; `held` is then what is left. */
function take(going: readonly Going[], { roots, own, isDry }: SweepRequest, held: Amount) {
  using removal = new Removal(roots, new Set(own));
  const gone = amounts(REASONS, () => ({ files: 0, bytes: 0 }));
  const goneKinds = amounts(HELD_KINDS, () => ({ files: 0, bytes: 0 }));
  const goneOfOwn: Record<string, Amount> = {};
  let [kept, removed] = [0, 0];
  let goneUpToMs: number | null = null;
  for (const { path, bytes, why, kind, atMs } of going) {
    const became = isDry ? "removed" : removal.remove(path);
    if (became === "kept") {
      kept++;
      continue;
    }
    add(held, -bytes, -1);
    removed++;
    if (why !== "age" && kind !== "events") goneUpToMs = Math.max(goneUpToMs ?? atMs, atMs);
    if (became === "gone") continue;
    add(gone[why], bytes);
    add(goneKinds[kind], bytes);
    const of = own.find((directory) => path.startsWith(directory + sep));
    if (of !== undefined) add(goneOfOwn[of] ??= { files: 0, bytes: 0 }, bytes);
  }
  const why = removal.why ?? null;
  return { gone, goneKinds, goneOfOwn, kept, why, removed, goneUpToMs };
}

/** Disks by their device. */
class Disks {
  readonly #numbers = new Map<number, number>();
  /** By number. */
  readonly all: Disk[] = [];

  /** The number of the disk that a file is on. */
  of(device: number, path: string): number {
    const known = this.#numbers.get(device);
    if (known !== undefined) return known;
    const number = this.all.length;
    this.all.push(diskOfSync(dirname(path)) ?? { freeBytes: Infinity, bytes: 0 });
    this.#numbers.set(device, number);
    return number;
  }
}

function shortOf(disk: Disk, keepFree: KeptFree | undefined): number {
  const kept = keptBytes(keepFree, disk);
  return disk.freeBytes < kept ? kept * (1 + FREED_BESIDE) - disk.freeBytes : 0;
}

function amounts<const K extends string, A extends Amount>(
  keys: readonly K[],
  none: () => A,
): Record<K, A> {
  return Object.fromEntries(keys.map((key) => [key, none()])) as Record<K, A>;
}

function add(amount: Amount, bytes: number, files = 1): void {
  amount.files += files;
  amount.bytes += bytes;
}

/** Two looks at the same: what went in both, and what is left after the second. */
function bothOf(one: Once, other: Once): Once {
  const sum = <K extends string>(
    a: Readonly<Record<K, Amount>>,
    b: Readonly<Record<K, Amount>>,
  ): Record<K, Amount> => {
    const both = structuredClone(a) as Record<K, Amount>;
    for (const [key, { files, bytes }] of Object.entries<Amount>(b)) {
      add(both[key as K] ??= { files: 0, bytes: 0 }, bytes, files);
    }
    return both;
  };
  const [a, b] = [one.goneUpToMs, other.goneUpToMs];
  return {
    ...other,
    found: one.found,
    gone: sum(one.gone, other.gone),
    goneKinds: sum(one.goneKinds, other.goneKinds),
    goneOfOwn: sum(one.goneOfOwn, other.goneOfOwn),
    goneUpToMs: a === null || b === null ? a ?? b : Math.max(a, b),
  };
}
