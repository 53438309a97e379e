/** The npm packages that the program needs at run time, without what only other machines need. */

import { dirname, join, relative } from "node:path";
import { z } from "zod";
import { copyFile } from "./sources.ts";

/** The machine that the executable is for, in the words of `package.json`. */
export interface Platform {
  /** `linux`, `darwin`, `win32`. */
  readonly os: string;
  /** `x64`, `arm64`. */
  readonly cpu: string;
  /** The C library, where that makes a difference. */
  readonly libc: "glibc" | "musl" | undefined;
}

/** This machine: Deno's names → npm's. */
export function thisPlatform(build: typeof Deno.build = Deno.build): Platform {
  return {
    os: build.os === "windows" ? "win32" : build.os,
    cpu: build.arch === "x86_64" ? "x64" : "arm64",
    libc: build.os !== "linux" ? undefined : build.env === "musl" ? "musl" : "glibc",
  };
}

const Requirements = z.object({
  os: z.array(z.string()).optional(),
  cpu: z.array(z.string()).optional(),
  libc: z.array(z.string()).optional(),
});

/** Whether a package is for a platform, by its `package.json`; `!name` stands for all others. */
export function isFor(packageJson: unknown, platform: Platform): boolean {
  const { os, cpu, libc } = Requirements.parse(packageJson);
  const allows = (list: string[] | undefined, name: string | undefined) =>
    list === undefined || name === undefined || list.includes(name) ||
    (list.every((each) => each.startsWith("!")) && !list.includes(`!${name}`));
  return allows(os, platform.os) && allows(cpu, platform.cpu) && allows(libc, platform.libc);
}

/** Type declarations, TypeScript, source maps, documentation: read by no program. */
const NOT_RUN = /\.([cm]?tsx?|map|md|markdown|flow|html|tsbuildinfo)$/i;
/** Licences travel with what they license, whatever their form. */
const LICENCE = /^(licen[cs]e|notice|copying|copyright)/i;
/** Directories at the top of a package that hold no part of the program. */
const ASIDE = new Set([
  ...["test", "tests", "__tests__", "spec", "docs", "doc", "example", "examples"],
  ...["bench", "benchmark", "benchmarks", ".github", ".vscode"],
]);
/** Typefaces, of which we use one. */
const FONT_FILE = /\.(woff2?|ttf|otf|css|scss)$/i;

/**
 * Whether a file of a package is needed at run time.
 *
 * @param name the package's name.
 * @param path the file's path in the package, with `/`.
 * @param isNamed whether our sources name the file as `package/path`.
 */
export function isNeeded(
  name: string,
  path: string,
  platform: Platform,
  isNamed: (specifier: string) => boolean,
): boolean {
  const folders = path.split("/");
  const file = folders.pop()!;
  if (LICENCE.test(file)) return true;
  if (NOT_RUN.test(file) || ASIDE.has(folders[0] ?? "")) return false;
  if (name.startsWith("@fontsource/") && FONT_FILE.test(file)) return isNamed(`${name}/${path}`);
  // This package alone carries every platform's libraries: bin/napi-v6/<os>/<cpu>/.
  const [bin, , os, cpu] = folders;
  if (name === "onnxruntime-node" && bin === "bin" && os !== undefined) {
    return os === platform.os && cpu === platform.cpu;
  }
  return true;
}

/**
 * Copies packages and all that they depend on from one `node_modules` to another, which gets the
 * same layout: `.deno/<name@version>/node_modules/<name>` and links between them.
 *
 * @param names the packages that our sources use.
 * @param isNamed whether our sources name a package's file.
 */
export async function copyPackages(
  from: string,
  to: string,
  names: readonly string[],
  platform: Platform,
  isNamed: (specifier: string) => boolean,
): Promise<void> {
  const done = new Set<string>();
  const waiting: string[] = [];
  from = await Deno.realPath(from);

  /** Copies the link at `path` (in `from`), and later what it leads to. */
  const copyLink = async (path: string) => {
    if (path.includes("@types/")) return; // type declarations alone
    const target = await Deno.realPath(join(from, path));
    const text = await Deno.readTextFile(join(target, "package.json"));
    if (!isFor(JSON.parse(text), platform)) return;
    waiting.push(relative(from, target));
    await Deno.mkdir(dirname(join(to, path)), { recursive: true });
    await Deno.symlink(await Deno.readLink(join(from, path)), join(to, path), { type: "dir" });
  };

  for (const name of names) await copyLink(name);
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    if (done.has(path)) continue;
    done.add(path);
    const name = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path.replaceAll("\\", "/"))![1]!;
    for (const file of await filesIn(join(from, path))) {
      if (!isNeeded(name, file, platform, isNamed)) continue;
      await copyFile(join(from, path, file), join(to, path, file));
    }
    const beside = path.slice(0, -name.length);
    for (const dependency of await linksIn(join(from, beside))) {
      await copyLink(join(beside, dependency));
    }
  }
}

/** The paths of all files in a directory and below, without packages inside. */
async function filesIn(directory: string, below = ""): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(directory, below))) {
    const path = below === "" ? name : `${below}/${name}`;
    if (!isDirectory) files.push(path);
    else files.push(...await filesIn(directory, path));
  }
  return files;
}

/** The links in a `node_modules`, scoped ones as `@scope/name`. */
async function linksIn(directory: string): Promise<string[]> {
  const links: string[] = [];
  for await (const { name, isSymlink, isDirectory } of Deno.readDir(directory)) {
    if (isSymlink) links.push(name);
    else if (isDirectory && name.startsWith("@")) {
      for (const inner of await linksIn(join(directory, name))) links.push(`${name}/${inner}`);
    }
  }
  return links.sort();
}
