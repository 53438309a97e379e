/** The program laid out as it will run: the one tree that both kinds of executable hold. */

import { join } from "node:path";
import { copyPackages, thisPlatform } from "./packages.ts";
import {
  copyFile,
  findSources,
  packagesOf,
  runtimeConfig,
  setMode,
  type Sources,
} from "./sources.ts";

/** Copies all that the program needs at run time into the empty directory `to`. */
export async function stage(root: string, to: string): Promise<Sources> {
  const sources = await findSources(root);
  for (const path of [...sources.modules, ...sources.assets]) {
    await copyFile(join(root, path), join(to, path));
  }
  const config = join(to, "deno.json");
  await Deno.writeTextFile(config, runtimeConfig());
  await setMode(config, false);
  await copyPackages(
    join(root, "node_modules"),
    join(to, "node_modules"),
    packagesOf(sources),
    thisPlatform(),
    (specifier) => sources.quotes(`${specifier}"`),
  );
  return sources;
}
