/**
 * The kinds of values that settings have: text as the user wrote it → a checked value. A kind's
 * description says what is wanted, and is what the user reads when something else was found.
 */

import { z } from "zod";

/** Checks one setting's text and turns it into its value. */
export type Kind<T> = z.ZodType<T, string>;

/** A whole number; `unit` as in "a whole number of milliseconds". */
export function whole(unit: string, min: number, max: number): Kind<number> {
  return z.string().regex(/^[+-]?\d{1,15}$/).transform(Number)
    .pipe(z.number().min(min).max(max))
    .describe(`a whole number${unit && ` of ${unit}`} from ${min} to ${max}`);
}

/** A number above 0, with or without decimals. */
export function positive(unit: string, max: number): Kind<number> {
  return z.string().regex(/^[+-]?(\d{1,15}(\.\d{0,15})?|\.\d{1,15})$/).transform(Number)
    .pipe(z.number().gt(0).max(max))
    .describe(`a number of ${unit} above 0, at most ${max}`);
}

/** A share, 0 to 1. */
export function share(): Kind<number> {
  return z.string().regex(/^(\d(\.\d{0,15})?|\.\d{1,15})$/).transform(Number)
    .pipe(z.number().min(0).max(1))
    .describe("a number from 0 to 1");
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

/** The name of a model: a word, so that two names on one line are noticed. */
export function modelName(): Kind<string> {
  return z.string().regex(/^[\w.+:@/-]{1,200}$/).describe("the name of a model, without spaces");
}

const HOST = String.raw`(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)`;
const HOST_PORT = new RegExp(`^(${HOST}):(\\d{1,5})$`);

/** `host:port` of a server to call. */
export function hostPort(): Kind<string> {
  return z.string().refine((text) => inPortRange(text, 1))
    .describe('host:port, such as "127.0.0.1:50051"');
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

function inPortRange(text: string, portMin: number): boolean {
  const port = Number(HOST_PORT.exec(text)?.[2] ?? NaN);
  return port >= portMin && port <= 65535;
}

/** A host with or without a port. */
export function host(): Kind<string> {
  return z.string().regex(new RegExp(`^${HOST}(?::\\d{1,5})?$`))
    .describe('a host or an IP address, such as "192.0.2.10"');
}

/** An http or https URL. */
export function httpUrl(): Kind<string> {
  return z.string().refine((text) => /^https?:\/\/[^\s]+$/.test(text) && URL.canParse(text))
    .describe('an http or https URL, such as "http://127.0.0.1:5000/image_handler"');
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
  return z.union([nothing, kind]).describe(`nothing or ${kind.description}`);
}
