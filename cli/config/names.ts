/** Names of sections `[kind:NAME]`, beside each other. */

import type { WrittenSection } from "./given.ts";
import { type Problems, quote } from "./problems.ts";

/** Finds names that are one to some file systems, or to the environment. */
export function checkNames(sections: readonly WrittenSection[], problems: Problems): void {
  const seen = new Map<string, string>();
  for (const { section, where } of sections) {
    const plain = section.toLowerCase().replace(/[^a-z0-9]/g, "_");
    const other = seen.get(plain);
    if (other === undefined) seen.set(plain, section);
    else {
      problems.add({
        where,
        found: `the section ${quote(`[${section}]`)} beside ${quote(`[${other}]`)}`,
        wanted: "names that differ in more than case and - _ .",
      });
    }
  }
}
