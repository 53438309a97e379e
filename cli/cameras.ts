/** Finds cameras, and says how each is read. */

import { messageOf } from "../core/errors.ts";
import { logger } from "../core/log.ts";
import { HIDDEN, PASSWORD_PLACEHOLDER } from "../core/redact.ts";
import type { ExitStatus, RoleDeps } from "../core/role.ts";
import {
  type LinuxPlaces,
  type LocalCamera,
  localCameras,
} from "../edge/discovery/local_cameras.ts";
import type { Login } from "../edge/discovery/soap.ts";
import { type CameraStream, streamsOf } from "../edge/discovery/streams.ts";
import {
  type FoundCamera,
  probe,
  type Probed,
  type ProbeTarget,
} from "../edge/discovery/ws_discovery.ts";

const log = logger("cameras");

/** Options of `smarteye cameras`. */
export interface CamerasOptions {
  /** Where cameras of the network are asked for. */
  readonly target: ProbeTarget;
  /** How long answers are waited for, milliseconds. */
  readonly waitMs: number;
  /** Whom cameras are asked for their streams for; without, they are not asked. */
  readonly login: Login | undefined;
  /** Where Linux tells of its own cameras. */
  readonly places: LinuxPlaces;
  /** Print one object, not lines. */
  readonly json: boolean;
}

/** A camera, as `--json` tells of it. */
export interface ListedCamera {
  /** Of the network, or of this machine. */
  readonly kind: "onvif" | "local";
  /** What it calls itself, if it does. */
  readonly name: string | null;
  /** Its IP address or its device. */
  readonly address: string;
  /** What reads it: several for a camera with several streams. */
  readonly streams: readonly ListedStream[];
  /** Why it did not tell its streams, where it was asked. */
  readonly problem?: string;
}

/** One stream of a camera, as `--json` tells of it. */
export interface ListedStream {
  /** What the camera calls it, if it does. */
  readonly name: string | null;
  /** Such as `H264`, if it is told. */
  readonly encoding: string | null;
  /** Such as `1920x1080`, if it is told. */
  readonly size: string | null;
  /** What follows `-f`; the words in capitals are to be filled in. */
  readonly source: string;
  /** The command line that reads it. */
  readonly command: string;
}

/** How long one camera may take to tell its streams, milliseconds. */
const CAMERA_TIMEOUT_MS = 5000;

/** Cameras that are asked at once. */
const ASKED_MAX = 16;

const NONE = [
  "no camera found",
  "- a camera of the network answers only in the same network: no router, no guest Wi-Fi between",
  "- a firewall may hold up what is asked (UDP to 239.255.255.250, port 3702) or the answers to it",
  "- ONVIF has to be switched on, in many cameras with an account of its own",
  "- a camera of this machine has to be plugged in, and not in use by a container",
].join("\n");

/** What came of no probe. */
const NOT_PROBED: Probed = { cameras: [], malformed: 0, malformedFrom: undefined, leftOut: 0 };

/**
 * Finds the cameras.
 *
 * @throws {SmarteyeError} when there is no network to look in, and no camera at this machine either.
 */
export async function run(options: CamerasOptions, deps: RoleDeps): Promise<ExitStatus> {
  const { target, waitMs, login, places, json } = options;
  const { clock, drain, print, progress } = deps;
  progress?.(`looking for cameras, ${waitMs / 1000} s …`);
  const [local, answers] = await Promise.all([
    localCameras(places).catch((error) => {
      log.warn("{error}", { error: messageOf(error) });
      return [];
    }),
    probe({ target, waitMs, signal: drain }, clock).catch((error: Error) => error),
  ]);
  if (answers instanceof Error) {
    if (local.length === 0) throw answers;
    log.warn("{error}", { error: messageOf(answers) });
  }
  const probed = answers instanceof Error ? NOT_PROBED : answers;
  if (login && probed.cameras.length > 0) progress?.("asking cameras for their streams …");
  const cameras = [...local.map(listedLocal), ...await listedAll(probed.cameras, login, deps)];
  tellOdd(probed);
  if (json) print(JSON.stringify({ cameras, malformed_answers: probed.malformed }));
  else print(cameras.length === 0 ? NONE : linesOf(cameras, login).join("\n"));
  return 0;
}

function tellOdd({ malformed, malformedFrom, leftOut }: Probed): void {
  if (malformed > 0) {
    log.warn("{malformed} answers could not be read, the last from {malformedFrom}", {
      malformed,
      malformedFrom,
    });
  }
  if (leftOut > 0) log.warn("{leftOut} answers were left out: there are too many", { leftOut });
}

async function listedAll(
  found: readonly FoundCamera[],
  login: Login | undefined,
  deps: RoleDeps,
): Promise<readonly ListedCamera[]> {
  const listed: ListedCamera[] = [];
  for (let from = 0; from < found.length; from += ASKED_MAX) {
    const some = found.slice(from, from + ASKED_MAX);
    listed.push(...await Promise.all(some.map((camera) => listedOnvif(camera, login, deps))));
  }
  return listed;
}

async function listedOnvif(
  { name, host, service }: FoundCamera,
  login: Login | undefined,
  { clock, drain }: RoleDeps,
): Promise<ListedCamera> {
  const camera = { kind: "onvif", name: name || null, address: host } as const;
  if (login === undefined) return { ...camera, streams: [listedStream(unknownOf(host))] };
  try {
    const asking = { login, timeoutMs: CAMERA_TIMEOUT_MS, signal: drain };
    const streams = await streamsOf(service, asking, clock);
    return { ...camera, streams: streams.map((stream) => listedStream(stream, login)) };
  } catch (error) {
    const problem = hidden(messageOf(error), login);
    return { ...camera, streams: [listedStream(unknownOf(host), login)], problem };
  }
}

/** A stream of which only the place is known. */
function unknownOf(host: string): CameraStream {
  return { name: "", encoding: "", size: "", url: `rtsp://${host}:554/PATH` };
}

/** What a camera says is a stranger's word: it may hold what it was sent. */
function hidden(text: string, { password }: Login): string {
  return password === "" ? text : text.replaceAll(password, HIDDEN);
}

function listedStream({ name, encoding, size, url }: CameraStream, login?: Login): ListedStream {
  const account = login ? accountOf(login) : "USER";
  const source = url.replace("://", `://${account}:${PASSWORD_PLACEHOLDER}@`);
  return {
    name: name || null,
    encoding: encoding || null,
    size: size || null,
    source,
    command: `smarteye edge -f '${source}'`,
  };
}

/** As it stands in an address, and between quotes. */
function accountOf({ account }: Login): string {
  return encodeURIComponent(account.toWellFormed()).replaceAll("'", "%27");
}

function listedLocal({ index, name, device }: LocalCamera): ListedCamera {
  const source = String(index);
  const command = `smarteye edge -f ${source}`;
  const stream = { name: null, encoding: null, size: null, source, command };
  return { kind: "local", name: name || null, address: device, streams: [stream] };
}

/** A line for each stream, in columns, and what is to be filled in. */
function linesOf(cameras: readonly ListedCamera[], login: Login | undefined): readonly string[] {
  const rows = cameras.flatMap(({ name, address, streams, problem }) =>
    streams.map((stream) => {
      const about = [stream.name, stream.encoding, stream.size, problem].filter(Boolean).join(", ");
      return [name ?? "–", address, `${stream.command}${about && `  # ${about}`}`] as const;
    })
  );
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map(([name, address, command]) =>
    `${name.padEnd(widths[0]!)}  ${address.padEnd(widths[1]!)}  ${command}`
  );
  const sources = cameras.flatMap(({ streams }) => streams.map(({ source }) => source));
  const words = [login ? "" : "USER", PASSWORD_PLACEHOLDER, "PATH"]
    .filter((word) => word !== "" && sources.some((source) => mentions(source, word)));
  if (words.length === 0) return lines;
  const known = login
    ? ""
    : "; with --account and --password, each camera is asked for its streams";
  return [...lines, `to be filled in, percent-encoded: ${words.join(", ")}${known}`];
}

function mentions(source: string, word: string): boolean {
  return new RegExp(`[:/]${word}(?:[:@]|$)`).test(source);
}
