/** A model of the user's own: recognised, tried, and then put into the model directory. */

import { createHash } from "node:crypto";
import { basename, join, resolve } from "node:path";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import type { Pixels } from "../../core/frame.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { CPU } from "../../inference/provider.ts";
import { recognise } from "../../inference/network/recognise.ts";
import type { SaidInput } from "../../inference/network/said_input.ts";
import { readWeights } from "../../inference/network/weights.ts";
import { WorkerHandle } from "../../inference/workers/worker_handle.ts";
import { ratedManifest, type Rating, ratingText } from "../../models/accuracy.ts";
import { Catalogue, type CatalogueEntry } from "../../models/catalogue.ts";
import { inOneFile } from "../../models/external_data.ts";
import { type DecoderName, type Manifest, MODEL_NAME } from "../../models/manifest.ts";
import { StreetScene } from "../../street/scene.ts";
import { STREET_DEFAULTS } from "../../street/options.ts";
import { briefReference, FIRST_VERSION, referenceOf } from "../../core/reference.ts";
import type { EvalOptions } from "./eval/options.ts";
import { manifestPath, placeModel } from "./place.ts";
import { run as rate } from "./rate.ts";

/** Options of `smarteye models add`. */
export interface AddOptions {
  /** The model directory. */
  readonly directory: string;
  /** Path of the ONNX file. */
  readonly file: string;
  /** What to call it; made from the file's name where absent. */
  readonly name: string | undefined;
  /** Its version; the first where absent. */
  readonly version: string | undefined;
  /** Path of a file with the classes' names, a line each. */
  readonly labels: string | undefined;
  /** Family of the outputs; recognised where absent. */
  readonly decoder: DecoderName | undefined;
  /** How it is fed, as far as that is said. */
  readonly input: SaidInput | undefined;
  /** How good it is, if that is known, or what it is measured on once it is there. */
  readonly rating: Rating | EvalOptions | undefined;
  /** For the manifest. */
  readonly license: string | undefined;
  /** For the manifest. */
  readonly source: string | undefined;
  /** Print the manifest, and nothing else. */
  readonly json: boolean;
}

/** Frames of the rendered street on which the file is tried. */
const STREET_FRAMES = [40, 160] as const;

/** What is told of a detector that finds nothing there. */
const NOTHING_SEEN =
  "warning: it found nothing, however unsure, in pictures of a street full of people and vehicles: " +
  "it is for something else, or colours, normalisation or family are wrong";

/** How the file is tried. */
const SESSION = { threads: 1, provider: CPU };

/**
 * Adds the model, and rates it.
 *
 * @throws {SmarteyeError} when it cannot be used; nothing is left of it then. When it cannot be rated,
 * it is there, and the message says so.
 */
export async function run(options: AddOptions, deps: RoleDeps): Promise<ExitStatus> {
  const { rating, directory, json } = options;
  if (!rating || "accuracy" in rating) {
    await add({ ...options, rating }, deps);
    return 0;
  }
  // Its manifest is told once, with what is measured.
  const print = json ? () => {} : deps.print;
  const name = await add({ ...options, rating: undefined }, { ...deps, print });
  try {
    return await rate({ directory, name, rating: { ...rating, names: [name] }, json }, deps);
  } catch (cause) {
    throw new SmarteyeError("failed_precondition", `${name} is added, but: ${messageOf(cause)}`, {
      cause,
    });
  }
}

/** What it takes to add a model, which may be rated then. */
interface Adding extends AddOptions {
  readonly rating: Rating | undefined;
}

/** @returns what the model is called. */
async function add(options: Adding, deps: RoleDeps): Promise<string> {
  const { directory, file, version = FIRST_VERSION } = options;
  const reference = { name: options.name ?? nameFrom(file), version };
  const catalogue = await Catalogue.open(directory);
  const weights = await usable(file, async () => inOneFile(await readWeights(file), file));
  const published = publishedAs(catalogue, weights, options);
  if (published) return await addKnown(published, weights, options, deps);
  if (catalogue.find(referenceOf(reference))) {
    throw new SmarteyeError(
      "already_in_use",
      `Cannot add "${file}" as "${briefReference(reference)}": there is a model of that name, ` +
        `another one is wanted (--name), or another version of it (--model-version)`,
    );
  }
  const labels = options.labels === undefined ? undefined : await readLabels(options.labels);
  const worker = new WorkerHandle(deps.clock, () => {});
  try {
    await addOwn(worker, { reference, labels, weights }, options, deps);
    return briefReference(reference);
  } finally {
    await worker.leave();
  }
}

/** A model that nobody knows yet. */
interface Own {
  readonly reference: Pick<Manifest, "name" | "version">;
  /** Of its classes, where the user says them. */
  readonly labels: readonly string[] | undefined;
  /** In one file. */
  readonly weights: Uint8Array<ArrayBuffer>;
}

/** Recognises a model, tries it and places it. */
async function addOwn(
  worker: WorkerHandle,
  { reference, labels, weights }: Own,
  options: Adding,
  { print }: RoleDeps,
): Promise<void> {
  const { directory, file: path, input, decoder, rating } = options;
  const pictures = await streets();
  // What is tried is what will be placed, whatever becomes of the file: the Worker has copies of it.
  const tensors = await worker.ask(
    { kind: "probe", path, weights, input, pictures, session: SESSION },
  );
  const { manifest, found, assumed } = await usable(
    path,
    () => recognise(tensors, { decoder, labels, input }),
  );
  const known = briefReference(reference);
  const unrated: Manifest = {
    ...reference,
    ...manifest,
    file: `${known}.onnx`,
    sha256: createHash("sha256").update(weights).digest("hex"),
    license: options.license ?? "unknown",
    source: options.source ?? basename(path),
  };
  const whole = rating ? ratedManifest(unrated, rating) : unrated;
  await worker.ask({ kind: "load", manifest: whole, path, weights, session: SESSION });
  const warnings = await seesSomething(worker, whole, pictures) ? [] : [NOTHING_SEEN];
  await placeModel(directory, {
    manifest: whole,
    weights: { file: whole.file, bytes: weights },
  });
  print(
    options.json ? JSON.stringify(whole) : [
      `${known} is added: it does ${whole.service}.`,
      "found:",
      ...found.map((line) => `  ${line}`),
      "assumed:",
      ...assumed.map((line) => `  ${line}`),
      `It is ${ratingText(whole)}${
        rating
          ? ""
          : `; say how good it is: smarteye models rate ${known} --accuracy METRIC=VALUE or --eval DIR`
      }.`,
      ...warnings,
      `What is wrong can be put right in ${await manifestPath(directory, whole)}.`,
      `To see what it sees: smarteye models inspect ${known} --image PICTURE`,
    ].join("\n"),
  );
}

/** The catalogue's entry of the same weights, where the user says nothing of his own about them. */
function publishedAs(
  catalogue: Catalogue,
  weights: Uint8Array,
  { name, version, labels, decoder, input }: AddOptions,
): CatalogueEntry | undefined {
  if ([name, version, labels, decoder, input].some((said) => said !== undefined)) return undefined;
  const sha256 = createHash("sha256").update(weights).digest("hex");
  return catalogue.list().find(({ manifest }) => manifest.sha256 === sha256);
}

/** Puts weights where their entry looks for them, and their rating into its manifest. */
async function addKnown(
  { manifest, path: there, present }: CatalogueEntry,
  weights: Uint8Array,
  { directory, file, rating, json }: Adding,
  { print }: RoleDeps,
): Promise<string> {
  const isOneFile = (await Deno.stat(file)).size === weights.length;
  const isThere = present && isOneFile && resolve(there) === resolve(file);
  const rated = rating && ratedManifest(manifest, rating);
  await placeModel(directory, {
    ...(rated && { manifest: rated }),
    ...(!isThere && { weights: { file: manifest.file, bytes: weights } }),
  });
  const known = rated ?? manifest;
  print(
    json
      ? JSON.stringify(known)
      : `${file} is ${briefReference(known)}, which is known: it does ${known.service}, and its ` +
        `weights are in ${isThere ? there : join(directory, known.file)}. It is ${
          ratingText(known)
        }.`,
  );
  return briefReference(known);
}

/** Whether a model finds anything, however unsure, in streets full of people and vehicles. */
async function seesSomething(
  worker: WorkerHandle,
  { name, service }: Manifest,
  pictures: readonly Pixels[],
): Promise<boolean> {
  if (service !== "detection") return true;
  for (const pixels of pictures) {
    const { objects } = await worker.ask({ kind: "inspect", model: name, pixels });
    if (objects.some(({ found }) => found > 0)) return true;
  }
  return false;
}

/** The rendered street, full of people and vehicles. */
async function streets(): Promise<Pixels[]> {
  const scene = await StreetScene.create(STREET_DEFAULTS);
  const frames: Pixels[] = [];
  for (const index of STREET_FRAMES) frames.push((await scene.render(index)).pixels);
  return frames;
}

/** A name from the file's, without what a name may not have. */
function nameFrom(file: string): string {
  const name = basename(file).replace(/\.onnx$/i, "").replace(/[^A-Za-z0-9_.-]+/g, "_")
    .replace(/^[^A-Za-z0-9]+/, "").slice(0, 128);
  if (MODEL_NAME.test(name)) return name;
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot name a model after "${file}": a name is wanted (--name)`,
  );
}

/** What is done with the file, or why that cannot be. */
async function usable<T>(file: string, use: () => T | Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (cause) {
    throw new SmarteyeError(
      "failed_precondition",
      `Cannot use ${file} as a model: ${messageOf(cause)}`,
      { cause },
    );
  }
}

async function readLabels(path: string): Promise<string[]> {
  const text = await Deno.readTextFile(path).catch((cause) => {
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot read the labels "${path}": ${messageOf(cause)}, a file with a label a line is wanted`,
      { cause },
    );
  });
  const lines = text.split("\n").map((line) => line.trim());
  while (lines.at(-1) === "") lines.pop();
  const empty = lines.indexOf("");
  if (lines.length > 0 && empty === -1) return lines;
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot read the labels "${path}": ${
      lines.length === 0 ? "it is empty" : `line ${empty + 1} is empty`
    }, a label a line is wanted`,
  );
}
