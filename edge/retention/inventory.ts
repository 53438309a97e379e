/** Looks through directories for what runs and sinks wrote. What is not theirs is counted, and nothing more. */

import { join } from "node:path";
import { isReportSync } from "../report_page.ts";
import {
  EVENT_FILES,
  isFolderFile,
  isRunFolder,
  LOCK_FILE,
  type RunFile,
  runFileOf,
} from "../run_files.ts";
import { isMarked } from "./marks.ts";
import type { Candidate, HeldKind } from "./plan.ts";

/** Where something may be. */
export type Root =
  /** A directory in which runs make theirs. */
  | { readonly kind: "runs"; readonly directory: string }
  /** The directory of one run. */
  | { readonly kind: "run"; readonly directory: string }
  /** A directory with files of a sink, of which each form names those of one source. */
  | { readonly kind: "files"; readonly directory: string; readonly forms: readonly RegExp[] };

/** What is known before anything is looked at. */
export interface Around {
  /** Directories that this process writes to; absolute. */
  readonly own: ReadonlySet<string>;
  /** Now, milliseconds since the Unix epoch. */
  readonly nowMs: number;
  /** When this process began by the same clock: what it writes is no older, whatever its time says. */
  readonly startedMs: number;
}

/** What became of the files that were seen, beside those that are theirs. */
export interface Seen {
  /** Files and directories that are not ours. */
  foreign: number;
  /** Files with a time that is still to come. */
  future: number;
  /** Directories that could not be looked into. */
  refused: number;
  /** Why not, of one of them. */
  why?: string;
}

/** A file of ours. */
export interface Held extends Omit<Candidate, "disk"> {
  /** It is not written any more. */
  readonly isOver: boolean;
  /** It came just now, and may go the next time. */
  readonly isFresh: boolean;
  /** The file system it is on, as `stat` tells it. */
  readonly device: number;
}

/** How a run's directory is written to: by this process, by another one, or not any more. */
type Life = "own" | "other" | "ended";

/** What is younger may be under way, milliseconds. */
const FRESH_MS = 3000;

/** Clocks of a disk and of its machine may differ by so much, milliseconds. */
const AHEAD_MS = 60_000;

const KINDS: Readonly<Record<RunFile, HeldKind>> = {
  frame: "pictures",
  line_part: "lines",
  event_part: "events",
  video: "video",
  lines: "lines",
  event_lines: "events",
  summary: "lines",
  database: "other",
  other: "other",
  unfinished: "other",
};

/** Files that tell whose the others are: they go when all else has. */
const MARKS: ReadonlySet<RunFile> = new Set(["lines", "event_lines", "summary"]);

/** All that is there of ours. One that vanishes meanwhile is not there. */
export function* heldIn(root: Root, around: Around, seen: Seen): Generator<Held> {
  switch (root.kind) {
    case "run":
      return yield* inRun(root.directory, around, seen);
    case "files":
      return yield* filesOf(root, around, seen);
    case "runs": {
      for (const { name, isDirectory } of entriesOf(root.directory, seen)) {
        const path = join(root.directory, name);
        if (!isDirectory) seen.foreign++;
        else yield* inRun(path, around, seen, true);
      }
      return;
    }
    default:
      return root satisfies never;
  }
}

/** Whether runs write, or wrote, into a directory itself. */
export function isRunDirectory(directory: string): boolean {
  const entries = entriesOf(directory, { foreign: 0, future: 0, refused: 0 });
  return lifeOf(directory, entries, new Set()) !== undefined;
}

/** A run's directory, or one in which several sources of a run have theirs. */
function* inRun(
  directory: string,
  around: Around,
  seen: Seen,
  hasOthers = false,
): Generator<Held> {
  const entries = entriesOf(directory, seen);
  const life = lifeOf(directory, entries, around.own);
  if (life !== undefined) yield* filesOfRun(directory, entries, { life, around, seen });
  let runs = 0;
  for (const { name, isDirectory } of hasOthers ? entries : []) {
    if (!isDirectory || isRunFolder(name)) continue;
    const inside = entriesOf(join(directory, name), seen);
    const life = lifeOf(join(directory, name), inside, around.own);
    if (life === undefined) continue;
    runs++;
    yield* filesOfRun(join(directory, name), inside, { life, around, seen });
  }
  // What all sources of a run share lies beside their directories.
  if (life === undefined && runs > 0) {
    const shared = entries.filter(({ name }) => runFileOf(name) === "database");
    yield* filesOfRun(directory, shared, { life: "ended", around, seen });
  } else if (life === undefined && hasOthers) seen.foreign++;
}

/** Whether a run writes there; `undefined` where none ever did. */
function lifeOf(
  directory: string,
  entries: readonly Deno.DirEntry[],
  own: ReadonlySet<string>,
): Life | undefined {
  if (own.has(directory)) return "own";
  const files = new Set(entries.filter(({ isFile }) => isFile).map(({ name }) => name));
  if (files.has(LOCK_FILE)) return isLocked(join(directory, LOCK_FILE)) ? "other" : "ended";
  return isMarked(directory, files) ? "ended" : undefined;
}

/** Whether a living process has the lock. One that cannot be told counts as held. */
function isLocked(path: string): boolean {
  try {
    using file = Deno.openSync(path, { write: true });
    return !file.tryLockSync(true);
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}

interface OfRun {
  readonly life: Life;
  readonly around: Around;
  readonly seen: Seen;
}

function* filesOfRun(
  directory: string,
  entries: readonly Deno.DirEntry[],
  { life, around, seen }: OfRun,
): Generator<Held> {
  const last: { readonly held: Held; readonly file: RunFile }[] = [];
  const newest = { all: 0, plain: 0 };
  let hasEvents = false;
  const isOwn = life === "own";
  const openVideo = openOf(directory, entries, (name) => runFileOf(name) === "video");
  for (const { name, isFile, isDirectory } of entries) {
    if (name === LOCK_FILE || isDirectory) continue;
    const file = isFile ? runFileOf(name) ?? reportOf(directory, name) : undefined;
    if (file === undefined) {
      seen.foreign++;
      continue;
    }
    if (isOwn && file === "database") continue; // which who writes it counts
    const isOver = life === "ended" ||
      (isOwn && (file === "frame" || file === "line_part" || file === "event_part" ||
        (file === "video" && name !== openVideo)));
    const held = heldOf(join(directory, name), KINDS[file], { isOver, isOwn, around, seen });
    if (!held) continue;
    if (held.kind === "events") hasEvents = true;
    else newest.plain = Math.max(newest.plain, held.atMs);
    newest.all = Math.max(newest.all, held.atMs);
    if (MARKS.has(file)) last.push({ held, file });
    else yield held;
  }
  for (const { name: folder, isDirectory } of entries) {
    if (!isDirectory || !isRunFolder(folder)) continue;
    const inside = join(directory, folder);
    for (const { name, isFile } of entriesOf(inside, seen)) {
      if (!isFile || !isFolderFile(folder, name)) {
        seen.foreign++;
        continue;
      }
      const isOver = life !== "other";
      const kind = folder === EVENT_FILES ? "events" : "pictures";
      const held = heldOf(join(inside, name), kind, { isOver, isOwn, around, seen });
      if (!held) continue;
      if (kind === "events") hasEvents = true;
      else newest.plain = Math.max(newest.plain, held.atMs);
      newest.all = Math.max(newest.all, held.atMs);
      yield held;
    }
  }
  for (const { held, file } of last) {
    const atMs = Math.max(held.atMs, file === "lines" ? newest.plain : newest.all);
    const kind = file === "summary" && hasEvents ? "events" : held.kind;
    yield { ...held, atMs, kind, isLast: true };
  }
}

function* filesOf(
  { directory, forms }: Extract<Root, { kind: "files" }>,
  around: Around,
  seen: Seen,
): Generator<Held> {
  const entries = entriesOf(directory, seen);
  const open = new Set(forms.map((form) => openOf(directory, entries, (name) => form.test(name))));
  for (const { name, isFile } of entries) {
    if (!isFile || !forms.some((form) => form.test(name))) continue;
    const isOver = !open.has(name);
    const kind = /\.jpe?g$/i.test(name) ? "pictures" : "video";
    const held = heldOf(join(directory, name), kind, { isOver, isOwn: false, around, seen });
    if (held) yield held;
  }
}

function heldOf(
  path: string,
  kind: HeldKind,
  { isOver, isOwn, around: { nowMs, startedMs }, seen }: {
    readonly isOver: boolean;
    readonly isOwn: boolean;
    readonly around: Around;
    readonly seen: Seen;
  },
): Held | undefined {
  const stat = statOf(path);
  if (!stat?.isFile) return undefined;
  const writtenMs = stat.mtime?.getTime() ?? 0;
  const isAhead = writtenMs > nowMs + AHEAD_MS;
  if (isAhead) seen.future++;
  // What is there was written before now: by a clock that was wrong, most likely before this process.
  const knownMs = isAhead ? startedMs : writtenMs;
  const atMs = isOwn ? Math.max(knownMs, startedMs) : knownMs;
  const isFresh = Math.abs(nowMs - writtenMs) < FRESH_MS;
  return { path, kind, bytes: stat.size, atMs, isLast: false, isOver, isFresh, device: stat.dev };
}

/** The file of video that may be open: the one that was written last. Pictures are whole at once. */
function openOf(
  directory: string,
  entries: readonly Deno.DirEntry[],
  isMeant: (name: string) => boolean,
): string | undefined {
  let open: { readonly name: string; readonly writtenMs: number } | undefined;
  for (const { name, isFile } of entries) {
    if (!isFile || !name.endsWith(".mp4") || !isMeant(name)) continue;
    const writtenMs = statOf(join(directory, name))?.mtime?.getTime() ?? 0;
    const isLater = !open || writtenMs > open.writtenMs ||
      (writtenMs === open.writtenMs && name > open.name);
    if (isLater) open = { name, writtenMs };
  }
  return open?.name;
}

function reportOf(directory: string, name: string): RunFile | undefined {
  if (!/^report\.html(\.part)?$/.test(name)) return undefined;
  try {
    return isReportSync(join(directory, name)) ? "other" : undefined;
  } catch {
    return undefined;
  }
}

function statOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch {
    return undefined; // it has just gone
  }
}

/** Deno reads a directory as a whole, whichever way it is asked: this is no thread that others need. */
function entriesOf(directory: string, seen: Seen): readonly Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(directory)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    seen.refused++;
    seen.why ??= error instanceof Error ? error.message : String(error);
    return [];
  }
}
