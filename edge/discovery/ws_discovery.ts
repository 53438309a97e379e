/**
 * Cameras of the network that answer when they are asked for: WS-Discovery (April 2005), as ONVIF
 * (Core Specification, 7) has it.
 */

import { createSocket, type Socket } from "node:dgram";
import { networkInterfaces } from "node:os";
import { type Clock, OVER } from "../../core/clock.ts";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import { plain } from "./plain.ts";
import { elementsAt, readXml, textAt } from "./xml.ts";

/** Where every device that can be found listens. */
export const EVERYBODY: ProbeTarget = { host: "239.255.255.250", port: 3702 };

/** Where a probe is sent. */
export interface ProbeTarget {
  /** An IPv4 address, that of a group or of one device. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
}

/** A camera that answered. */
export interface FoundCamera {
  /** What it calls itself, for people; empty where it does not. */
  readonly name: string;
  /** The IP address that the answer came from. */
  readonly host: string;
  /** Where it takes requests: at that address, whatever the answer says. */
  readonly service: string;
}

/** What came of a probe. */
export interface Probed {
  /** Each camera once, in the order of their answers. */
  readonly cameras: readonly FoundCamera[];
  /** Answers that could not be read. */
  readonly malformed: number;
  /** From whom the last of them came. */
  readonly malformedFrom: string | undefined;
  /** Answers that were not looked at, as there were too many. */
  readonly leftOut: number;
}

/** Answers that are looked at. */
const ANSWERS_MAX = 2000;

/** Cameras that are kept. */
const CAMERAS_MAX = 500;

/** Bytes of an answer: a datagram cannot have more. */
const ANSWER_BYTES_MAX = 65_535;

/** A datagram may be lost: the probe is sent again after this time. */
const AGAIN_MS = 500;

/** What is asked for: cameras, and what only says that it is a device. */
const TYPES = ["dn:NetworkVideoTransmitter", "tds:Device"];

/**
 * Asks for cameras and takes answers for a time.
 *
 * @throws {SmarteyeError} `unavailable` when nothing can be sent.
 */
export async function probe(
  { target, waitMs, signal }: {
    readonly target: ProbeTarget;
    readonly waitMs: number;
    /** Ends the wait early. */
    readonly signal: AbortSignal;
  },
  clock: Clock,
): Promise<Probed> {
  const answers = new Answers();
  const socket = createSocket("udp4");
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {}); // it is told once, by the race below
  socket.on("error", (cause) => failed.reject(cannotProbe(target, cause)));
  socket.on("message", (bytes, { address }) => answers.take(bytes, address));
  const over = new AbortController();
  const ends = AbortSignal.any([signal, over.signal]);
  try {
    await Promise.race([bound(socket), failed.promise]);
    const until = clock.sleep(waitMs, ends);
    await Promise.race([askAll(socket, target), failed.promise, until]);
    if (waitMs > AGAIN_MS) {
      await Promise.race([clock.sleep(AGAIN_MS, ends), failed.promise]);
      if (!ends.aborted) await Promise.race([askAll(socket, target), failed.promise, until]);
    }
    await Promise.race([until, failed.promise]);
  } finally {
    over.abort(OVER);
    socket.close();
  }
  return answers.result();
}

/** Answers come from everywhere: the socket takes them on every address, at a port of its own. */
function bound(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.bind({ address: "0.0.0.0", port: 0 }, resolve));
}

/** Sends the probe into every network that this machine is in. */
async function askAll(socket: Socket, target: ProbeTarget): Promise<void> {
  const probes = TYPES.map((type) => probeOf(type));
  let cause: unknown;
  let sent = 0;
  for (const own of ownAddresses(target)) {
    try {
      if (own !== undefined) socket.setMulticastInterface(own);
      for (const text of probes) await send(socket, text, target);
      sent++;
    } catch (error) {
      cause = error; // a network that is down is none to look in
    }
  }
  if (sent === 0) throw cannotProbe(target, cause);
}

function send(socket: Socket, text: string, { host, port }: ProbeTarget): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(text, port, host, (error) => error ? reject(error) : resolve());
  });
}

/** The addresses by which a group is reached; `undefined` stands for the system's own choice. */
function ownAddresses({ host }: ProbeTarget): readonly (string | undefined)[] {
  if (!/^2(?:2[4-9]|3\d)\./.test(host)) return [undefined];
  try {
    const own = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses)
      .filter(({ family, internal }) => family === "IPv4" && !internal)
      .map(({ address }) => address);
    return own.length > 0 ? own : [undefined];
  } catch {
    return [undefined]; // without the permission to know them
  }
}

function cannotProbe({ host, port }: ProbeTarget, cause: unknown): SmarteyeError {
  return new SmarteyeError(
    "unavailable",
    `Cannot look for cameras at ${host}:${port}: ${messageOf(cause)}, a network is wanted`,
    { cause },
  );
}

function probeOf(type: string): string {
  return '<?xml version="1.0" encoding="UTF-8"?>' +
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"' +
    ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"' +
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"' +
    ' xmlns:dn="http://www.onvif.org/ver10/network/wsdl"' +
    ' xmlns:tds="http://www.onvif.org/ver10/device/wsdl"><s:Header>' +
    `<a:MessageID>uuid:${crypto.randomUUID()}</a:MessageID>` +
    '<a:To s:mustUnderstand="1">urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>' +
    '<a:Action s:mustUnderstand="1">' +
    "http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action></s:Header>" +
    `<s:Body><d:Probe><d:Types>${type}</d:Types></d:Probe></s:Body></s:Envelope>`;
}

/** Gathers what comes in. */
class Answers {
  readonly #cameras = new Map<string, FoundCamera>();
  #taken = 0;
  #leftOut = 0;
  #malformed = 0;
  #malformedFrom: string | undefined;

  take(bytes: Uint8Array, from: string): void {
    if (this.#taken >= ANSWERS_MAX) {
      this.#leftOut++;
      return;
    }
    this.#taken++;
    const found = bytes.length <= ANSWER_BYTES_MAX ? camerasOf(bytes, from) : undefined;
    if (found === undefined) {
      this.#malformed++;
      this.#malformedFrom = from;
      return;
    }
    for (const [id, camera] of found) {
      if (this.#cameras.has(id)) continue;
      if (this.#cameras.size < CAMERAS_MAX) this.#cameras.set(id, camera);
      else this.#leftOut++;
    }
  }

  result(): Probed {
    return {
      cameras: [...this.#cameras.values()],
      malformed: this.#malformed,
      malformedFrom: this.#malformedFrom,
      leftOut: this.#leftOut,
    };
  }
}

/** The cameras of one answer, each by its identity; `undefined` where it cannot be read. */
function camerasOf(
  bytes: Uint8Array,
  from: string,
): readonly (readonly [id: string, camera: FoundCamera])[] | undefined {
  const matches = elementsAt(readXml(bytes), ["Body", "ProbeMatches", "ProbeMatch"]);
  if (matches.length === 0) return undefined;
  const found: (readonly [string, FoundCamera])[] = [];
  for (const match of matches) {
    const scopes = textAt(match, ["Scopes"]).split(/\s+/);
    const isOnvif = scopes.some((scope) => /^onvif:\/\/www\.onvif\.org/i.test(scope)) ||
      /NetworkVideoTransmitter/.test(textAt(match, ["Types"]));
    if (!isOnvif) continue; // a printer is a device as well
    const service = serviceOf(textAt(match, ["XAddrs"]).split(/\s+/), from);
    if (service === undefined) return undefined;
    const id = textAt(match, ["EndpointReference", "Address"]).toLowerCase() || service;
    found.push([id, { name: nameOf(scopes), host: from, service }]);
  }
  return found;
}

/**
 * Where the camera takes requests: at the address that it answered from. An answer may name any other,
 * and a password is not for everybody.
 */
function serviceOf(addresses: readonly string[], from: string): string | undefined {
  const urls = addresses.filter((text) => URL.canParse(text)).map((text) => new URL(text))
    .filter(({ protocol }) => protocol === "http:" || protocol === "https:");
  const url = urls.find(({ hostname }) => hostname === from) ?? urls[0];
  return url && `${url.protocol}//${from}${url.port && `:${url.port}`}${url.pathname}`;
}

/** The name among the scopes, `onvif://www.onvif.org/name/Front%20door`, and the hardware's. */
function nameOf(scopes: readonly string[]): string {
  const said = (kind: string) => {
    const prefix = `onvif://www.onvif.org/${kind}/`;
    const scope = scopes.find((each) => each.toLowerCase().startsWith(prefix)) ?? "";
    const text = scope.slice(prefix.length);
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };
  return plain([...new Set([said("name"), said("hardware")])].filter(Boolean).join(" "));
}
