/** Kubernetes manifests, read as far as their references to each other go. */

import { join } from "node:path";
import { parseAllDocuments } from "yaml";

/** Labels by their names. */
export type Labels = Readonly<Record<string, string>>;

/** A manifest. What is under `spec` depends on its kind. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Labels };
  // deno-lint-ignore no-explicit-any -- schemas hold the types; the tests follow references
  readonly spec?: any;
}

/** All manifests in files. */
export async function readManifests(
  directory: string,
  files: readonly string[],
): Promise<readonly Manifest[]> {
  const all = await Promise.all(
    files.map(async (file) => manifestsIn(await Deno.readTextFile(join(directory, file)))),
  );
  return all.flat();
}

/** The manifests of a text. @throws {Error} when it is no YAML. */
export function manifestsIn(text: string): readonly Manifest[] {
  return [...parseAllDocuments(text, { uniqueKeys: true })].map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return document.toJS() as Manifest;
  });
}

/** Whether a selector's labels are all among those of what it selects. */
export function selects(wanted: Labels, labels: Labels | undefined): boolean {
  const entries = Object.entries(wanted);
  return entries.length > 0 && entries.every(([name, value]) => labels?.[name] === value);
}
