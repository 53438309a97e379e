/** The address of a source as people write it, and as FFmpeg must have it. */

import { SmarteyeError } from "../../core/errors.ts";
import { HIDDEN, redact, redactWhole } from "../../core/redact.ts";
import { passwordEnd, userEnd } from "../../core/user_info.ts";

/** An address, taken apart. */
export interface Address {
  /** In lower case, such as `rtsp`. */
  readonly scheme: string;
  /** As the server has it, no longer percent-encoded; absent where none is named. */
  readonly user?: string;
  /** As the server has it, no longer percent-encoded; absent where none is given. */
  readonly password?: string;
  /** A name or an IP address; IPv6 without brackets. */
  readonly host: string;
  /** 1 to 65535; absent where the scheme's own is meant. */
  readonly port?: number;
  /** Path, query and fragment; empty or from `/`, `?` or `#` on. May hold secrets. */
  readonly rest: string;
  /** The address for FFmpeg, which takes user and password from it as they are meant. A secret. */
  readonly url: string;
  /** The address for people: without the password and without secret parameters. */
  readonly description: string;
}

/** Bytes of `user:password`, percent-encoded, that FFmpeg has room for; what is longer it cuts off. */
const LOGIN_BYTES_MAX: Readonly<Record<string, number>> = { rtsp: 127, rtsps: 127 };

/** The same of the other schemes. */
const OTHER_LOGIN_BYTES_MAX = 1023;

/** A host and perhaps a port. */
const AUTHORITY =
  /^(?:\[([0-9a-f.]*:[0-9a-f:.]*(?:%[\w.-]+)?)\]|([\p{L}\p{M}\p{N}_](?:[\p{L}\p{M}\p{N}_.-]*[\p{L}\p{M}\p{N}_.])?))(?::(\d{1,5}))?$/iu;

/** Makes the error of an address that cannot be taken. */
type Refuse = (found: string, wanted: string) => SmarteyeError;

/** `user:password` and what follows it. */
interface Parts {
  /** As written; `undefined` without an `@` before the host. */
  readonly login: { readonly user: string; readonly password: string | undefined } | undefined;
  /** Host and port. */
  readonly authority: string;
  /** What follows them. */
  readonly rest: string;
}

/**
 * Takes an address apart. User and password may hold any characters, percent-encoded or not: they
 * reach to the last `@` before the host.
 *
 * @param name `scheme://[user[:password]@]host[:port][/path]`, as the user wrote it.
 * @throws {SmarteyeError} `invalid_argument` when it has no host or none that can be, or when it can be
 * read in two ways.
 */
export function parseAddress(name: string): Address {
  const refuse: Refuse = (found, wanted) =>
    new SmarteyeError(
      "invalid_argument",
      `Cannot read "${redactWhole(name)}": ${found}, ${wanted}`,
    );
  const [before, scheme] = /^([a-z][a-z0-9+.-]+):\/\//i.exec(name) ?? [];
  if (before === undefined || scheme === undefined) {
    throw refuse("it has no scheme", "one such as rtsp:// before the host is wanted");
  }
  const { login, authority, rest } = partsOf(name, before.length, refuse);
  const [, ipv6, named, digits] = matchAuthority(authority, refuse);
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && (port < 1 || port > 65535)) {
    throw refuse(`port ${port}`, "one from 1 to 65535 is wanted");
  }
  const user = login && decoded(login.user);
  const password = login?.password === undefined ? undefined : decoded(login.password);
  const schemeName = scheme.toLowerCase();
  const sent = login && loginFor(schemeName, login, refuse);
  const place = `${ipv6 === undefined ? named! : `[${ipv6}]`}${digits ? `:${digits}` : ""}`;
  return {
    scheme: schemeName,
    ...(user ? { user } : {}),
    ...(password === undefined ? {} : { password }),
    host: (ipv6 ?? named)!,
    ...(port === undefined ? {} : { port }),
    rest,
    url: `${schemeName}://${sent === undefined ? "" : `${sent}@`}${place}${spacesEncoded(rest)}`,
    description: `${schemeName}://${login ? shown(login) : ""}${place}${redact(rest)}`,
  };
}

/** Finds the host: by the URL's own rules, or after a password that they do not allow. */
function partsOf(name: string, at: number, refuse: Refuse): Parts {
  const lastAt = name.lastIndexOf("@");
  const strict = strictParts(name, at);
  const place = { at, end: name.length, lastAt };
  const colon = userEnd(name, place);
  const end = colon === undefined ? undefined : passwordEnd(name, colon, place);
  if (colon === undefined || end === undefined) return strict;
  const pathAt = endOfAuthority(name, end + 1);
  const written: Parts = {
    login: { user: name.slice(at, colon), password: name.slice(colon + 1, end) },
    authority: name.slice(end + 1, pathAt),
    rest: name.slice(pathAt),
  };
  const isStrictToo = isAuthority(strict.authority);
  if (strict.authority === written.authority && strict.rest === written.rest) return written;
  if (isStrictToo && isAuthority(written.authority)) {
    throw refuse(
      "where its password ends can be told in two ways",
      "percent-encode what belongs to user or password (@ as %40, / as %2F, ? as %3F, # as %23), " +
        "and an @ after the host as %40",
    );
  }
  return isStrictToo ? strict : written;
}

/** By RFC 3986: what is before the first `/`, `?` or `#` names the host. */
function strictParts(name: string, at: number): Parts {
  const pathAt = endOfAuthority(name, at);
  const whole = name.slice(at, pathAt);
  const split = whole.lastIndexOf("@");
  const login = whole.slice(0, Math.max(0, split));
  const colon = login.indexOf(":");
  return {
    login: split < 0 ? undefined : {
      user: colon < 0 ? login : login.slice(0, colon),
      password: colon < 0 ? undefined : login.slice(colon + 1),
    },
    authority: whole.slice(split + 1),
    rest: name.slice(pathAt),
  };
}

function endOfAuthority(name: string, from: number): number {
  const length = name.slice(from).search(/[/?#]/);
  return length < 0 ? name.length : from + length;
}

function isAuthority(text: string): boolean {
  const port = Number(AUTHORITY.exec(text)?.[3] ?? 1);
  return AUTHORITY.test(text) && port > 0 && port <= 65535;
}

function matchAuthority(text: string, refuse: Refuse): RegExpExecArray {
  const matched = AUTHORITY.exec(text);
  if (matched) return matched;
  const wanted = "a host is wanted there, IPv6 in brackets; in user and password, @ / ? # : are " +
    "to be percent-encoded, such as %40 for @";
  if (text === "" || text.startsWith(":")) throw refuse("it has no host", wanted);
  // What stands there may be part of a password that was meant otherwise.
  if (/\s/.test(text)) throw refuse("there is a space in its host", wanted);
  throw refuse("what stands in place of its host is none", wanted);
}

/** A text that is percent-encoded throughout is decoded; any other is meant as it stands. */
function decoded(text: string): string {
  if (!isEncoded(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    // Bytes that are no UTF-8 are of an older camera, and go to it as they are.
    return text.replace(/%([\da-f]{2})/gi, (_, code) => String.fromCharCode(parseInt(code, 16)));
  }
}

function isEncoded(text: string): boolean {
  return !/%(?![\da-f]{2})/i.test(text);
}

/** User and password as FFmpeg decodes them: all that could end them, or is no ASCII, is encoded. */
function loginFor(
  scheme: string,
  { user, password }: NonNullable<Parts["login"]>,
  refuse: Refuse,
): string {
  const both = [user, password ?? ""];
  // deno-lint-ignore no-control-regex -- they would end a header
  if (both.some((text) => /[\x00-\x1f\x7f]/.test(decoded(text)))) {
    throw refuse("a control character in its user or password", "other characters are wanted");
  }
  if (decoded(user).includes(":")) {
    throw refuse("a colon in its user", "one without is wanted: a server takes it for the end");
  }
  const sent = both.map(encoded).join(":");
  const bytesMax = LOGIN_BYTES_MAX[scheme] ?? OTHER_LOGIN_BYTES_MAX;
  if (sent.length > bytesMax) {
    throw refuse(
      `its user and password take ${sent.length} bytes, percent-encoded`,
      `at most ${bytesMax} are wanted`,
    );
  }
  // Without a colon, FFmpeg sends nobody's name.
  return sent === ":" ? "" : sent;
}

function encoded(text: string): string {
  const unsafe = isEncoded(text) ? /[^\w.~!$&'()*+,;=%-]+/g : /[^\w.~!$&'()*+,;=-]+/g;
  return text.toWellFormed().replace(unsafe, encodeURIComponent);
}

/** A space would end the line of the request that it is in. */
function spacesEncoded(rest: string): string {
  // deno-lint-ignore no-control-regex -- they are what is encoded
  return rest.replace(/[\x00-\x20\x7f]/g, encodeURIComponent);
}

function shown({ user, password }: NonNullable<Parts["login"]>): string {
  if (password === undefined) return user === "" ? "" : `${encoded(user)}@`;
  return `${encoded(user)}:${HIDDEN}@`;
}
