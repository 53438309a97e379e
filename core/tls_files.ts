/** Certificates and keys from files: read, checked before they are trusted, and read again when they change. */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { type Clock, every } from "./clock.ts";
import { messageOf, SmarteyeError } from "./errors.ts";
import type { Log } from "./log.ts";

/** Paths of PEM files. A certificate and its key are given together. */
export interface TlsFiles {
  /** Whom this side is: its certificate, with those of intermediate authorities behind it. */
  readonly certificate?: string;
  /** The certificate's private key, without a passphrase. */
  readonly key?: string;
  /** Whose certificates the other side may have. */
  readonly authorities?: string;
}

/** What is in the files, checked. */
export interface TlsMaterial {
  /** PEM, as in {@link TlsFiles}. */
  readonly certificate?: string;
  /** PEM. */
  readonly key?: string;
  /** PEM, one or more certificates. */
  readonly authorities?: string;
  /** Whose certificate it is and until when it is valid, for people; empty without one. */
  readonly about: string;
  /** The first instant at which one of the certificates is valid no more, Unix milliseconds. */
  readonly validUntilMs: number;
}

/** Milliseconds between two looks at the files. */
const LOOK_MS = 5000;

/** Bytes that such a file may have. */
const FILE_BYTES_MAX = 1_000_000;

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

type Texts = Readonly<Record<keyof TlsFiles, string | undefined>>;

/**
 * Reads and checks the files. A certificate that has expired is taken: whoever connects will say no,
 * and a clock may be wrong.
 *
 * @throws {SmarteyeError} `invalid_argument` where a file is missing, may not be read, or holds
 * something else, and where the key is not the certificate's.
 */
export async function readTlsFiles(files: TlsFiles): Promise<TlsMaterial> {
  return check(files, await texts(files));
}

/** What is wrong with the time of certificates, for a warning; `undefined` when they are valid. */
export function expiry(material: TlsMaterial, clock: Clock): string | undefined {
  if (clock.epochMs() < material.validUntilMs) return undefined;
  return `a TLS certificate has expired on ${day(material.validUntilMs)}: others will not connect`;
}

/**
 * Looks at the files every few seconds until `signal` aborts, and hands on what changed. Files that are
 * not usable change nothing: that is told once, when it has lasted, for a certificate and its key are
 * not replaced in one instant. They are read each time, since a link in the path may have moved.
 */
export async function watchTlsFiles(
  files: TlsFiles,
  first: TlsMaterial,
  { clock, log, signal, renew }: {
    readonly clock: Clock;
    readonly log: Log;
    readonly signal: AbortSignal;
    readonly renew: (material: TlsMaterial) => void;
  },
): Promise<void> {
  let current = first;
  let trouble = "";
  let told = "";
  let hasExpired = expiry(first, clock) !== undefined;
  await every(clock, LOOK_MS, async () => {
    try {
      const found = await readTlsFiles(files);
      trouble = told = "";
      if (isSame(found, current)) {
        const expired = expiry(current, clock);
        if (expired && !hasExpired) log.error("{expired}", { expired });
        hasExpired = expired !== undefined;
        return;
      }
      if (signal.aborted) return;
      renew(current = found);
      const expired = expiry(found, clock);
      hasExpired = expired !== undefined;
      if (expired) log.warn("{expired}", { expired });
      log.info("new TLS files are used{about}", {
        about: found.about && `: ${found.about}`,
      });
    } catch (error) {
      const found = messageOf(error);
      const lasts = found === trouble;
      trouble = found;
      if (!lasts || found === told) return;
      told = found;
      log.error("the TLS files have changed and are not usable, those from before stay: {found}", {
        found,
      });
    }
  }, signal);
}

async function texts(files: TlsFiles): Promise<Texts> {
  const [certificate, key, authorities] = await Promise.all([
    text("the certificate", files.certificate),
    text("the private key", files.key),
    text("the certificates of authorities", files.authorities),
  ]);
  return { certificate, key, authorities };
}

async function text(what: string, path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    const { size } = await Deno.stat(path); // a device has no end
    if (size > FILE_BYTES_MAX) throw unusable(what, path, `it has ${size} bytes`);
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof SmarteyeError) throw error;
    throw unusable(what, path, reason(error));
  }
}

function reason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.PermissionDenied) return "it may not be read";
  return messageOf(error);
}

function check(files: TlsFiles, { certificate, key, authorities }: Texts): TlsMaterial {
  if ((certificate === undefined) !== (key === undefined)) {
    const [given, missing] = key === undefined ? ["certificate", "key"] : ["key", "certificate"];
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot use TLS: found a ${given} without its ${missing}, both are wanted`,
    );
  }
  const own = certificates("the certificate", files.certificate, certificate);
  const trusted = certificates("the certificates of authorities", files.authorities, authorities);
  const [leaf] = own;
  if (leaf) checkKey(files, leaf, key!);
  const ends = [...own, ...trusted].map(({ validTo }) => Date.parse(validTo));
  return {
    ...(certificate === undefined ? {} : { certificate }),
    ...(key === undefined ? {} : { key }),
    ...(authorities === undefined ? {} : { authorities }),
    about: leaf ? `${nameOf(leaf)}, valid until ${day(Date.parse(leaf.validTo))}` : "",
    // Of many authorities one may expire unnoticed.
    validUntilMs: Math.min(Infinity, ...(own.length > 0 ? ends.slice(0, own.length) : [])),
  };
}

function certificates(
  what: string,
  path: string | undefined,
  pem: string | undefined,
): readonly X509Certificate[] {
  if (pem === undefined) return [];
  const blocks = pem.match(CERTIFICATES);
  if (!blocks) throw unusable(what, path!, "it holds no certificate in PEM");
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch (error) {
    throw unusable(what, path!, `a certificate in it is broken (${messageOf(error)})`);
  }
}

function checkKey(files: TlsFiles, leaf: X509Certificate, key: string): void {
  const path = files.key!;
  if (/ENCRYPTED/.test(key)) {
    throw unusable("the private key", path, "it is encrypted, one without a passphrase is wanted");
  }
  let parsed;
  try {
    parsed = createPrivateKey(key);
  } catch {
    throw unusable("the private key", path, "it holds no private key in PEM");
  }
  if (!leaf.checkPrivateKey(parsed)) {
    throw unusable("the private key", path, `it is not that of ${files.certificate}`);
  }
}

function unusable(what: string, path: string, found: string): SmarteyeError {
  return new SmarteyeError("invalid_argument", `Cannot use ${what} ${path}: ${found}`);
}

function isSame(one: TlsMaterial, other: TlsMaterial): boolean {
  return one.certificate === other.certificate && one.key === other.key &&
    one.authorities === other.authorities;
}

/** The name that a certificate is for: a subject may be empty. */
function nameOf({ subject, subjectAltName }: X509Certificate): string {
  return subjectAltName || subject?.split("\n").at(-1) || "a certificate without a name";
}

function day(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}
