/** A user's own policy as a module: where it is, and the function that it exports, or why there is none. */

import { createHash } from "node:crypto";
import { basename, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf } from "../core/errors.ts";
import { said } from "./show.ts";

/** What is wrong with a policy that was named, as `<found>, <wanted>`. */
export class Unusable extends Error {}

/** What a promise is refused with. */
export const NO_PROMISE = "one that returns its answer at once is wanted (a policy does no I/O)";

/** Whether a policy is named by a path rather than by a registered name. */
export function isModulePath(nameOrPath: string): boolean {
  return /[/\\]|\.[cm]?[jt]s$/.test(nameOrPath);
}

/** The URL of a module of this machine. @throws {Unusable} when there is no such file. */
export async function moduleUrl(path: string): Promise<string> {
  // A Windows path starts with one letter and a colon, a URL with more.
  if (/^[a-z][a-z0-9+.-]+:/i.test(path)) {
    throw new Unusable("it is a URL, the path of a local module is wanted");
  }
  const file = resolve(path);
  const found = await Deno.stat(file).catch((cause) => {
    const why = cause instanceof Deno.errors.NotFound ? "there is no such file" : messageOf(cause);
    throw new Unusable(`${why}, the path of a module is wanted`, { cause });
  });
  if (!found.isFile) throw new Unusable("it is not a file, the path of a module is wanted");
  return pathToFileURL(file).href;
}

/** What stands in a module's file, in short; `undefined` where that cannot be read (any more). */
export async function digestOf(url: string): Promise<string | undefined> {
  const text = await Deno.readFile(new URL(url)).catch(() => undefined);
  return text && createHash("sha256").update(text).digest("hex");
}

/** What a user's module exports. */
export interface Exported {
  /** The policy. */
  readonly policy: (...args: unknown[]) => unknown;
  /** Everything that it exports, the policy among it. */
  readonly module: Readonly<Record<string, unknown>>;
}

/** Imports a module, and finds the policy in it. @throws {Unusable} when there is none. */
export async function importPolicy(url: string): Promise<Exported> {
  const module: Record<string, unknown> = await import(url).catch((cause) => {
    throw new Unusable(
      `importing it failed with "${said(cause)}"${lineOf(cause)}, ` +
        "a module that imports is wanted",
    );
  });
  const exported = module["default"] ?? module["policy"];
  if (typeof exported !== "function") {
    const exports = Object.keys(module).join(", ") || "nothing";
    throw new Unusable(
      `it exports ${exports}, a function as the default export or as "policy" is wanted`,
    );
  }
  return { policy: exported as Exported["policy"], module };
}

/** Where a module could not be parsed: the lines after the first of such an error's message. */
function lineOf(error: unknown): string {
  const line = /\n\s+at .*:(\d+):\d+$/.exec(error instanceof Error ? error.message : "")?.[1];
  return line ? ` at line ${line}` : "";
}

/** The function's own name, or that of its file where the function has none that tells anything. */
export function nameOf(exported: { readonly name: unknown }, path: string): string {
  const { name } = exported;
  const tells = typeof name === "string" && /^[\p{L}\p{N}_$.-]{1,64}$/u.test(name) &&
    !["default", "policy"].includes(name);
  return tells ? name : basename(path, extname(path));
}

/** Whether a policy returned a promise, which none may. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}
