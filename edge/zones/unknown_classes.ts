/** Classes of zones that no model knows: such a zone would wait for ever, and nobody would say so. */

import { closest } from "../../core/closest.ts";
import type { ZoneOptions } from "./options.ts";

/**
 * What is to be told of zones whose classes are no labels.
 *
 * @param labels of every model that is known here; those that only the cloud has may know more.
 */
export function unknownClasses(
  zones: readonly Pick<ZoneOptions, "name" | "classes">[],
  labels: ReadonlySet<string>,
): readonly string[] {
  return zones.flatMap(({ name, classes }) =>
    classes.filter((label) => !labels.has(label)).map((label) => {
      const likely = closest(label, [...labels]);
      const hint = likely === undefined ? "" : ` (did you mean "${likely}"?)`;
      return `[zone:${name}] waits for "${label}", which no model here finds${hint}`;
    })
  );
}
