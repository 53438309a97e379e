/**
 * Where the user-info of a URL ends, which people write with any characters in its password: up to
 * the last `@` before the host. RFC 3986 has it end at the first `/`, `?` or `#` at the latest, by
 * which a password with one of them would be part of the path.
 */

/** An IP address as the host: nothing but a port, a path or the end follows. */
const IP_HOST =
  /@(?:\[(?=[0-9a-f]{0,4}:[0-9a-f.]{0,15}:)[0-9a-f:.]{2,45}(?:%[\w.]{1,20})?\]|\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?(?=[/?#\\\s"']|$)/iy;

/** The same where no user-info can be before it. */
const IPV6_FIRST = /\[[0-9a-f.]*:[0-9a-f:.]*(?:%[\w.]{1,20})?\](?=[:/?#\\\s"']|$)/iy;

/** Characters of a host's name. */
const HOST_MAX = 255;

/** What may as well be a port. */
const PORT = /:(\d{1,5})[/?#]/y;

/** A name or an address that is hardly a user's. */
const SURE_HOST = /^(?:localhost|[^@]*[^@.]\.[^@.][^@]*)$|(?:^|@)(?:\d{1,3}(?:\.\d{1,3}){3})$/i;

/** What is rather a host than the end of a path. */
const SURE_END =
  /@(?:\[|localhost|[\p{L}\p{N}_-]{1,63}(?:\.[\p{L}\p{N}_-]{1,63}){0,9}[:/]|\d{1,3}(?:\.\d{1,3}){3})/iuy;

/** A URL's place in a text. */
export interface Place {
  /** Where it goes on after `scheme://`. */
  readonly at: number;
  /** Where it ends. */
  readonly end: number;
  /** Its last `@`, or -1. */
  readonly lastAt: number;
}

/** The colon after the user's name, where there can be one. */
export function userEnd(text: string, { at, end }: Place): number | undefined {
  IPV6_FIRST.lastIndex = at;
  if (IPV6_FIRST.test(text)) return undefined;
  for (let i = at; i < end; i++) {
    const character = text[i]!;
    if (character === ":") return i;
    if (`/?#\\`.includes(character) || isIpHost(text, i)) return undefined;
  }
  return undefined;
}

/**
 * The `@` that ends the password after `colon`, where it is one and no port: the first before an IP
 * address, for certain; else the last of the URL. What may be a port and what may be a password is
 * told by what stands around it.
 */
export function passwordEnd(text: string, colon: number, place: Place): number | undefined {
  const { at, end, lastAt } = place;
  if (lastAt <= colon) return undefined;
  PORT.lastIndex = colon;
  const port = Number(PORT.exec(text)?.[1] ?? 0);
  if (port > 0 && port <= 65535) {
    SURE_END.lastIndex = lastAt;
    const isSure = colon - at <= HOST_MAX && SURE_HOST.test(text.slice(at, colon));
    if (isSure || !SURE_END.test(text)) return undefined;
  }
  for (let i = colon + 1; i < end; i++) {
    if (isIpHost(text, i)) return i;
  }
  return lastAt;
}

function isIpHost(text: string, at: number): boolean {
  if (text[at] !== "@") return false;
  IP_HOST.lastIndex = at;
  return IP_HOST.test(text);
}
