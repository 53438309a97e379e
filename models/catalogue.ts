/** Every model that is known: the manifests that come with the program, and the user's own. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Service, SERVICES } from "../core/detection.ts";
import { closest } from "../core/closest.ts";
import { SmarteyeError } from "../core/errors.ts";
import { LABEL_SETS, MANIFESTS, WEIGHTS } from "./bundled.ts";
import { type Manifest, parseManifest } from "./manifest.ts";
import { namesIn, readManifest } from "./model_directory.ts";

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
   * @param bundled the directory of the weights that come with the program.
   * @throws {SmarteyeError} `invalid_argument` when a manifest is broken.
   */
  static async open(
    directory: string,
    bundled: string = fileURLToPath(WEIGHTS),
  ): Promise<Catalogue> {
    const files = await namesIn(directory);
    const filesBundled = await namesIn(bundled);
    const manifests = new Map<string, Manifest>();
    for (const [origin, json] of Object.entries(MANIFESTS)) {
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
      const { file } = manifest;
      const isBundled = !files.includes(file) && filesBundled.includes(file);
      entries.set(name, {
        manifest,
        path: join(isBundled ? bundled : directory, file),
        present: isBundled || files.includes(file),
        bundled: isBundled,
      });
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
   * empty list, or one of which nothing is there, means every model of the model directory, and of
   * a service that has none there, those that come with the program. Of one service it means those
   * that answer about the same things: a detector of faces among detectors of everything is used
   * where it is named, since policies take what they choose from as equals.
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
    return { chosen: related(this.#present(service)), missing };
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

function howToGet({ name, url }: Manifest): string {
  return url === undefined
    ? "put the weights there"
    : `bring the weights there ("smarteye models pull ${name}")`;
}
