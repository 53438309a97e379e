/** Our own files that the program needs at run time, found by following `main.ts`. */

import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { z } from "zod";
import project from "../deno.json" with { type: "json" };

/** What of our own goes into the executable. Paths are relative to the project, with `/`. */
export interface Sources {
  /** Modules and JSON that the entry reaches, literal dynamic imports included. */
  readonly modules: readonly string[];
  /** Modules that no import names: the main modules of Workers. */
  readonly workers: readonly string[];
  /** Files that are read, not imported. */
  readonly assets: readonly string[];
  /** Whether a text stands as a quoted string, or at the start of one, in any module. */
  quotes(text: string): boolean;
}

const Graph = z.object({
  modules: z.array(z.object({ specifier: z.string(), error: z.string().optional() })),
});

/** `new URL("./proto.proto", import.meta.url)`: how our modules name files beside them. */
const FILE_BESIDE = /new URL\(\s*"(\.\.?\/[^"]+)",\s*import\.meta\.url,?\s*\)/g;

/**
 * Follows `main.ts` and all that it names.
 *
 * @param root the project's directory.
 * @throws {Error} when a module is missing.
 */
export async function findSources(root: string): Promise<Sources> {
  const modules = new Set<string>();
  const workers = new Set<string>();
  const assets = new Set<string>(["LICENSE"]);
  const texts: string[] = [];
  const entries = ["main.ts"];

  for (let entry = entries.shift(); entry !== undefined; entry = entries.shift()) {
    for (const path of await reachable(root, entry)) {
      if (modules.has(path)) continue;
      modules.add(path);
      if (!/\.tsx?$/.test(path)) continue;
      const text = await Deno.readTextFile(join(root, path));
      texts.push(text);
      for (const beside of filesBeside(text, path)) {
        // Named like a file, but only to run it again: everything that runs starts at main.ts.
        if (beside === "main.ts") continue;
        if (beside.endsWith(".ts")) {
          workers.add(beside);
          entries.push(beside);
        } else for (const file of await filesUnder(root, beside)) assets.add(file);
      }
    }
  }
  // Weights that come with the program: the manifest beside them names them, no module does.
  for (const file of await filesUnder(root, "models")) {
    if (file.endsWith(".onnx")) assets.add(file);
  }
  return {
    modules: [...modules].filter((path) => path !== "deno.json").sort(),
    workers: [...workers].sort(),
    assets: [...assets].sort(),
    quotes: (text) => texts.some((each) => each.includes(`"${text}`)),
  };
}

/** The files that a module names beside itself; `path` is the module's. */
export function filesBeside(text: string, path: string): string[] {
  return [...text.matchAll(FILE_BESIDE)].map(([, name]) => {
    const url = new URL(name!, pathToFileURL(join("/", path)));
    return relative("/", fileURLToPath(url)).replaceAll("\\", "/");
  });
}

/** The names of the packages that any module imports or resolves. */
export function packagesOf(sources: Sources): string[] {
  return Object.keys(project.imports)
    .filter((name) => sources.quotes(`${name}"`) || sources.quotes(`${name}/`))
    .sort();
}

/** What of `deno.json` is for those who build the program, not for the program. */
const FOR_BUILDERS = new Set([
  ...["tasks", "imports", "compilerOptions", "fmt", "lint", "test", "exclude", "lock"],
]);

/** What it has to know of pages, which are compiled when they are loaded. */
const { jsx, jsxImportSource } = project.compilerOptions;

/**
 * The configuration that the built program runs with: ours, but it takes its packages from the
 * `node_modules` beside it and never looks for others.
 */
export function runtimeConfig(): string {
  const kept = Object.entries(project).filter(([key]) => !FOR_BUILDERS.has(key));
  const config = { ...Object.fromEntries(kept), compilerOptions: { jsx, jsxImportSource } };
  return JSON.stringify({ ...config, nodeModulesDir: "manual" }, null, 2) + "\n";
}

/** The project's files that `entry` imports, itself included. */
async function reachable(root: string, entry: string): Promise<string[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`Cannot follow "${entry}": ${decoder.decode(stderr).trim()}`);
  const { modules } = Graph.parse(JSON.parse(decoder.decode(stdout)));
  const missing = modules.find(({ error }) => error !== undefined);
  if (missing) throw new Error(`Cannot follow "${entry}": ${missing.error}`);
  return modules.filter(({ specifier }) => specifier.startsWith("file:")).map(({ specifier }) =>
    relative(root, fileURLToPath(specifier)).replaceAll("\\", "/")
  ).filter((path) => !path.startsWith("node_modules/"));
}

/** The file itself, or the files in the directory and below. */
async function filesUnder(root: string, path: string): Promise<string[]> {
  if ((await Deno.stat(join(root, path))).isFile) return [path];
  const files: string[] = [];
  for await (const { name } of Deno.readDir(join(root, path))) {
    files.push(...await filesUnder(root, `${path.replace(/\/$/, "")}/${name}`));
  }
  return files;
}

/** Copies a file and makes its directory. */
export async function copyFile(from: string, to: string, isProgram = false): Promise<void> {
  await Deno.mkdir(dirname(to), { recursive: true });
  await Deno.copyFile(from, to);
  await setMode(to, isProgram);
}

/** Gives a file a mode that does not depend on the builder's: everyone may read it. */
export async function setMode(path: string, isProgram: boolean): Promise<void> {
  if (Deno.build.os !== "windows") await Deno.chmod(path, isProgram ? 0o755 : 0o644);
}
