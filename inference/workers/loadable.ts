/** A model as Workers are given it. */

import type { CatalogueEntry } from "../../models/catalogue.ts";

/** A model of the catalogue, and what of it is not there. */
export interface Loadable extends CatalogueEntry {
  /**
   * What it is called among those that Workers hold, which may be several versions and files of one
   * name; its name when absent.
   */
  readonly key?: string;
  /**
   * The bytes of its file, of which each Worker is given a copy: when one of them is replaced, it is
   * loaded again whatever lies there by then. Read from its path when absent.
   */
  readonly weights?: Uint8Array<ArrayBuffer>;
}

/** What a model is called among those that Workers hold. */
export function keyOf({ key, manifest }: Loadable): string {
  return key ?? manifest.name;
}

/** What somebody calls a model who knows of no files: of a key that its repository made, its reference. */
export function saidOf(key: string): string {
  return key.replace(/#\d+$/, "");
}
