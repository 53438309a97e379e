/** Every model that is known: the manifests that come with the program, and the user's own. */

import { join } from "node:path";
import type { Service } from "../core/detection.ts";
import { closest } from "../core/closest.ts";
import { messageOf, SmarteyeError } from "../core/errors.ts";
import coco80 from "./labels/coco80.json" with { type: "json" };
import coco91 from "./labels/coco91.json" with { type: "json" };
import imagenet1k from "./labels/imagenet1k.json" with { type: "json" };
import { type Manifest, parseManifest } from "./manifest.ts";
import fastestdet from "./manifests/fastestdet.json" with { type: "json" };
import yoloxNano from "./manifests/yolox_nano.json" with { type: "json" };

const BUNDLED: Readonly<Record<string, unknown>> = {
  "fastestdet.json": fastestdet,
  "yolox_nano.json": yoloxNano,
};

const LABEL_SETS: Readonly<Record<string, readonly string[]>> = { coco80, coco91, imagenet1k };

/** A known model, and where its weights are. */
export interface CatalogueEntry {
  /** The user's own where there is one of that name, else the bundled one. */
  readonly manifest: Manifest;
  /** Path of the weights, whether or not there is a file. */
  readonly path: string;
  /** Whether the weights' file is there. Its sha256 is checked when it is loaded. */
  readonly present: boolean;
}

/** The manifests that come with the program and those in a model directory, by name. */
export class Catalogue {
  private constructor(
    readonly directory: string,
    private readonly entries: ReadonlyMap<string, CatalogueEntry>,
  ) {}

  /**
   * Reads the manifests. A manifest in the directory (`*.json`) replaces a bundled one of its name.
   * A missing directory is an empty one.
   *
   * @throws {SmarteyeError} `invalid_argument` when a manifest is broken.
   */
  static async open(directory: string): Promise<Catalogue> {
    const files = await namesIn(directory);
    const manifests = new Map<string, Manifest>();
    for (const [origin, json] of Object.entries(BUNDLED)) {
      const manifest = parseManifest(json, origin);
      manifests.set(manifest.name, manifest);
    }
    for (const file of files.filter((name) => name.endsWith(".json"))) {
      const manifest = await readManifest(join(directory, file));
      manifests.set(manifest.name, manifest);
    }
    const entries = new Map<string, CatalogueEntry>();
    for (const [name, manifest] of manifests) {
      labelsOf(manifest);
      const path = join(directory, manifest.file);
      entries.set(name, { manifest, path, present: files.includes(manifest.file) });
    }
    return new Catalogue(directory, entries);
  }

  /** Every known model of a service, by name; all services when none is given. */
  list(service?: Service): CatalogueEntry[] {
    return [...this.entries.values()]
      .filter(({ manifest }) => service === undefined || manifest.service === service)
      .sort((a, b) => a.manifest.name < b.manifest.name ? -1 : 1);
  }

  /** The model of that name, if it is known. */
  find(name: string): CatalogueEntry | undefined {
    return this.entries.get(name);
  }

  /**
   * The model of that name, with or without weights.
   *
   * @throws {SmarteyeError} `not_found` when the model is not known.
   */
  known(name: string): CatalogueEntry {
    const entry = this.find(name);
    if (entry) return entry;
    const names = this.list().map(({ manifest }) => manifest.name);
    const meant = closest(name, names);
    throw new SmarteyeError(
      "not_found",
      `Cannot find the model "${name}": it is not in the catalogue, ` +
        `one of ${names.join(", ")} is wanted${meant ? ` (did you mean ${meant}?)` : ""}`,
    );
  }

  /**
   * The model of that name, with its weights.
   *
   * @throws {SmarteyeError} `not_found` when the model is not known or its weights are not there.
   */
  require(name: string): CatalogueEntry {
    const entry = this.known(name);
    if (!entry.present) {
      throw new SmarteyeError(
        "not_found",
        `Cannot find the model "${name}": there is no file ${entry.path}; ` +
          `${
            howToGet(entry.manifest)
          }, or name their directory (SMARTEYE_MODELS, [models] directory)`,
      );
    }
    return entry;
  }

  /**
   * The entries that are meant by a list of configured names: those whose weights are there. An
   * empty list, or one of which nothing is there, means every model of the service that is there.
   *
   * @returns the entries, and the configured names that were left out with the reason.
   */
  select(
    names: readonly string[],
    service?: Service,
  ): { chosen: CatalogueEntry[]; missing: string[] } {
    const missing: string[] = [];
    const chosen: CatalogueEntry[] = [];
    for (const name of names) {
      const entry = this.find(name);
      if (!entry) missing.push(`${name} (not in the catalogue)`);
      else if (service !== undefined && entry.manifest.service !== service) continue;
      else if (!entry.present) missing.push(`${name} (no file ${entry.path})`);
      else chosen.push(entry);
    }
    if (chosen.length > 0) return { chosen, missing };
    return { chosen: this.list(service).filter((entry) => entry.present), missing };
  }
}

/**
 * The labels of a model, by class index.
 *
 * @throws {SmarteyeError} `invalid_argument` when the manifest names a label set that is not there.
 */
export function labelsOf(manifest: Manifest): readonly string[] {
  if (typeof manifest.labels !== "string") return manifest.labels;
  if (Object.hasOwn(LABEL_SETS, manifest.labels)) return LABEL_SETS[manifest.labels]!;
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot use the model "${manifest.name}": its label set "${manifest.labels}" is unknown, ` +
      `one of ${Object.keys(LABEL_SETS).join(", ")} or a list of labels is wanted`,
  );
}

function howToGet({ name, url }: Manifest): string {
  return url === undefined
    ? "put the weights there"
    : `bring the weights there ("smarteye models pull ${name}")`;
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    const names = await Array.fromAsync(Deno.readDir(directory), (entry) => entry.name);
    return names.sort();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return [];
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot read the model directory "${directory}": ${messageOf(cause)}`,
      { cause },
    );
  }
}

async function readManifest(path: string): Promise<Manifest> {
  try {
    return parseManifest(JSON.parse(await Deno.readTextFile(path)), `"${path}"`);
  } catch (cause) {
    if (cause instanceof SmarteyeError) throw cause;
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot read the manifest "${path}": ${messageOf(cause)}, a JSON object is wanted`,
      { cause },
    );
  }
}
