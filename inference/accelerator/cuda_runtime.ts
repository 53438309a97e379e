/**
 * onnxruntime with CUDA, as PyPI has it: which libraries there are, where, and in which order they
 * are loaded. npm's onnxruntime-node has the same library without CUDA. What is opened first stays:
 * the addon asks the linker for `libonnxruntime.so.1` and gets the one that is there by then, and
 * that one looks for its CUDA beside itself. So no `LD_LIBRARY_PATH` is needed, and nothing is copied.
 */

import { basename, join } from "node:path";
import { type LibraryFound, linkerMessage, openLibrary, pathOfLoaded } from "./shared_library.ts";
import { ORT_VERSION } from "./runtime_version.ts";

/** The CUDA that onnxruntime's provider is made with: a driver must serve this one at least. */
export const CUDA_MAJOR = 13;

/** What the provider needs of CUDA: each may need those before it. */
const CUDA_LIBRARIES = [
  "libcudart.so.13",
  "libcublasLt.so.13",
  "libcublas.so.13",
  "libcurand.so.10",
  "libcudnn.so.9",
] as const;

/** onnxruntime's own, beside its library, which loads them when a session wants CUDA. */
const BRIDGE = "libonnxruntime_providers_shared.so";
const PROVIDER = "libonnxruntime_providers_cuda.so";

/** What the addon asks the linker for. */
const RUNTIME = "libonnxruntime.so.1";

/**
 * A symbol that the provider finds only in a process in which onnxruntime brings it: where nothing but
 * that is missing, all of its libraries are there.
 */
const ONLY_IN_ORT = /undefined symbol: Provider_GetHost/;

/** What there is in a directory of libraries. */
export interface CudaRuntime {
  /** The directory. */
  readonly directory: string;
  /** Each library that is needed, CUDA's first. */
  readonly libraries: readonly LibraryFound[];
  /** The first of their problems. */
  readonly problem?: string;
}

/** The directory whose onnxruntime this process has loaded: there is no other afterwards. */
let loaded: CudaRuntime | undefined;

/** Whether this process infers with an onnxruntime that `loadCudaRuntime` has loaded. */
export function isCudaRuntimeLoaded(): boolean {
  return loaded !== undefined;
}

/** Whether nothing but the driver's library is missing, which comes by other ways than the others. */
export function lacksDriver({ problem }: CudaRuntime): boolean {
  return problem?.startsWith("libcuda.so.") ?? false;
}

/**
 * Loads onnxruntime with CUDA in place of npm's, for this process and all of its Workers. To be called
 * before the first session; where something is missing, npm's stays in its place.
 *
 * @param directory one that `smarteye gpu install` made, a `site-packages`, or one that holds the
 * libraries themselves.
 */
export async function loadCudaRuntime(directory: string): Promise<CudaRuntime> {
  if (loaded?.directory === directory) return loaded;
  const other = pathOfLoaded("libonnxruntime.so");
  if (other !== undefined) {
    const problem = `onnxruntime is loaded already, from ${other}`;
    return { directory, libraries: [], problem };
  }
  if (!await isDirectory(directory)) {
    return { directory, libraries: [], problem: "no directory is there" };
  }
  const { folders, libraries } = await openCudaLibraries(directory);
  const runtime = await findRuntime(folders);
  libraries.push(...await checkProviders(folders));
  if ("problem" in runtime || libraries.some(({ problem }) => problem !== undefined)) {
    libraries.push(runtime);
    const problem = libraries.map(({ problem }) => problem).find((one) => one !== undefined)!;
    return { directory, libraries, problem };
  }
  const opened = openRuntime(runtime.path!);
  libraries.push(opened);
  if (opened.problem !== undefined) return { directory, libraries, problem: opened.problem };
  return loaded = { directory, libraries };
}

/** Opens CUDA's libraries: of the directory, else of the system. */
async function openCudaLibraries(directory: string) {
  const folders = await foldersOf(directory);
  const libraries: LibraryFound[] = [];
  for (const name of CUDA_LIBRARIES) {
    libraries.push(openLibrary(await findIn(folders, name) ?? name));
  }
  return { folders, libraries };
}

/** The directory, and where wheels put libraries below it. */
async function foldersOf(directory: string): Promise<string[]> {
  const nvidia = join(directory, "nvidia");
  const wheels: string[] = [];
  try {
    for await (const { name } of Deno.readDir(nvidia)) wheels.push(join(nvidia, name, "lib"));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return [
    directory,
    join(directory, "lib"),
    join(directory, "onnxruntime", "capi"),
    ...wheels.sort(),
  ];
}

async function findIn(folders: readonly string[], name: string): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, name);
    if (await isFile(path)) return path;
  }
  return undefined;
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}

/** onnxruntime's library, which is not opened yet: another version would be in the way of npm's. */
async function findRuntime(folders: readonly string[]): Promise<LibraryFound> {
  const name = `libonnxruntime.so.${ORT_VERSION}`;
  const path = await findIn(folders, name);
  if (path !== undefined) return { name, path };
  const other = await findIn(folders, RUNTIME) ?? await findIn(folders, "libonnxruntime.so");
  const file = other && basename(await Deno.realPath(other));
  if (file === name || file === RUNTIME) return { name, path: other! };
  const versions = await versionsIn(folders);
  return {
    name,
    problem: versions.length === 0
      ? `${name} is not in ${folders[0]}`
      : `${versions.join(", ")} is of another version, ${ORT_VERSION} is wanted`,
  };
}

async function versionsIn(folders: readonly string[]): Promise<string[]> {
  const names = new Set<string>();
  for (const folder of folders) {
    try {
      for await (const { name } of Deno.readDir(folder)) {
        if (/^libonnxruntime\.so\.\d+\.\d/.test(name)) names.add(name);
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return [...names].sort();
}

/** Looks whether the providers find what they need. They are not opened: only onnxruntime can. */
async function checkProviders(folders: readonly string[]): Promise<LibraryFound[]> {
  const checked: LibraryFound[] = [];
  for (const name of [BRIDGE, PROVIDER]) {
    const path = await findIn(folders, name);
    if (path === undefined) checked.push({ name, problem: `${name} is not in ${folders[0]}` });
    else if (name === BRIDGE) checked.push({ name, path });
    else checked.push({ name, path, ...providerProblem(path) });
  }
  return checked;
}

function providerProblem(path: string): { problem?: string } {
  try {
    Deno.dlopen(path, {}).close();
    return {};
  } catch (error) {
    const message = linkerMessage(error);
    return ONLY_IN_ORT.test(message) ? {} : { problem: message };
  }
}

const VERSIONED = { OrtGetApiBase: { parameters: [], result: "pointer" } } as const;

/** Opens it, and asks it for its version: that of a file without one in its name is not known before. */
function openRuntime(path: string): LibraryFound {
  const name = basename(path);
  try {
    const { symbols } = Deno.dlopen(path, VERSIONED);
    // struct OrtApiBase { const OrtApi* (*GetApi)(uint32_t); const char* (*GetVersionString)(void); }
    const base = new Deno.UnsafePointerView(symbols.OrtGetApiBase()!);
    const version = new Deno.UnsafeFnPointer(base.getPointer(8)!, {
      parameters: [],
      result: "pointer",
    }).call();
    const said = Deno.UnsafePointerView.getCString(version!);
    if (said === ORT_VERSION) return { name, path };
    return { name, problem: `${path} is onnxruntime ${said}, ${ORT_VERSION} is wanted` };
  } catch (error) {
    return { name, problem: linkerMessage(error) };
  }
}
