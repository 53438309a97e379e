/** A part, filled up in as many tries as it takes. */

import { SmarteyeError } from "../../core/errors.ts";
import { logger } from "../../core/log.ts";
import type { Rng } from "../../core/rng.ts";
import type { Manifest } from "../manifest.ts";
import { type DownloadDeps, Interrupted } from "./call.ts";
import { download } from "./download.ts";
import type { PartFile } from "./part_file.ts";

const log = logger("models");

/** Tries one after another that bring next to nothing. */
const FRUITLESS_MAX = 5;
/** A try that brings as much as this was worth it. */
const FRUIT_BYTES = 64 * 1024;
/** Milliseconds before the second try; doubled before each further one. */
const BACKOFF_MS = 1000;
/** Bytes of weights whose manifest does not say how many they are. */
const BYTES_MAX = 4 * 1024 ** 3;

/** How far a pull is. */
export interface PullProgress {
  /** Bytes that are here. */
  readonly bytes: number;
  /** Bytes of the whole file, where known. */
  readonly total: number | undefined;
}

/** What a pull takes from outside. */
export interface PullDeps extends DownloadDeps {
  /** Spreads the tries of many. */
  readonly rng: Rng;
  /** Called at every piece that comes. */
  readonly progress?: (progress: PullProgress) => void;
}

/** Downloads what is missing, in as many tries as it takes. @throws {Interrupted} after too many. */
export async function fill(
  part: PartFile,
  url: string,
  manifest: Manifest,
  deps: PullDeps,
): Promise<void> {
  for (let fruitless = 0;;) {
    const before = part.length;
    try {
      return await transfer(part, url, manifest, deps);
    } catch (error) {
      if (!(error instanceof Interrupted) || deps.drain.aborted) throw error;
      fruitless = part.length - before >= FRUIT_BYTES ? 1 : fruitless + 1;
      if (fruitless >= FRUITLESS_MAX) throw error;
      const waitMs = BACKOFF_MS * 2 ** (fruitless - 1) * (0.5 + deps.rng() / 2);
      log.warn("{name}: {problem}; tries again in {seconds} s", {
        name: manifest.name,
        problem: error.message,
        seconds: (waitMs / 1000).toFixed(1),
      });
      await deps.clock.sleep(waitMs, deps.drain);
      if (deps.drain.aborted) throw error;
    }
  }
}

/** One try. */
async function transfer(part: PartFile, url: string, manifest: Manifest, deps: PullDeps) {
  const { bytes: wanted } = manifest;
  const most = wanted ?? BYTES_MAX;
  if (part.length === wanted) return;
  let answer = await download(url, part.length, part.validator, deps);
  if (answer.kind === "restart") {
    await part.restart(undefined);
    answer = await download(url, 0, undefined, deps);
  }
  if (answer.kind !== "bytes") return;
  const { total, chunks } = answer;
  if (total !== undefined && (total > most || total !== (wanted ?? total))) {
    answer.hangUp();
    await part.discard();
    throw unfit(url, manifest, `it has ${total} bytes, ${wanted ?? `at most ${most}`} are wanted`);
  }
  if (answer.offset === 0) await part.restart(answer.validator);
  for await (const chunk of chunks) {
    if (part.length + chunk.length > most) {
      await part.discard();
      throw unfit(url, manifest, `it has more bytes than ${most}`);
    }
    await part.append(chunk);
    deps.progress?.({ bytes: part.length, total: total ?? wanted });
  }
  const expected = total ?? wanted;
  if (expected !== undefined && part.length < expected) {
    throw new Interrupted(`the connection ended after ${part.length} of ${expected} bytes`);
  }
}

/** What is published is not what the manifest says. */
export function unfit(url: string, { name }: Manifest, why: string): SmarteyeError {
  return new SmarteyeError(
    "failed_precondition",
    `Cannot use what ${url} holds as the weights of "${name}": ${why}; nothing was kept`,
  );
}
