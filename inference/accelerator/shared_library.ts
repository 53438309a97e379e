/** Libraries of the system's dynamic linker: opened for good, found by their paths. */

import { basename } from "node:path";
import { messageOf } from "../../core/errors.ts";

/** A library, as a program that needs it finds it. */
export interface LibraryFound {
  /** As those that need it name it: `libcublas.so.13`. */
  readonly name: string;
  /** Where it is; absent where it cannot be loaded, or the system does not tell. */
  readonly path?: string;
  /** Why it cannot be loaded, such as the file that it lacks. */
  readonly problem?: string;
}

/**
 * Opens a library until the process ends: whoever needs one of that name afterwards gets this one,
 * wherever it lies.
 *
 * @param path a file's, or a name that the linker knows the place of.
 */
export function openLibrary(path: string): LibraryFound {
  const name = basename(path);
  try {
    Deno.dlopen(path, {});
  } catch (error) {
    return { name, problem: linkerMessage(error) };
  }
  const found = path === name ? pathOfLoaded(name) : path;
  return { name, ...(found === undefined ? {} : { path: found }) };
}

/** What the linker said: `libcublasLt.so.13: cannot open shared object file: No such file …`. */
export function linkerMessage(error: unknown): string {
  return messageOf(error).replace(/^(Could not open library: )+/, "");
}

/** Where a library that this process has loaded lies, by the start of its name; only Linux tells. */
export function pathOfLoaded(name: string): string | undefined {
  if (Deno.build.os !== "linux") return undefined;
  return loadedPaths().find((path) => basename(path).startsWith(name));
}

/**
 * The libraries that this process has loaded. The linker tells them (`dl_iterate_phdr`, 3); of
 * `/proc/self/maps` Deno's permissions to read say nothing.
 */
function loadedPaths(): string[] {
  const paths: string[] = [];
  const libc = Deno.dlopen("libc.so.6", {
    dl_iterate_phdr: { parameters: ["function", "pointer"], result: "i32" },
  });
  const each = new Deno.UnsafeCallback(
    { parameters: ["pointer", "usize", "pointer"], result: "i32" },
    (info) => {
      // struct dl_phdr_info { ElfW(Addr) dlpi_addr; const char *dlpi_name; … }
      const name = new Deno.UnsafePointerView(info!).getPointer(8);
      if (name !== null) paths.push(Deno.UnsafePointerView.getCString(name));
      return 0;
    },
  );
  libc.symbols.dl_iterate_phdr(each.pointer, null);
  each.close();
  libc.close();
  return paths;
}
