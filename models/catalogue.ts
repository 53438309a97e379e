/** Every model that is known: the manifests that come with the program, and the user's own. */

import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Service, SERVICES } from "../core/detection.ts";
import { closest } from "../core/closest.ts";
import { SmarteyeError } from "../core/errors.ts";
import { logger } from "../core/log.ts";
import { LABEL_SETS, MANIFESTS, WEIGHTS } from "./bundled.ts";
import { type Manifest, parseManifest } from "./manifest.ts";
import { manifestsIn, namesIn, type PassedOver, stampOf } from "./model_directory.ts";
import { compareVersions, isMeant, parseReference, referenceOf } from "../core/reference.ts";

const log = logger("models");

let parsed: ReadonlyMap<string, Manifest> | undefined;

/** A known model, and where its weights are. */
export interface CatalogueEntry {
  /** The user's own where there is one of that name, else the bundled one. */
  readonly manifest: Manifest;
  /**
   * Path of the weights: those in the model directory, else those that come with the program; else
   * where in the model directory they would be.
   */
  readonly path: string;
  /** Whether the weights' file is there. Its sha256 is checked when it is loaded. */
  readonly present: boolean;
  /** Whether those weights are the ones that come with the program. */
  readonly bundled: boolean;
  /** See `stampOf`: another one means that the weights' file is another one, or was written to. */
  readonly stamp: string;
}

/** The manifests that come with the program and those in a model directory, as they are at a time. */
export class Catalogue {
  private constructor(
    readonly directory: string,
    private readonly bundled: string,
    /** By name, and of a name the older version first. */
    private readonly entries: readonly CatalogueEntry[],
    /** Manifests in the directory that are not among the entries, and why. */
    readonly passedOver: readonly PassedOver[],
  ) {}

  /**
   * Reads the manifests. A manifest in the directory (`*.json`) replaces a bundled one of its name and
   * version. One that cannot be used is passed over, which is told. A missing directory is an empty one.
   *
   * @param bundled the directory of the weights that come with the program.
   * @throws {SmarteyeError} `invalid_argument` when the directory cannot be read.
   */
  static async open(
    directory: string,
    bundled: string = fileURLToPath(WEIGHTS),
  ): Promise<Catalogue> {
    const catalogue = await Catalogue.#read(directory, bundled);
    for (const { why } of catalogue.passedOver) log.warn("passed over: {why}", { why });
    return catalogue;
  }

  /** The same directories as they are now; what is passed over is told by whoever asks. */
  reread(): Promise<Catalogue> {
    return Catalogue.#read(this.directory, this.bundled);
  }

  static async #read(directory: string, bundled: string): Promise<Catalogue> {
    const files = await namesIn(directory);
    const filesBundled = await namesIn(bundled);
    const manifests = new Map(bundledManifests());
    const own = await manifestsIn(directory, files, labelsOf);
    const { chosen, doubles } = await withoutDoubles(own.manifests);
    for (const manifest of chosen) manifests.set(referenceOf(manifest), manifest);
    const entries = [...manifests.values()].map(async (manifest): Promise<CatalogueEntry> => {
      const { file } = manifest;
      const isBundled = !files.includes(file) && filesBundled.includes(file);
      const path = join(isBundled ? bundled : directory, file);
      const stamp = await stampOf(path);
      return { manifest, path, present: stamp !== "", bundled: isBundled, stamp };
    });
    return new Catalogue(
      directory,
      bundled,
      (await Promise.all(entries)).sort(byNameAndVersion),
      [...own.passedOver, ...doubles],
    );
  }

  /**
   * Every known model of a service, by name, and of a name the older version first; all services when
   * none is given.
   */
  list(service?: Service): CatalogueEntry[] {
    return this.entries.filter(({ manifest }) =>
      service === undefined || manifest.service === service
    );
  }

  /**
   * The model that a reference means, if it is known. A name without a version means the newest version
   * whose weights are there, or where there are none, the newest.
   */
  find(reference: string): CatalogueEntry | undefined {
    const meant = parseReference(reference);
    const versions = this.entries.filter(({ manifest }) => isMeant(meant, manifest));
    return versions.findLast(({ present }) => present) ?? versions.at(-1);
  }

  /**
   * The model that a reference means, with or without weights.
   *
   * @throws {SmarteyeError} `not_found` when the model is not known.
   */
  known(reference: string): CatalogueEntry {
    const entry = this.find(reference);
    if (entry) return entry;
    const { name } = parseReference(reference);
    const names = [...new Set(this.entries.map(({ manifest }) => manifest.name))];
    const references = this.entries.map(({ manifest }) => referenceOf(manifest));
    const versions = references.filter((known) => parseReference(known).name === name);
    const wanted = versions.length > 0 ? versions : names;
    const meant = versions.length > 0 ? undefined : closest(reference, names);
    throw new SmarteyeError(
      "not_found",
      `Cannot find the model "${reference}": it is not in the catalogue, ` +
        `one of ${wanted.join(", ")} is wanted${meant ? ` (did you mean ${meant}?)` : ""}` +
        this.passedOver.map(({ path }) => `; "${path}" was passed over`).join(""),
    );
  }

  /**
   * The model that a reference means, with its weights.
   *
   * @throws {SmarteyeError} `not_found` when the model is not known or its weights are not there.
   */
  require(reference: string): CatalogueEntry {
    const entry = this.known(reference);
    if (!entry.present) {
      throw new SmarteyeError(
        "not_found",
        `Cannot find the model "${reference}": there is no file ${entry.path}; ` +
          `${
            howToGet(entry.manifest)
          }, or name their directory (SMARTEYE_MODELS, [models] directory)`,
      );
    }
    return entry;
  }

  /**
   * The entries that are meant by a list of configured names: those whose weights are there. An
   * empty list, or one of which nothing is there, means every model of the model directory, and of
   * a service that has none there, those that come with the program. Of one service it means those
   * that answer about the same things: a detector of faces among detectors of everything is used
   * where it is named, since policies take what they choose from as equals. And it means the newest
   * version of each, since they choose by name; without a service it means every version.
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
    const present = SERVICES.flatMap((one) => this.#present(one));
    if (service === undefined) return { chosen: present, missing };
    return { chosen: related(newest(this.#present(service))), missing };
  }

  #present(service: Service): CatalogueEntry[] {
    const present = this.list(service).filter((entry) => entry.present);
    const own = present.filter(({ bundled }) => !bundled);
    return own.length > 0 ? own : present;
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

/** Those that share a label with the one that has most of them. */
function related(entries: readonly CatalogueEntry[]): CatalogueEntry[] {
  const labels = entries.map(({ manifest }) => new Set(labelsOf(manifest)));
  const most = labels.reduce((a, b) => b.size > a.size ? b : a, new Set<string>());
  return entries.filter((_, i) => !labels[i]!.isDisjointFrom(most));
}

/** Those that come with the program, by reference: they do not change, so they are parsed once. */
function bundledManifests(): ReadonlyMap<string, Manifest> {
  return parsed ??= new Map(
    Object.entries(MANIFESTS).map(([origin, json]) => {
      const manifest = parseManifest(json, origin);
      return [referenceOf(manifest), manifest];
    }),
  );
}

/** Of each name the last, which is the newest. */
function newest(entries: readonly CatalogueEntry[]): CatalogueEntry[] {
  return entries.filter(({ manifest }, i) => entries[i + 1]?.manifest.name !== manifest.name);
}

function byNameAndVersion({ manifest: a }: CatalogueEntry, { manifest: b }: CatalogueEntry) {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return compareVersions(a.version, b.version);
}

/**
 * Of manifests of one name and version, the one whose file is named after it counts (`name@version.json`,
 * else `name.json`), else the first by the file's name: copies that somebody keeps beside it, such as
 * "name (1).json", do not.
 */
async function withoutDoubles(
  manifests: readonly (readonly [path: string, manifest: Manifest])[],
): Promise<{ chosen: Manifest[]; doubles: PassedOver[] }> {
  const chosen: Manifest[] = [];
  const doubles: PassedOver[] = [];
  for (const same of Map.groupBy(manifests, ([, manifest]) => referenceOf(manifest)).values()) {
    const { name, version } = same[0]![1];
    const named = (file: string) => same.find(([path]) => basename(path) === `${file}.json`);
    const one = named(referenceOf({ name, version })) ?? named(name) ?? same[0]!;
    chosen.push(one[1]);
    for (const [path] of same.filter((other) => other !== one)) {
      const why = `Cannot use the manifest "${path}": "${one[0]}" describes ${name}, ` +
        `version ${version}, too, which counts; another version or name is wanted`;
      doubles.push({ path, why, stamp: await stampOf(path) });
    }
  }
  return { chosen, doubles };
}

function howToGet({ name, url, source }: Manifest): string {
  return url === undefined
    ? `put the weights there, which come from ${source} ("smarteye models add FILE" checks them)`
    : `bring the weights there ("smarteye models pull ${name}")`;
}
