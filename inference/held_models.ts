/** The models that a repository holds, by name and version: which of them a reference means, and how they are. */

import type { ModelProfile, ModelStatus } from "../core/model.ts";
import { compareVersions, isMeant, parseReference, referenceOf } from "../core/reference.ts";
import { rankedAccuracy } from "../models/accuracy.ts";
import type { Catalogue, CatalogueEntry } from "../models/catalogue.ts";
import { describeProvider } from "./provider.ts";
import { HeldModel, type HoldingParts, type Loaded } from "./held_model.ts";

/** Every version that is, was or is to be loaded; also those whose files are gone since. */
export class HeldModels {
  readonly #held = new Map<string, HeldModel>();

  /**
   * Begins with none.
   *
   * @param onChange called when the state of one may have changed.
   */
  constructor(private readonly parts: HoldingParts, private readonly onChange: () => void) {}

  /** The one of that reference, which has a version, if it is held. */
  find(reference: string): HeldModel | undefined {
    return this.#held.get(reference);
  }

  /** The one of that reference, which has a version. */
  of(reference: string): HeldModel {
    const known = this.#held.get(reference);
    if (known) return known;
    const held = new HeldModel(reference, this.parts, this.onChange);
    this.#held.set(reference, held);
    return held;
  }

  /** Every version that a reference means. */
  meant(reference: string): HeldModel[] {
    const { name, version } = parseReference(reference);
    return [...this.#held.values()].filter((held) => {
      const own = parseReference(held.reference);
      return own.name === name && (version === undefined || own.version === version);
    });
  }

  /** What infers for a reference: of a name, the newest version that is ready. */
  ready(reference: string): Loaded | undefined {
    const meant = parseReference(reference);
    if (meant.version !== undefined) return this.#held.get(reference)?.ready;
    let newest: Loaded | undefined;
    for (const { ready } of this.#held.values()) {
      if (ready && isMeant(meant, ready.entry.manifest) && isNewer(ready, newest)) newest = ready;
    }
    return newest;
  }

  /** What infers, of each name the newest version, in the order in which the names came. */
  allReady(): Loaded[] {
    const newest = new Map<string, Loaded>();
    for (const { ready } of this.#held.values()) {
      if (!ready) continue;
      const { name } = ready.entry.manifest;
      if (isNewer(ready, newest.get(name))) newest.set(name, ready);
    }
    return [...newest.values()];
  }

  /** How a model of the catalogue is. */
  statusOf(entry: CatalogueEntry): ModelStatus {
    const held = this.#held.get(referenceOf(entry.manifest));
    const ready = held?.ready;
    return {
      ...profileOf(ready?.entry ?? entry, ready?.latencyMs),
      version: entry.manifest.version,
      state: held?.state ?? "unloaded",
      detail: held?.detail ?? "",
      ...(ready && { provider: describeProvider(this.parts.session.provider) }),
    };
  }

  /** How all models of a catalogue are, and those that infer and are not in it any more, in its order. */
  statuses(catalogue: Catalogue): ModelStatus[] {
    const entries = catalogue.list();
    const known = new Set(entries.map(({ manifest }) => referenceOf(manifest)));
    const gone = [...this.#held.values()].flatMap(({ reference, ready }) =>
      ready && !known.has(reference) ? [ready.entry] : []
    );
    const all = [...entries, ...gone].map((entry) => this.statusOf(entry));
    if (gone.length === 0) return all;
    return all.sort((a, b) =>
      a.name === b.name ? compareVersions(a.version, b.version) : a.name < b.name ? -1 : 1
    );
  }

  /** Lets those go that are not loaded and not in a catalogue any more. */
  forgetUnknown(catalogue: Catalogue): void {
    for (const [reference, { state }] of this.#held) {
      const isHeld = state !== "unloaded" && state !== "failed";
      if (!isHeld && !catalogue.find(reference)) this.#held.delete(reference);
    }
  }
}

/** What is known of a model, for whoever chooses one. */
export function profileOf(
  { manifest }: CatalogueEntry,
  latencyMs: number | undefined,
): ModelProfile {
  const { name, service } = manifest;
  return { name, service, accuracy: rankedAccuracy(manifest), latencyMs };
}

function isNewer({ entry }: Loaded, other: Loaded | undefined): boolean {
  return !other || compareVersions(other.entry.manifest.version, entry.manifest.version) < 0;
}
