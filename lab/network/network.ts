/** Networks as users name them: recorded, generated or described. */

import { basename, resolve } from "node:path";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import { readNumber } from "../../core/number.ts";
import { seedOf } from "../../core/rng.ts";
import {
  type Capacity,
  constantCapacity,
  type Cut,
  cutCapacity,
  type RateStep,
  startingAt,
  steppedCapacity,
  tracedCapacity,
} from "./capacity.ts";
import { CELLULAR, radioCapacity } from "./cellular.ts";
import type { Way } from "./shared_way.ts";

/** A link, both ways. */
export interface Network {
  /** Tells it from others in tables. */
  readonly name: string;
  /** From the edge. */
  readonly up: Way;
  /** To the edge. */
  readonly down: Way;
}

/** The forms in which a network may be named, for help and messages. */
export const NETWORK_FORMS: string =
  "constant:8mbit, steps:8mbit*10,1mbit*5 (each for so many seconds), " +
  `${Object.keys(CELLULAR).join(", ")} (generated), or a trace of Mahimahi's form ` +
  "(NAME.up with NAME.down beside it); behind it, as in a URL, ?delay=MS&jitter=MS&cut=FROM-TO " +
  "(seconds; several with commas between) &start=S&seed=N";

/** Milliseconds each way where nothing else is said: about those of an LTE network. */
const DELAY_MS = 20;

/** What may stand behind `?`. */
const OPTIONS = ["delay", "jitter", "cut", "start", "seed", "name"];

/** Capacities of both directions. */
interface Capacities {
  readonly up: Capacity;
  readonly down: Capacity;
}

/** A name that no network has: what was found in it, and what is wanted. */
export class UnusableNetwork extends SmarteyeError {
  /** `invalid_argument`. */
  constructor(spec: string, readonly found: string, readonly wanted: string) {
    super("invalid_argument", `Cannot use the network "${spec}": found ${found}, wanted ${wanted}`);
  }
}

/**
 * Opens a network that a user names, in one of {@link NETWORK_FORMS}. Traces are read at once.
 *
 * @param directory that paths are relative to.
 * @throws {UnusableNetwork} saying what was found, and what is wanted.
 */
export function openNetwork(spec: string, directory: string): Network {
  const [base, query = ""] = spec.split("?", 2) as [string, string?];
  const options = new URLSearchParams(query);
  for (const name of options.keys()) {
    if (!OPTIONS.includes(name)) {
      throw new UnusableNetwork(
        spec,
        `the unknown option "${name}"`,
        `one of ${OPTIONS.join(", ")}`,
      );
    }
  }
  const numberOf = (name: string, byDefault: number, max: number) => {
    const text = options.get(name);
    const value = text === null ? byDefault : readNumber(text, { min: 0, max });
    if (value !== undefined) return value;
    throw new UnusableNetwork(spec, `${name}=${text}`, `a number from 0 to ${max}`);
  };
  const delayMs = numberOf("delay", DELAY_MS, 60_000);
  const jitterMs = numberOf("jitter", 0, 60_000);
  const startMs = 1000 * numberOf("start", 0, 1e9);
  const seed = numberOf("seed", 1, 2 ** 32);
  const cuts = cutsOf(spec, options.get("cut"));
  const { up, down } = capacitiesOf(spec, base, seed, directory);
  const way = (capacity: Capacity): Way => (
    { capacity: cutCapacity(startingAt(capacity, startMs), cuts), delayMs, jitterMs }
  );
  const name = options.get("name") ?? nameOf(base, options);
  return { name, up: way(up), down: way(down) };
}

/** The base's name, with what makes it another one. */
function nameOf(base: string, options: URLSearchParams): string {
  const told = ["seed", "delay", "jitter", "cut", "start"].filter((name) => options.has(name))
    .map((name) => `${name}=${options.get(name)}`);
  return [basename(base).replace(/\.(up|down)$/, ""), ...told].join(" ");
}

function capacitiesOf(
  spec: string,
  base: string,
  seed: number,
  directory: string,
): Capacities {
  if (Object.hasOwn(CELLULAR, base)) {
    const { up, down } = CELLULAR[base]!;
    return { up: radioCapacity(up, seedOf(seed, 1)), down: radioCapacity(down, seedOf(seed, 2)) };
  }
  const [kind, rates] = base.split(":", 2) as [string, string?];
  if (kind === "constant") return both(constantCapacity(bytesPerSecOf(spec, rates ?? "")));
  if (kind === "steps") return both(stepsOf(spec, rates ?? ""));
  const stem = resolve(directory, base).replace(/\.(up|down)$/, "");
  return { up: readTrace(spec, `${stem}.up`), down: readTrace(spec, `${stem}.down`) };
}

/** Both ways alike. */
function both(capacity: Capacity): Capacities {
  return { up: capacity, down: capacity };
}

function readTrace(spec: string, path: string): Capacity {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    const isMissing = error instanceof Deno.errors.NotFound;
    const found = isMissing ? `no trace "${path}"` : messageOf(error);
    throw new UnusableNetwork(spec, found, `one of: ${NETWORK_FORMS}`);
  }
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const times = lines.map((line, i) => {
    if (/^\d{1,12}$/.test(line)) return Number(line);
    const found = `line ${i + 1} of ${basename(path)} is "${line.slice(0, 40)}"`;
    throw new UnusableNetwork(spec, found, "the milliseconds at which a packet may leave");
  });
  try {
    return tracedCapacity(times);
  } catch {
    const found = `times in ${basename(path)} that are none, not in order or all 0`;
    throw new UnusableNetwork(spec, found, "milliseconds in order, the last above 0");
  }
}

/** `8mbit*10,1mbit*5`: rates, each for so many seconds, again and again. */
function stepsOf(spec: string, text: string): Capacity {
  let fromMs = 0;
  const steps = text.split(",").map((part): RateStep => {
    const [rate = "", seconds = ""] = part.split("*");
    const lasts = readNumber(seconds, { min: 0.001, max: 1e6 });
    if (lasts === undefined) {
      throw new UnusableNetwork(spec, `"${part}"`, "a rate and its seconds such as 8mbit*10");
    }
    const step = { fromMs, bytesPerSec: /^0(bit)?$/.test(rate) ? 0 : bytesPerSecOf(spec, rate) };
    fromMs += lasts * 1000;
    return step;
  });
  try {
    return steppedCapacity(steps, fromMs);
  } catch {
    throw new UnusableNetwork(spec, "no rate above 0", "one at least");
  }
}

const UNITS: Readonly<Record<string, number>> = { bit: 1, kbit: 1e3, mbit: 1e6, gbit: 1e9 };

/** Bits a second, as `tc` writes them: `8mbit`, `500kbit`. */
function bytesPerSecOf(spec: string, text: string): number {
  const [, digits = "", unit = ""] = /^([\d.]+)(bit|kbit|mbit|gbit)$/i.exec(text) ?? [];
  const value = readNumber(digits, { min: 0, max: 1e6, isAboveMin: true });
  const factor = UNITS[unit.toLowerCase()];
  if (value !== undefined && factor !== undefined) return value * factor / 8;
  throw new UnusableNetwork(spec, `the rate "${text}"`, "one such as 8mbit or 500kbit");
}

/** `10-12,40-45`: seconds from the start. */
function cutsOf(spec: string, text: string | null): Cut[] {
  if (text === null) return [];
  let last = 0;
  return text.split(",").map((part) => {
    const [from, to] = part.split("-").map((side) => readNumber(side, { min: 0, max: 1e9 }));
    if (from === undefined || to === undefined || from < last || to <= from) {
      throw new UnusableNetwork(spec, `cut=${text}`, "seconds such as 10-12,40-45 in order");
    }
    last = to;
    return { fromMs: from * 1000, toMs: to * 1000 };
  });
}
