/** A model of the user's own: recognised, tried, and then put into the model directory. */

import { createHash } from "node:crypto";
import { basename, join, resolve } from "node:path";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import type { Pixels, Size } from "../../core/frame.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { CPU } from "../../inference/provider.ts";
import { recognise } from "../../inference/network/recognise.ts";
import { readWeights } from "../../inference/network/weights.ts";
import { WorkerHandle } from "../../inference/workers/worker_handle.ts";
import { Catalogue, type CatalogueEntry } from "../../models/catalogue.ts";
import { type DecoderName, type Manifest, MODEL_NAME } from "../../models/manifest.ts";
import { StreetScene } from "../../street/scene.ts";
import { STREET_DEFAULTS } from "../../street/options.ts";
import { briefReference, FIRST_VERSION, referenceOf } from "../../core/reference.ts";

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
  /** Size of the input, where the file takes any. */
  readonly size: Size | undefined;
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

/** Adds the model. @throws {SmarteyeError} when it cannot be used; nothing is left of it then. */
export async function run(options: AddOptions, { print, clock }: RoleDeps): Promise<ExitStatus> {
  const { directory, file } = options;
  const { version = FIRST_VERSION } = options;
  const name = options.name ?? nameFrom(file);
  const known = briefReference({ name, version });
  const catalogue = await Catalogue.open(directory);
  const path = resolve(file);
  const published = await publishedAs(catalogue, path, options);
  if (published) {
    const place = await putInPlace(directory, published, path);
    const { manifest } = published;
    print(
      options.json
        ? JSON.stringify(manifest)
        : `${file} is ${briefReference(manifest)}, which is known: it does ${manifest.service}, ` +
          `and its weights are in ${place}.`,
    );
    return 0;
  }
  if (catalogue.find(referenceOf({ name, version }))) {
    throw new SmarteyeError(
      "already_in_use",
      `Cannot add "${file}" as "${known}": there is a model of that name, another one is wanted ` +
        `(--name), or another version of it (--model-version)`,
    );
  }
  const labels = options.labels === undefined ? undefined : await readLabels(options.labels);
  const worker = new WorkerHandle(clock, () => {});
  try {
    const pictures = await streets();
    const tensors = await worker.ask(
      { kind: "probe", path, size: options.size, pictures, session: SESSION },
    );
    const { manifest, found, assumed } = recognised(
      file,
      () => recognise(tensors, { decoder: options.decoder, labels }),
    );
    const weights = await Deno.readFile(path);
    const whole: Manifest = {
      name,
      version,
      ...manifest,
      file: `${known}.onnx`,
      sha256: createHash("sha256").update(weights).digest("hex"),
      license: options.license ?? "unknown",
      source: options.source ?? basename(file),
    };
    await worker.ask({ kind: "load", manifest: whole, path, session: SESSION });
    const warnings = await seesSomething(worker, whole, pictures) ? [] : [NOTHING_SEEN];
    const manifestPath = await install(directory, known, whole, weights);
    print(
      options.json ? JSON.stringify(whole) : [
        `${known} is added: it does ${whole.service}.`,
        "found:",
        ...found.map((line) => `  ${line}`),
        "assumed:",
        ...assumed.map((line) => `  ${line}`),
        ...warnings,
        `What is wrong can be put right in ${manifestPath}.`,
        `To see what it sees: smarteye models inspect ${known} --image PICTURE`,
      ].join("\n"),
    );
    return 0;
  } finally {
    await worker.leave();
  }
}

/** The catalogue's entry of the same weights, where the user says nothing of his own about them. */
async function publishedAs(
  catalogue: Catalogue,
  path: string,
  { name, version, labels, decoder, size }: AddOptions,
): Promise<CatalogueEntry | undefined> {
  if ([name, version, labels, decoder, size].some((said) => said !== undefined)) return undefined;
  const { size: bytes } = await Deno.stat(path);
  const alike = catalogue.list().filter(({ manifest }) => (manifest.bytes ?? bytes) === bytes);
  if (alike.length === 0) return undefined;
  const sha256 = createHash("sha256").update(await readWeights(path)).digest("hex");
  return alike.find(({ manifest }) => manifest.sha256 === sha256);
}

/** Puts weights where their entry looks for them, and says where that is. */
async function putInPlace(
  directory: string,
  { manifest, path: there, present }: CatalogueEntry,
  path: string,
): Promise<string> {
  if (present && resolve(there) === path) return there;
  const into = join(directory, manifest.file);
  await writeAll(directory, [[into, await readWeights(path)]]);
  return into;
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

function recognised<T>(file: string, recognise: () => T): T {
  try {
    return recognise();
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

/** Writes both files, the manifest last: it makes the model known. */
async function install(
  directory: string,
  known: string,
  manifest: Manifest,
  weights: Uint8Array,
): Promise<string> {
  const manifestPath = join(directory, `${known}.json`);
  const parts: (readonly [path: string, content: Uint8Array])[] = [
    [join(directory, manifest.file), weights],
    [manifestPath, new TextEncoder().encode(JSON.stringify(manifest, null, 2) + "\n")],
  ];
  await writeAll(directory, parts);
  return manifestPath;
}

/** Writes files beside their places and renames them, in their order. */
async function writeAll(
  directory: string,
  parts: readonly (readonly [path: string, content: Uint8Array])[],
): Promise<void> {
  const beside = (path: string) => `${path}.adding`;
  try {
    await Deno.mkdir(directory, { recursive: true });
    for (const [path, content] of parts) await Deno.writeFile(beside(path), content);
    for (const [path] of parts) await Deno.rename(beside(path), path);
  } catch (cause) {
    for (const [path] of parts) await Deno.remove(beside(path)).catch(() => {});
    throw new SmarteyeError(
      "failed_precondition",
      `Cannot put the model into "${directory}": ${messageOf(cause)}; a directory that can be ` +
        `written to is wanted (SMARTEYE_MODELS, [models] directory)`,
      { cause },
    );
  }
}
