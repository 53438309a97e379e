/** What keeps other people's pages away from ours: by whom a request was made, and to whom. */

import { isLoopback } from "../../core/address.ts";

/** What is looked at of a request. */
export interface Asked {
  /** As HTTP has it, in capitals. */
  readonly method: string;
  /** A header's value, by its name in small letters. */
  header(name: string): string | undefined;
}

/**
 * Whether a name that a browser reached us by is one of ours. A stranger's name may be made to lead here
 * (DNS rebinding), and its pages then count as ours: on loopback only names that cannot be are taken.
 *
 * @param host of the header `Host`: `name:port`.
 * @param names more that are taken, in small letters; `any` where a password guards, which a stranger's
 * page has no cookie for.
 */
export function isOurHost(host: string | undefined, names: readonly string[] | "any"): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  if (names === "any") return true;
  const name = new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, "");
  return isLoopback(name) || names.includes(name);
}

/** Whether a method changes nothing. */
export function isSafe(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

/**
 * Whether a request may be another site's doing. A page of theirs may lead here, and no more: it may
 * neither show what is here nor send anything. What says nothing of where it comes from is no browser.
 */
export function isOfAnotherSite({ method, header }: Asked): boolean {
  const site = header("sec-fetch-site");
  const leadsHere = isSafe(method) && header("sec-fetch-mode") === "navigate" &&
    header("sec-fetch-dest") === "document";
  if (site !== undefined && site !== "same-origin" && site !== "none") return !leadsHere;
  if (isSafe(method) || site === "same-origin") return false;
  const origin = header("origin");
  if (origin === undefined) return false;
  // Not its scheme: in front of us may be who speaks TLS.
  return !URL.canParse(origin) || new URL(origin).host !== header("host");
}

/** A header that no form can send, and no script of another site without our leave. */
export const SCRIPT_HEADER = "x-requested-by";

/** A path of ours to go on to; `/` for what leads elsewhere. */
export function localPath(path: string | undefined): string {
  return path !== undefined && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(path) ? path : "/";
}
