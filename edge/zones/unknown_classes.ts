/** Labels of zones and rules that no model knows: such a one would wait for ever, and nobody would say so. */

import { closest } from "../../core/closest.ts";

/**
 * What is to be told of those whose labels no model finds.
 *
 * @param waiting by section, such as `zone:gate`.
 * @param labels of every model that is known here; those that only the cloud has may know more.
 */
export function unknownClasses(
  waiting: readonly (readonly [section: string, labels: readonly string[]])[],
  labels: ReadonlySet<string>,
): readonly string[] {
  return waiting.flatMap(([section, wanted]) =>
    wanted.filter((label) => !labels.has(label)).map((label) => {
      const likely = closest(label, [...labels]);
      const hint = likely === undefined ? "" : ` (did you mean "${likely}"?)`;
      return `[${section}] waits for "${label}", which no model here finds${hint}`;
    })
  );
}
