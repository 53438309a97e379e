/**
 * The kinds of values that settings have: text as the user wrote it → a checked value. A kind's
 * description says what is wanted, and is what the user reads when something else was found.
 */

import { isIP } from "node:net";
import { z } from "zod";
import type { Size } from "../../core/frame.ts";
import type { EventsRule, ImagesRule } from "../../edge/options.ts";
import { type NumberRange, readNumber, wantedNumber } from "../../core/number.ts";
import { parsePolygons, type Polygon } from "../../edge/filter/mask.ts";
import { parseTarget, TARGET_FORMS } from "../../forwarder/target.ts";
import { splitPolicies } from "../../policies/expression.ts";
import { quote } from "./problems.ts";

/** Checks one setting's text and turns it into its value. */
export type Kind<T> = z.ZodType<T, string>;

/** A number within a range; `unit` as in "a whole number of milliseconds". */
export function number(range: NumberRange, unit = ""): Kind<number> {
  return z.string().refine((text) => readNumber(text, range) !== undefined)
    .transform((text) => readNumber(text, range)!)
    .describe(wantedNumber(range, unit));
}

/** A whole number. */
export function whole(unit: string, min: number, max: number): Kind<number> {
  return number({ min, max, isWhole: true }, unit);
}

/** A number above 0, with or without decimals. */
export function positive(unit: string, max: number): Kind<number> {
  return number({ min: 0, max, isAboveMin: true }, unit);
}

/** A share, 0 to 1. */
export function share(): Kind<number> {
  return number({ min: 0, max: 1 });
}

/** One of a few words. */
export function choice<const T extends string>(words: readonly T[]): Kind<T> {
  return z.string().pipe(z.enum(words)).describe(words.join(", ").replace(/, ([^,]*)$/, " or $1"));
}

const BOOLEANS = new Map([
  ...["true", "yes", "on", "1"].map((word) => [word, true] as const),
  ...["false", "no", "off", "0"].map((word) => [word, false] as const),
]);

/** Yes or no, in any of the ways that INI files say it. */
export function yesNo(): Kind<boolean> {
  return z.string().refine((text) => BOOLEANS.has(text.toLowerCase()))
    .transform((text) => BOOLEANS.get(text.toLowerCase())!)
    .describe("true or false");
}

/** Yes, no, or `auto`: what turns out. */
export function liveRule(): Kind<boolean | "auto"> {
  return z.union([z.literal("auto"), yesNo()]).describe("auto, yes or no");
}

/** Which events are kept: with their snapshots, without, none. */
export function eventsRule(): Kind<EventsRule> {
  return choice(["all", "text", "none"]);
}

/** A number of tries, or `forever`. */
export function triesOrForever(): Kind<number | "forever"> {
  return z.union([z.literal("forever"), whole("tries", 0, 1_000_000)])
    .describe("forever or a whole number of tries from 0 to 1000000");
}

/** What decodes, by the form of its name: which devices there are only FFmpeg knows. */
export function deviceName(): Kind<string> {
  return z.string().regex(/^[a-z][a-z0-9_]{1,31}$/)
    .describe("none, auto or FFmpeg's name of a device, such as vaapi, cuda, qsv or drm");
}

/** Which frames become images: all, those with something on them, one of so many, none. */
export function imagesRule(): Kind<ImagesRule> {
  const every = z.string().refine((text) => everyOf(text) !== undefined)
    .transform((text) => ({ every: everyOf(text)! }));
  // Older files say it with a yes or a no.
  const all = yesNo().transform((is) => is ? "all" as const : "none" as const);
  return z.union([z.enum(["all", "detections", "none"]), every, all])
    .describe("all, detections, none or every N, such as every 25");
}

function everyOf(text: string): number | undefined {
  const digits = /^every\s+(\d+)$/.exec(text)?.[1];
  return readNumber(digits ?? "", { min: 1, max: 1_000_000_000, isWhole: true });
}

/** A list, with commas between. */
export function listOf<T>(kind: Kind<T>): Kind<readonly T[]> {
  return separated(kind, ",").describe(`${kind.description}, several with commas between`);
}

/** What a flag that may be given several times gives: a line each. */
export function severalOf<T>(kind: Kind<T>): Kind<readonly T[]> {
  return separated(kind, "\n").describe(kind.description ?? "");
}

function separated<T>(kind: Kind<T>, separator: string): Kind<readonly T[]> {
  return z.string().transform((text) => text.split(separator).map((part) => part.trim()))
    .pipe(z.array(kind));
}

/** Names or paths of policies with commas between, but for those within brackets. */
export function policyList(): Kind<readonly string[]> {
  return z.string().transform(splitPolicies).pipe(z.array(z.string().min(1)))
    .describe("names of policies or paths of modules, with commas between");
}

/** `2/8`: the second of eight parts. */
export function shard(): Kind<{ readonly index: number; readonly count: number }> {
  return z.string().refine((text) => partOf(text) !== undefined)
    .transform((text) => partOf(text)!)
    .describe("a part and how many there are, such as 1/8 or 8/8");
}

function partOf(text: string): { readonly index: number; readonly count: number } | undefined {
  const [index, count] = text.split("/").map((side) =>
    readNumber(side, { min: 1, max: 100_000, isWhole: true })
  );
  const isOne = index !== undefined && count !== undefined && index <= count;
  return isOne && text.split("/").length === 2 ? { index, count } : undefined;
}

const AGO_MS: Readonly<Record<string, number>> = { s: 1e3, m: 60e3, h: 3600e3, d: 86_400e3 };

/** A time that was: so long ago, or a date with or without the time of day. As it is before a given now. */
export function pastTime(): Kind<(nowMs: number) => number> {
  return z.string().refine((text) => timeOf(text) !== undefined)
    .transform((text) => timeOf(text)!)
    .describe(
      "so long ago, such as 30m, 2h or 3d, or a time, such as 2026-01-31 or 2026-01-31T16:45",
    );
}

function timeOf(text: string): ((nowMs: number) => number) | undefined {
  const [, digits = "", unit = ""] = /^(\d{1,6}(?:\.\d{1,3})?)([smhd])$/.exec(text) ?? [];
  if (unit !== "") return (nowMs) => nowMs - Number(digits) * AGO_MS[unit]!;
  if (!/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text)) {
    return undefined;
  }
  // A date alone would be one of UTC: people mean their own day.
  const atMs = Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(" ", "T"));
  return Number.isNaN(atMs) ? undefined : () => atMs;
}

const BYTES: Readonly<Record<string, number>> = { "": 1, k: 1e3, m: 1e6 };

/** Bytes, with `k` or `M` for thousands and millions of them: `500k`. */
export function byteCount(): Kind<number> {
  return z.string().refine((text) => bytesOf(text) !== undefined)
    .transform((text) => bytesOf(text)!)
    .describe("a number of bytes above 0, such as 500k or 1.5M (k = 1000, M = 1000000)");
}

function bytesOf(text: string): number | undefined {
  const [, digits = "", unit = ""] = /^([\d.]+)([kM]?)$/i.exec(text) ?? [];
  const value = readNumber(digits, { min: 0, max: 1e9, isAboveMin: true });
  return value === undefined ? undefined : value * BYTES[unit.toLowerCase()]!;
}

/** What `read` makes of a text, or else a hint at what is wrong with it. */
export function readBy<T>(
  read: (text: string) => { readonly value: T } | { readonly hint: string },
  what: string,
): Kind<T> {
  return z.string().transform((text, context) => {
    const made = read(text);
    if ("value" in made) return made.value;
    context.addIssue({
      ...{ code: "custom", message: made.hint, input: text },
      params: { [HINT]: true },
    });
    return z.NEVER;
  }).describe(what);
}

/** Any text, as it stands. */
export function text(): Kind<string> {
  return z.string().describe("text");
}

/** Text without quotes around it or control characters in it, such as a name or a path. */
export function plain(what: string): Kind<string> {
  // deno-lint-ignore no-control-regex -- they are what is refused
  return z.string().regex(/^[^\x00-\x1f\x7f]+$/).regex(/^(?!(["']).*\1$)/)
    .describe(what);
}

/** Areas of a picture by their corners, as shares of its width and height. */
export function polygons(): Kind<readonly Polygon[]> {
  return z.string().refine((text) => parsePolygons(text) !== undefined)
    .transform((text) => parsePolygons(text)!)
    .describe(
      "polygons of three corners or more, each an x,y from 0 to 1, with ; between polygons, such " +
        'as "0,0 0.3,0 0.3,0.1 0,0.1; 0.8,0 1,0 1,0.5"',
    );
}

/** Text of a form that `what` describes. */
export function like(form: RegExp, what: string): Kind<string> {
  return z.string().regex(form).describe(what);
}

/** Width and height in pixels, `640x640`. */
export function pixelSize(): Kind<Size> {
  return z.string().regex(/^\d{2,4}x\d{2,4}$/)
    .transform((text) => {
      const [width, height] = text.split("x").map(Number);
      return { width: width!, height: height! };
    })
    .describe("width x height in pixels, such as 640x640");
}

/** The name of a model: a word, so that two names on one line are noticed. */
export function modelName(): Kind<string> {
  return z.string().regex(/^[\w.+:@/-]{1,200}$/).describe("the name of a model, without spaces");
}

/** A bearer token, of the characters that RFC 6750 (2.1) allows: nothing of it could end a header. */
export function token(): Kind<string> {
  return z.string().regex(/^[\w.~+/-]{1,4096}={0,2}$/)
    .describe("a token of letters, digits and -._~+/ without spaces");
}

const HOST = String.raw`(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)`;
const HOST_PORT = new RegExp(`^(${HOST}):(\\d{1,5})$`);

/** An inference server, or a name that has several. */
export function serverTarget(): Kind<string> {
  return z.string().refine((text) => parseTarget(text) !== undefined).describe(TARGET_FORMS);
}

/** An IP address and a port. */
export function ipPort(): Kind<{ readonly host: string; readonly port: number }> {
  return z.string().refine((text) => inPortRange(text, 1) && isIP(hostOf(text)) !== 0)
    .transform((text) => ({ host: hostOf(text), port: Number(HOST_PORT.exec(text)![2]) }))
    .describe('an IP address and a port, such as "10.0.0.2:53"');
}

function hostOf(text: string): string {
  return HOST_PORT.exec(text)![1]!.replace(/^\[|\]$/g, "");
}

/** `host:port` to listen on; port 0 takes a free one. */
export function listenAddress(): Kind<{ readonly host: string; readonly port: number }> {
  return z.string().refine((text) => inPortRange(text, 0))
    .transform((text) => {
      const [, host, port] = HOST_PORT.exec(text)!;
      return { host: host!.replace(/^\[|\]$/g, ""), port: Number(port) };
    })
    .describe('host:port to listen on, such as "127.0.0.1:5000" (port 0 takes a free one)');
}

/** `[host:]port` to listen on; without a host only this machine reaches it. */
export function localListenAddress(): Kind<{ readonly host: string; readonly port: number }> {
  const whole = (text: string) => /^\d{1,5}$/.test(text) ? `127.0.0.1:${text}` : text;
  return z.string().refine((text) => inPortRange(whole(text), 0))
    .transform((text) => {
      const [, host, port] = HOST_PORT.exec(whole(text))!;
      return { host: host!.replace(/^\[|\]$/g, ""), port: Number(port) };
    })
    .describe('a port, or host:port, to listen on, such as "9100" (0 takes a free one)');
}

function inPortRange(text: string, portMin: number): boolean {
  const port = Number(HOST_PORT.exec(text)?.[2] ?? NaN);
  return port >= portMin && port <= 65535;
}

/** A host with or without a port. */
export function host(): Kind<string> {
  return z.string().regex(new RegExp(`^${HOST}(?::\\d{1,5})?$`))
    .describe('a host or an IP address, such as "192.0.2.10"');
}

/** Marks an issue whose message tells the user what was probably meant. */
export const HINT = "isHint";

/**
 * The http or https URL of something that a server offers. One of a server alone is refused: it
 * answers 404 there, to every request.
 */
export function httpUrl(): Kind<string> {
  return z.string()
    .refine((text) => /^https?:\/\/[^\s]+$/.test(text) && URL.canParse(text), { abort: true })
    .refine((text) => new URL(text).pathname !== "/", {
      error: ({ input }) => `did you mean ${quote(withPath(String(input)))}?`,
      params: { [HINT]: true },
    })
    .describe('an http or https URL with a path, such as "http://127.0.0.1:5000/image_handler"');
}

function withPath(url: string): string {
  const full = new URL(url);
  full.pathname = "/image_handler";
  return full.href;
}

/** The origin of web pages: scheme, host and port, as browsers tell it. */
export function origin(): Kind<string> {
  return z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text)
    .describe('an origin, such as "https://cameras.example"');
}

/** Which accelerator: `auto` or its number. */
export function accelerator(): Kind<number | "auto"> {
  return z.string().regex(/^(auto|\d{1,2})$/)
    .transform((text) => text === "auto" ? "auto" as const : Number(text))
    .describe("auto or the number of an accelerator (0, 1, …)");
}

/** `kind`, or nothing. */
export function optional<T>(kind: Kind<T>): Kind<T | undefined> {
  const nothing = z.literal("").transform(() => undefined);
  const { description = "" } = kind;
  const isOptional = description.startsWith("nothing or "); // as the setting that a source's key falls to
  return z.union([nothing, kind]).describe(isOptional ? description : `nothing or ${description}`);
}
