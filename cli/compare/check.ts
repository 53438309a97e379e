/** Looks at all that a comparison needs before anything starts: what is wrong is told at once. */

import { resolve as absolute } from "node:path";
import type { Detection } from "../../core/detection.ts";
import { isSmarteyeError, messageOf, SmarteyeError } from "../../core/errors.ts";
import type { Size } from "../../core/frame.ts";
import type { RoleDeps } from "../../core/role.ts";
import { CAPTURE_DEFAULTS, openSource } from "../../edge/capture/open_source.ts";
import type { FrameSource } from "../../edge/capture/source.ts";
import { sourceKind } from "../../edge/capture/source_name.ts";
import type { Contestant } from "../../lab/live/comparison.ts";
import { type Network, openNetwork } from "../../lab/network/network.ts";
import type { TruthSource } from "../../lab/profile/profile.ts";
import { readTruth } from "../../lab/profile/truth.ts";
import { LoadedPolicies } from "../../lab/study/load_policies.ts";
import { rankedAccuracy } from "../../models/accuracy.ts";
import { Catalogue } from "../../models/catalogue.ts";
import { requireKnown } from "../../models/require_known.ts";
import { givenParameters } from "../../policies/given_parameters.ts";
import { mostAccurateModel } from "../../policies/offload/rank.ts";
import { CONTESTANTS_MAX, contestantsOf } from "./contestants.ts";
import type { CompareOptions } from "./options.ts";

/** What was found to be there. */
export interface Checked {
  /** Who is compared. */
  readonly contestants: readonly Contestant[];
  /** Models that are here. */
  readonly catalogue: Catalogue;
  /** What the link is to be like, if it is emulated. */
  readonly network: Network | undefined;
  /** What is taken for true. */
  readonly truth: TruthSource;
  /** What is in each frame, by its number from 1 on, where labels say so. */
  readonly labels: ReadonlyMap<number, readonly Detection[]> | undefined;
  /** What the video says of itself. */
  readonly video: Size & { readonly fps: number | undefined; readonly seconds: number | undefined };
}

/**
 * Looks at everything.
 *
 * @throws {SmarteyeError} `invalid_argument` with all that is wrong, a line each.
 */
export async function check(options: CompareOptions, deps: RoleDeps): Promise<Checked> {
  const problems: string[] = [];
  /** What `look` finds; what it throws is a problem. */
  const looked = async <T>(where: string, look: () => Promise<T> | T): Promise<T | undefined> => {
    try {
      return await look();
    } catch (error) {
      if (!isSmarteyeError(error) || deps.drain.aborted) throw error;
      problems.push(`${where}: ${error.message}`);
      return undefined;
    }
  };
  const contestants = contestantsOf(options.policies, options.models);
  if (contestants.length > CONTESTANTS_MAX) {
    problems.push(
      `--policy, --model: found ${contestants.length} to compare, at most ${CONTESTANTS_MAX} are wanted`,
    );
  }
  const video = await looked("--file", () => lookAtVideo(options, deps));
  await checkPolicies(options, looked);
  const catalogue = await looked(
    "[models] directory",
    () => Catalogue.open(options.modelDirectory),
  );
  if (catalogue) {
    for (const model of new Set(options.models)) {
      // A cloud of the user's own may have a model that is not here.
      if (options.forwarder && !catalogue.find(model)) continue;
      await looked("--model", () => requireHere(catalogue, model));
    }
  }
  const truth = catalogue && await looked("--truth", () => truthOf(options, catalogue));
  const labels = await looked(
    "--truth",
    () => truth?.kind === "labels" ? readTruth(truth.file) : undefined,
  );
  const network = await looked("--network", () => networkOf(options));
  await looked("--out", () => checkIsFree(options.out));
  if (problems.length > 0) throw problemsFound(problems);
  return { contestants, catalogue: catalogue!, network, truth: truth!, labels, video: video! };
}

type Looked = <T>(where: string, look: () => Promise<T> | T) => Promise<T | undefined>;

function problemsFound(problems: readonly string[]): SmarteyeError {
  const message = problems.length === 1
    ? `Cannot compare: ${problems[0]}`
    : [`Cannot compare: ${problems.length} problems`, ...problems].join("\n  ");
  return new SmarteyeError("invalid_argument", message);
}

/** Opens the video of a comparison. @throws {SmarteyeError} when it cannot be read, or has no end. */
export async function openVideo(
  { video, pixelsMax }: Pick<CompareOptions, "video" | "pixelsMax">,
  deps: RoleDeps,
): Promise<FrameSource> {
  const refuse = (found: string) =>
    new SmarteyeError("invalid_argument", `Cannot play "${video}": ${found}, a video is wanted`);
  const kind = sourceKind(video);
  if (kind === "stdin") throw refuse("stdin can be read only once");
  if (kind === "camera") throw refuse("a camera has no end");
  const source = await openSource({ ...CAPTURE_DEFAULTS, source: video, pixelsMax }, deps);
  if (!source.live) return source;
  await source.close();
  throw refuse("it has no end");
}

/** Reads its first frame. */
async function lookAtVideo(options: CompareOptions, deps: RoleDeps): Promise<Checked["video"]> {
  const source = await openVideo(options, deps);
  const done = new AbortController();
  try {
    for await (const picture of source.pictures(AbortSignal.any([deps.drain, done.signal]))) {
      const { width, height, unreadable } = picture;
      picture.close();
      if (unreadable) throw unreadable;
      const { fps, frameCount } = source;
      const seconds = fps && frameCount ? frameCount / fps : undefined;
      return { width, height, fps, seconds };
    }
  } finally {
    done.abort();
    await source.close();
  }
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot play "${options.video}": there is no frame in it, a video is wanted`,
  );
}

async function checkPolicies(
  { policies, parameters }: CompareOptions,
  looked: Looked,
): Promise<void> {
  const loaded = new LoadedPolicies();
  try {
    for (const policy of new Set(policies)) {
      await looked("--policy", async () => givenParameters(await loaded.get(policy), parameters));
    }
  } finally {
    loaded.close();
  }
}

/** A detector whose weights are here. What is not is a mistake in what was typed. */
function requireHere(catalogue: Catalogue, model: string): void {
  requireKnown(catalogue, model, "detection");
  catalogue.require(model);
}

/** What is taken for true; of nothing said, the most accurate model that is here is asked. */
function truthOf({ truth, directory }: CompareOptions, catalogue: Catalogue): TruthSource {
  if (truth?.endsWith(".jsonl")) return { kind: "labels", file: absolute(directory, truth) };
  if (truth !== undefined) {
    requireHere(catalogue, truth);
    return { kind: "model", model: truth };
  }
  const known = catalogue.select([], "detection").chosen.map(({ manifest }) => ({
    name: manifest.name,
    service: manifest.service,
    accuracy: rankedAccuracy(manifest),
    latencyMs: undefined,
  }));
  const best = mostAccurateModel(known);
  if (best) return { kind: "model", model: best.name };
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot tell what is true: there is no detector in the model directory ` +
      `"${catalogue.directory}", a model or a .jsonl file with labels is wanted`,
  );
}

function networkOf({ network, directory }: CompareOptions): Network | undefined {
  return network === undefined ? undefined : openNetwork(network, directory);
}

/** Nothing of an earlier comparison is mixed with this one. */
async function checkIsFree(out: string): Promise<void> {
  const refuse = (found: string) =>
    new SmarteyeError(
      "invalid_argument",
      `Cannot write to "${out}": ${found}, a new or empty directory is wanted`,
    );
  try {
    for await (const _ of Deno.readDir(out)) throw refuse("there is something in it");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw isSmarteyeError(error) ? error : refuse(messageOf(error));
  }
}
