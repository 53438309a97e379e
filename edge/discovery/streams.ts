/** The streams of an ONVIF camera, as it tells them itself (Media Service, ver10). */

import type { Clock } from "../../core/clock.ts";
import { SmarteyeError } from "../../core/errors.ts";
import { parseAddress } from "../capture/address.ts";
import { plain } from "./plain.ts";
import { ask, type Asking, type Login } from "./soap.ts";
import { elementsAt, escaped, textAt, type Xml } from "./xml.ts";

/** One stream of a camera. */
export interface CameraStream {
  /** What the camera calls it. */
  readonly name: string;
  /** Such as `H264`; empty where it is not told. */
  readonly encoding: string;
  /** Pixels, `1920x1080`; empty where it is not told. */
  readonly size: string;
  /** Its RTSP address, without account and password. */
  readonly url: string;
}

/** Streams of one camera that are asked for. */
const STREAMS_MAX = 16;

const DEVICE = "http://www.onvif.org/ver10/device/wsdl";
const MEDIA = "http://www.onvif.org/ver10/media/wsdl";
const SCHEMA = "http://www.onvif.org/ver10/schema";

/**
 * Asks a camera for its streams.
 *
 * @param service the address of its device service.
 * @param timeoutMs how long it may take, all together.
 * @throws {SmarteyeError} when it refuses the login, does not answer in time or has no streams.
 */
export async function streamsOf(
  service: string,
  { login, timeoutMs, signal }: {
    readonly login: Login;
    readonly timeoutMs: number;
    /** Ends it early. */
    readonly signal: AbortSignal;
  },
  clock: Clock,
): Promise<readonly CameraStream[]> {
  const plainly: Asking = { dueAtMs: clock.nowMs() + timeoutMs, signal };
  const asking = { ...plainly, login, aheadMs: await aheadMs(service, plainly, clock) };
  const media = await mediaService(service, asking, clock);
  const answer = await ask(media, `<GetProfiles xmlns="${MEDIA}"/>`, asking, clock);
  const profiles = elementsAt(answer, ["GetProfilesResponse", "Profiles"]).slice(0, STREAMS_MAX);
  const streams: CameraStream[] = [];
  for (const profile of profiles) {
    const stream = await streamOf(media, profile, asking, clock);
    if (stream && !streams.some(({ url }) => url === stream.url)) streams.push(stream);
  }
  if (streams.length > 0) return streams;
  throw new SmarteyeError("failed_precondition", "it tells of no stream that can be read");
}

/**
 * By how much the camera's clock is ahead: a proof of the password is good for some seconds of its
 * time only. Where it does not tell, it is taken to be right.
 */
async function aheadMs(service: string, asking: Asking, clock: Clock): Promise<number> {
  const body = `<GetSystemDateAndTime xmlns="${DEVICE}"/>`;
  let answer: Xml;
  try {
    answer = await ask(service, body, asking, clock);
  } catch (error) {
    if (error instanceof SmarteyeError && error.code === "failed_precondition") return 0;
    throw error;
  }
  const [utc] = elementsAt(answer, [
    ...["GetSystemDateAndTimeResponse", "SystemDateAndTime", "UTCDateTime"],
  ]);
  const number = (...path: string[]) => Number(textAt(utc, path) || NaN);
  const epochMs = Date.UTC(
    ...[number("Date", "Year"), number("Date", "Month") - 1, number("Date", "Day")] as const,
    ...[number("Time", "Hour"), number("Time", "Minute"), number("Time", "Second")] as const,
  );
  return Number.isFinite(epochMs) ? epochMs - clock.epochMs() : 0;
}

/** Where the camera tells of its streams: at its own address, by the port and path that it says. */
async function mediaService(service: string, asking: Asking, clock: Clock): Promise<string> {
  const body = `<GetCapabilities xmlns="${DEVICE}"><Category>Media</Category></GetCapabilities>`;
  const answer = await ask(service, body, asking, clock);
  const said = textAt(answer, ["GetCapabilitiesResponse", "Capabilities", "Media", "XAddr"]);
  const own = new URL(service);
  if (!URL.canParse(said)) return service; // some have one address for all
  const { protocol, port, pathname } = new URL(said);
  if (protocol !== "http:" && protocol !== "https:") return service;
  return `${protocol}//${own.hostname}${port && `:${port}`}${pathname}`;
}

async function streamOf(
  media: string,
  profile: Xml,
  asking: Asking,
  clock: Clock,
): Promise<CameraStream | undefined> {
  const token = profile.attributes["token"] ?? "";
  const body = `<GetStreamUri xmlns="${MEDIA}"><StreamSetup>` +
    `<Stream xmlns="${SCHEMA}">RTP-Unicast</Stream>` +
    `<Transport xmlns="${SCHEMA}"><Protocol>RTSP</Protocol></Transport></StreamSetup>` +
    `<ProfileToken>${escaped(token)}</ProfileToken></GetStreamUri>`;
  const answer = await ask(media, body, asking, clock);
  const url = addressOf(textAt(answer, ["GetStreamUriResponse", "MediaUri", "Uri"]));
  if (url === undefined) return undefined;
  const size = ["Width", "Height"]
    .map((side) => textAt(profile, ["VideoEncoderConfiguration", "Resolution", side]));
  return {
    name: plain(textAt(profile, ["Name"]) || token),
    encoding: plain(textAt(profile, ["VideoEncoderConfiguration", "Encoding"])),
    size: size.every((side) => /^\d{1,5}$/.test(side)) ? size.join("x") : "",
    url,
  };
}

/** The address as it may stand between quotes on a command line; `undefined` where it is none. */
function addressOf(text: string): string | undefined {
  try {
    const { scheme, host, port, rest } = parseAddress(text);
    if (scheme !== "rtsp" && scheme !== "rtsps") return undefined;
    const place = host.includes(":") ? `[${host}]` : host;
    const path = rest.replace(/[^\x21-\x7e]|['"`\\$!]/gu, encodeURIComponent)
      .replace(/['!]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
    return `${scheme}://${place}${port === undefined ? "" : `:${port}`}${path}`;
  } catch {
    return undefined; // what is told here comes from a stranger
  }
}
