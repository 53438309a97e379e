/** Holds the state that a control policy hands on against what JSON can say: it has to be recorded. */

import { messageOf } from "../../core/errors.ts";
import { show } from "../show.ts";
import type { Json } from "./policy.ts";

/** Bytes that a state may have as JSON. */
export const STATE_BYTES_MAX = 64 * 1024;

/** Arrays and objects that may lie in each other. */
const DEPTH_MAX = 100;

const encoder = new TextEncoder();

/**
 * A copy of the state as it comes back from JSON, if that is exactly what it was: nobody changes it
 * any more.
 *
 * @throws {Error} saying what is not, and what is wanted.
 */
export function checkedState(state: unknown): Json {
  const wanted = "data that JSON brings back as it is, is wanted";
  let text: string | undefined;
  try {
    text = JSON.stringify(state);
  } catch (cause) {
    throw new Error(`its state is ${show(state)} (${messageOf(cause)}), ${wanted}`, { cause });
  }
  const bytes = text === undefined ? 0 : encoder.encode(text).length;
  if (bytes > STATE_BYTES_MAX) {
    throw new Error(`its state is ${bytes} bytes of JSON, at most ${STATE_BYTES_MAX} are wanted`);
  }
  const copy: Json = text === undefined ? null : JSON.parse(text);
  const lost = firstLost(state, copy, "state", DEPTH_MAX);
  if (lost !== undefined) throw new Error(`its ${lost}, ${wanted}`);
  return copy;
}

/** What JSON has not brought back: `state.a[1] is NaN`. */
function firstLost(given: unknown, back: unknown, path: string, depth: number): string | undefined {
  if (typeof given !== "object" || given === null) {
    return Object.is(given, back) ? undefined : `${path} is ${show(given)}`;
  }
  if (depth === 0) return `state lies in more than ${DEPTH_MAX} arrays and objects`;
  const isSame = typeof back === "object" && back !== null &&
    Object.getPrototypeOf(given) === Object.getPrototypeOf(back);
  const keys = Reflect.ownKeys(given);
  if (!isSame || keys.length !== Reflect.ownKeys(back).length) return `${path} is ${show(given)}`;
  for (const key of keys) {
    if (typeof key === "symbol" || key === "__proto__" || !Object.hasOwn(back, key)) {
      return `${path} has ${show(key)}: ${show(Reflect.get(given, key))}`;
    }
    if (Array.isArray(given) && key === "length") continue; // as many keys: as long
    const at = Array.isArray(given) ? `${path}[${key}]` : `${path}.${key}`;
    const lost = firstLost(Reflect.get(given, key), Reflect.get(back, key), at, depth - 1);
    if (lost !== undefined) return lost;
  }
  return undefined;
}
