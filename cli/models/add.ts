/** A model of the user's own: recognised, tried, and then put into the model directory. */

import { createHash } from "node:crypto";
import { basename, join, resolve } from "node:path";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import type { Pixels, Size } from "../../core/frame.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { CPU } from "../../inference/provider.ts";
import { recognise } from "../../inference/network/recognise.ts";
import { WorkerHandle } from "../../inference/workers/worker_handle.ts";
import { Catalogue } from "../../models/catalogue.ts";
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

/** How the file is tried. */
const SESSION = { threads: 1, provider: CPU };

/** Adds the model. @throws {SmarteyeError} when it cannot be used; nothing is left of it then. */
export async function run(options: AddOptions, { print, clock }: RoleDeps): Promise<ExitStatus> {
  const { directory, file } = options;
  const { version = FIRST_VERSION } = options;
  const name = options.name ?? nameFrom(file);
  const known = briefReference({ name, version });
  const catalogue = await Catalogue.open(directory);
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
    const path = resolve(file);
    const tensors = await worker.ask(
      { kind: "probe", path, size: options.size, pictures: await streets(), session: SESSION },
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
    const manifestPath = await install(directory, known, whole, weights);
    print(
      options.json ? JSON.stringify(whole) : [
        `${known} is added: it does ${whole.service}.`,
        "found:",
        ...found.map((line) => `  ${line}`),
        "assumed:",
        ...assumed.map((line) => `  ${line}`),
        `What is wrong can be put right in ${manifestPath}.`,
        `To see what it sees: smarteye models inspect ${known} --image PICTURE`,
      ].join("\n"),
    );
    return 0;
  } finally {
    await worker.leave();
  }
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

/** Writes both files beside their places and renames them, the manifest last: it makes the model known. */
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
  const beside = (path: string) => `${path}.adding`;
  try {
    await Deno.mkdir(directory, { recursive: true });
    for (const [path, content] of parts) await Deno.writeFile(beside(path), content);
    for (const [path] of parts) await Deno.rename(beside(path), path);
    return manifestPath;
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
