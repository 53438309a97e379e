/**
 * Keeps passwords out of logs, errors and results.
 *
 * A password is found by where it stands, never by what it looks like: in the user-info of a URL, in a
 * parameter whose name says so, in the header of a request. It may hold any characters, so that where
 * it ends is told by what must follow. Where two readings are possible, more is hidden, not less.
 *
 * All of it is linear in the length of the text, whatever the text: it comes from strangers.
 */

import { passwordEnd, userEnd } from "./user_info.ts";

/** What stands in place of a secret. */
export const HIDDEN = "***";

/** What stands for a password in a line that a user is to fill in: it is none. */
export const PASSWORD_PLACEHOLDER = "PASSWORD";

/** Schemes that people write with a slash too few. */
const KNOWN = "(?:rtsp|rtsps|rtspu|http|https|rtmp|rtmps|rtp|udp|tcp|srt|ftp|ws|wss|onvif)";

/** Names of parameters with secrets, which may be the end of longer ones: `X-Amz-Signature`. */
const SECRET = "(?:pwd|pswd|passwd|password|passphrase|psw|token|secret|signature|credential)";

/** Names of parameters with secrets, as they are. */
const NAMES = `(?:(?:[\\w.-]{0,40}[_.-])?${SECRET}|pass|pw|userpwd|usrpwd|loginpass?|` +
  "auth|api_?key|access_?key|accesstoken|authtoken|key|sig|jwt)";

/** Those that also stand in a path: `/user=admin_password=secret_channel=1.sdp`. */
const IN_PATH = "(?:pwd|pswd|passwd|password|psw|pass)";

/**
 * Where a secret may begin: after the scheme of a URL, or the name of a parameter; both also where
 * they are percent-encoded, as part of another URL. What is looked for is the sign after them, which
 * is rarer than letters; how far is looked back is bounded, since a word may be long.
 */
const BEGINNING = new RegExp(
  [
    `:(?<=(?<scheme>[a-z][a-z0-9+.-]{1,30}):)[/\\\\]{2,}`,
    `:(?<=\\b(?<known>${KNOWN}):)[/\\\\]`,
    "%3a%2f%2f(?<=(?<encodedScheme>[a-z][a-z0-9+.-]{1,30})%3a%2f%2f)",
    `=(?<=(?<parameter>[?&;#]${NAMES}|[_/]${IN_PATH})=)`,
    `%3d(?<=(?<encodedParameter>(?:%3f|%26)${NAMES})%3d)`,
  ].join("|"),
  "gi",
);

/** Headers that say who asks, as people and programs write them. */
const HEADER = String
  .raw`\b((?:proxy-)?authorization|x-api-key|x-auth-token)(["']?\s{0,8}[:=]\s{0,8}["']?)`;

/** Words before which one word is the secret. */
const ONE_WORD = "(?:basic|bearer|token|apikey) {1,8}";

/** Such a header with one word after the scheme's. */
const ONE_WORD_HEADER = new RegExp(String.raw`${HEADER}(${ONE_WORD})[^\s"',;]+`, "gi");

/** Any other: more words are the fields of a scheme such as Digest. */
const OTHER_HEADER = new RegExp(
  String.raw`${HEADER}(?!${ONE_WORD})[^\s"',;]+(?: {1,8}[^\r\n]*)?`,
  "gi",
);

/** A header's value without its header. */
const BARE = /\b(bearer|basic)( {1,8})([\w.~+/=-]+)/gi;

/** Where a separated list goes on with another URL. */
const NEXT_URL = new RegExp(`[,;|]${KNOWN}://`, "iy");

/** Where a path goes on with another parameter, as `_channel=1`. */
const NEXT_PARAMETER = /[_;][a-z]{1,30}=/iy;

/** What follows a quote that ends what stands between quotes: the end of a word, or JSON goes on. */
const AFTER_QUOTE =
  /[.,;:)\]}>]*(?:\s|$)|\\?[\]}]*,\\*["{[\d\-tfn]|:\\*["{[\d\-tfn]|\\*["']|[\])}]+[\])}"']/y;

/** A user and the beginning of a password; no port, and no `@` comes. */
const BROKEN_OFF = /^[^:/?#\\[]*:(?!\d{0,5}(?:[/?#\\]|$))/;

/** Characters of a user's name that are looked through. */
const USER_MAX = 300;

/** Characters after a space that are looked through for the end of a password with a space in it. */
const SPACED_MAX = 64;

/** A text with the passwords in it replaced by `***`. */
export function redact(text: string): string {
  return hideHeaders(hideInAddresses(text));
}

/** The same of a text that is one address, if it is one at all: then spaces do not end it. */
export function redactWhole(text: string): string {
  const at = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0].length;
  if (at === undefined) return redact(text);
  const place = { at, end: text.length, lastAt: text.lastIndexOf("@") };
  const colon = userEnd(text, place);
  const end = colon === undefined ? undefined : passwordEnd(text, colon, place);
  if (colon === undefined || end === undefined) return redact(text);
  const password = text.slice(colon + 1, end);
  return redact(
    password === PASSWORD_PLACEHOLDER
      ? text
      : `${text.slice(0, colon + 1)}${HIDDEN}${text.slice(end)}`,
  );
}

/** What reaches from where a secret may be to where that address ends. */
interface Token {
  /** Where it ends. */
  readonly end: number;
  /** Its last `@`, or -1. */
  readonly lastAt: number;
  /** The last that is percent-encoded, or -1. */
  readonly lastEncodedAt: number;
}

/** Hides passwords in URLs and their parameters. */
function hideInAddresses(text: string): string {
  let shown = "";
  let done = 0;
  let token: Token = { end: 0, lastAt: -1, lastEncodedAt: -1 };
  const hide = (from: number, to: number) => {
    const isPlaceholder = text.slice(from, to) === PASSWORD_PLACEHOLDER;
    shown += text.slice(done, from) + (isPlaceholder ? PASSWORD_PLACEHOLDER : HIDDEN);
    done = to;
  };
  BEGINNING.lastIndex = 0;
  for (let found; (found = BEGINNING.exec(text)) !== null;) {
    const { known, scheme = known, encodedScheme, parameter } = found.groups!;
    const at = found.index + found[0].length;
    // Each is looked through once: what begins within one ends where that ends.
    if (at >= token.end) {
      const before = scheme ?? encodedScheme ?? "";
      token = tokenAt(text, found.index - before.length, at);
    }
    if (scheme !== undefined) {
      const secret = passwordAt(text, at, token);
      if (secret) hide(...secret);
    } else if (encodedScheme !== undefined) {
      const secret = encodedPasswordAt(text, at, token);
      if (secret) hide(...secret);
    } else {
      hide(at, valueEnd(text, at, token.end, parameter === undefined));
    }
    BEGINNING.lastIndex = Math.max(done, at);
  }
  return shown + text.slice(done);
}

/**
 * The address around `at`: to the next space; between quotes, to the quote that ends it; in a list,
 * to the next URL.
 */
function tokenAt(text: string, from: number, at: number): Token {
  const quote = `"'\``.includes(text[from - 1] ?? " ") ? text[from - 1]! : undefined;
  const escapes = backslashesBefore(text, from - 1);
  let lastAt = -1;
  let lastEncodedAt = -1;
  let end = at;
  for (; end < text.length; end++) {
    const character = text[end]!;
    if (isSpace(character)) break;
    if (character === "@") lastAt = end;
    else if (character === "%" && text.startsWith("40", end + 1)) lastEncodedAt = end;
    else if (character === quote && backslashesBefore(text, end) === escapes) {
      const isWhole = lastAt >= 0 || !BROKEN_OFF.test(text.slice(at, Math.min(end, at + USER_MAX)));
      if (isWhole && follows(AFTER_QUOTE, text, end + 1)) break;
    } else if (follows(NEXT_URL, text, end)) break;
  }
  return { end, lastAt, lastEncodedAt };
}

/** The password of the user-info that begins at `at`, if it has one. */
function passwordAt(text: string, at: number, token: Token): readonly [number, number] | undefined {
  const place = { at, end: token.end, lastAt: token.lastAt };
  const colon = userEnd(text, place);
  if (colon === undefined) return undefined;
  const end = passwordEnd(text, colon, place);
  if (end !== undefined) return [colon + 1, end];
  const isBrokenOff = colon - at < USER_MAX && BROKEN_OFF.test(text.slice(at, token.end));
  if (token.lastAt > colon || !isBrokenOff) return undefined;
  return spacedPassword(text, colon + 1, token.end);
}

/** A password with a space in it, which ends soon after; else what stands there is no user-info. */
function spacedPassword(
  text: string,
  from: number,
  space: number,
): readonly [number, number] | undefined {
  const ahead = text.slice(space, space + SPACED_MAX).split(/[\r\n"]|[a-z]:\/\//i)[0]!;
  const at = ahead.search(/@[\p{L}\p{N}[]/u);
  return at < 0 ? undefined : [from, space + at];
}

/** The same of one that is percent-encoded, up to the next parameter of the URL around it. */
function encodedPasswordAt(
  text: string,
  at: number,
  { end, lastEncodedAt }: Token,
): readonly [number, number] | undefined {
  if (lastEncodedAt < at) return undefined;
  let colon = -1;
  for (let i = at; i < end && text[i] !== "&"; i++) {
    if (text[i] !== "%") continue;
    const code = text.slice(i + 1, i + 3).toLowerCase();
    if (code === "2f" || code === "3f") return undefined;
    if (code === "3a") {
      colon = i + 3;
      break;
    }
  }
  return colon < 0 || lastEncodedAt < colon ? undefined : [colon, lastEncodedAt];
}

/** Where the value of a parameter ends. */
function valueEnd(text: string, from: number, tokenEnd: number, isEncoded: boolean): number {
  for (let i = from; i < tokenEnd; i++) {
    const character = text[i]!;
    if (character === "&") return i;
    if (isEncoded && character === "%" && text.startsWith("26", i + 1)) return i;
    if ((character === "_" || character === ";") && follows(NEXT_PARAMETER, text, i)) return i;
    if (`"'\`<>`.includes(character) && follows(AFTER_QUOTE, text, i + 1)) return i;
  }
  return tokenEnd;
}

function hideHeaders(text: string): string {
  return text
    .replace(ONE_WORD_HEADER, `$1$2$3${HIDDEN}`)
    .replace(OTHER_HEADER, `$1$2${HIDDEN}`)
    .replace(BARE, (all, scheme: string, space: string, word: string) => {
      const isSecret = scheme.toLowerCase() === "bearer" || isLogin(word);
      return isSecret ? `${scheme}${space}${HIDDEN}` : all;
    });
}

/** Whether a word is `user:password` in Base64; other words follow "basic" in sentences. */
function isLogin(word: string): boolean {
  try {
    return atob(word).includes(":");
  } catch {
    return false;
  }
}

function backslashesBefore(text: string, at: number): number {
  let count = 0;
  while (count < 8 && text[at - 1 - count] === "\\") count++;
  return count;
}

function follows(form: RegExp, text: string, at: number): boolean {
  form.lastIndex = at;
  return form.test(text);
}

function isSpace(character: string): boolean {
  return character <= " " || (character > "~" && /\s/.test(character));
}
