/**
 * `deno task types`: the types of a policy as one file that needs no other, for those who write one and
 * have only the executable. They are taken from where the program itself has them, word by word.
 */

import { join } from "node:path";

const ROOT = join(import.meta.dirname!, "..");

/** The file that `smarteye policies new` writes beside a policy. */
export const TYPES_FILE: string = join(ROOT, "policies/template/smarteye.d.ts");

/** Where types stand, and which of each file's; absent: all of them. */
const PARTS: readonly (readonly [file: string, names?: readonly string[]])[] = [
  ["policies/offload/policy.ts"],
  ["policies/parameters.ts", ["Parameter", "Parameters", "ParameterValues"]],
  ["policies/loaded_policy.ts", ["Need"]],
  ["core/model.ts", ["ModelProfile", "ServerLoad"]],
  ["core/detection.ts", ["Service"]],
  ["core/rng.ts", ["Rng"]],
];

/** What the file begins with. */
const HEAD = `// deno-fmt-ignore-file
/**
 * What a control policy of smarteye is told, and what it answers. Written by "smarteye policies new",
 * which also brings it up to date: changes of your own would be lost.
 */
`;

/** The text of the file. @throws {Error} when a type is not where it was. */
export async function policyTypes(): Promise<string> {
  const parts = await Promise.all(PARTS.map(async ([file, names]) => {
    const declarations = declarationsOf(await Deno.readTextFile(join(ROOT, file)));
    return (names ?? [...declarations.keys()]).map((name) => {
      const text = declarations.get(name);
      if (text !== undefined) return text;
      throw new Error(`Cannot find the type ${name} in ${file}`);
    });
  }));
  return [HEAD, ...parts.flat()].join("\n");
}

/** Types that a file exports, by name, each with the comment above it. */
function declarationsOf(text: string): ReadonlyMap<string, string> {
  const chunks = text.split(/^(?=\/\*\*)/m);
  return new Map(chunks.flatMap((chunk) => {
    const name = /^export (?:interface|type) (\w+)/m.exec(chunk)?.[1];
    return name === undefined ? [] : [[name, `${chunk.trimEnd()}\n`] as const];
  }));
}

if (import.meta.main) await Deno.writeTextFile(TYPES_FILE, await policyTypes());
