/** Shared libraries that are made on the spot, where there is a C compiler. */

import { join } from "node:path";

const COMPILER = "cc";

/** Whether libraries can be made here; where not, says that tests are skipped. */
export const canCompile: boolean = (() => {
  if (Deno.build.os !== "linux") return false;
  try {
    return new Deno.Command(COMPILER, { args: ["--version"], stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch {
    console.log(`skipped what needs a C compiler: there is no "${COMPILER}"`);
    return false;
  }
})();

/** A library to make. */
export interface SharedObject {
  /** Its file's name, and what others know it by. */
  readonly name: string;
  /** C. */
  readonly source?: string;
  /** Paths of libraries that it needs. */
  readonly needs?: readonly string[];
}

/** Makes a library in a directory, which is made too. @returns its path. */
export function compile(directory: string, { name, source, needs }: SharedObject): string {
  Deno.mkdirSync(directory, { recursive: true });
  const path = join(directory, name);
  const file = join(directory, "source.c");
  Deno.writeTextFileSync(file, source ?? "int nothing(void) { return 0; }");
  const { success, stderr } = new Deno.Command(COMPILER, {
    args: [
      ...["-shared", "-fPIC", "-Wl,--no-as-needed", `-Wl,-soname,${name}`],
      ...["-o", path, file, ...needs ?? []],
    ],
  }).outputSync();
  Deno.removeSync(file);
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return path;
}

/** C of a driver of NVIDIA's, as far as it is asked. */
export function driverSource(
  said: { readonly version?: number; readonly devices?: readonly string[]; readonly init?: number },
): string {
  const { version = 13000, devices = ["Stub H100"], init = 0 } = said;
  const names = devices.map((name) => JSON.stringify(name)).join(", ") || '""';
  return `
    #include <string.h>
    static const char *names[] = { ${names} };
    int cuInit(unsigned flags) { return ${init}; }
    int cuDriverGetVersion(int *version) { *version = ${version}; return 0; }
    int cuDeviceGetCount(int *n) { *n = ${devices.length}; return 0; }
    int cuDeviceGet(int *device, int n) { *device = n; return 0; }
    int cuDeviceGetName(char *to, int size, int n) { strncpy(to, names[n], size); return 0; }
    int cuDeviceTotalMem_v2(unsigned long *bytes, int n) { *bytes = (n + 1) * 1000; return 0; }
    int cuGetErrorString(int code, const char **text) { *text = "system not yet initialized"; return 0; }
  `;
}
