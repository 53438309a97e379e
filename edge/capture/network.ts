/** Streams and videos at an address. */

import { isSmarteyeError, SmarteyeError } from "../../core/errors.ts";
import { redactWhole } from "../../core/redact.ts";
import type { CaptureOptions, RtspTransport } from "../options.ts";
import { parseAddress } from "./address.ts";
import { connectionOf, LiveSource } from "./live_source.ts";
import type { MediaInput } from "./media/input.ts";
import type { CaptureWorld, FrameSource } from "./source.ts";
import { schemeOf } from "./source_name.ts";
import { cannotRead, openVideoInput, type VideoOptions, VideoSource } from "./video.ts";

/** What FFmpeg may open on the way from an address: a playlist must not read files. */
const PROTOCOLS = {
  http: "http,https,httpproxy,tls,tcp,crypto,data",
  rtsp: "rtsp,rtsps,rtp,srtp,tcp,udp,tls,http,https,crypto",
} as const;

/** Addresses that send in their own time, by scheme, and their options for FFmpeg. */
const LIVE_SCHEMES: Readonly<
  Record<string, (transport: RtspTransport) => Readonly<Record<string, string>>>
> = {
  rtsp: rtspOptions,
  rtsps: rtspOptions,
  rtmp: () => ({}),
  rtmps: () => ({}),
  rtp: () => ({}),
  udp: () => ({}),
  srt: () => ({}),
  tcp: () => ({}),
};

/** A camera is to be seen soon after it is back: no long look at how it sends. */
const SHORT_LOOK = { analyzeduration: "1000000", fpsprobesize: "0" };

/** `prefer_tcp`: over TCP, and over UDP where that is refused (`libavformat/rtsp.c`). */
function rtspOptions(transport: RtspTransport) {
  const way = transport === "auto" ? { rtsp_flags: "prefer_tcp" } : { rtsp_transport: transport };
  return { ...way, protocol_whitelist: PROTOCOLS.rtsp };
}

/**
 * Opens an address. A camera is not asked before its pictures are wanted, and is waited for; what
 * comes over HTTP is looked at first.
 *
 * @throws {SmarteyeError} `invalid_argument` when its scheme is none that is read, `unavailable` when
 * nothing is there.
 */
export async function openAddress(
  name: string,
  options: CaptureOptions,
  world: CaptureWorld,
): Promise<FrameSource> {
  const { stallMs: silenceMs, hwaccel, pixelsMax, live, transport } = options;
  const scheme = schemeOf(name) ?? "";
  const liveOptions = LIVE_SCHEMES[scheme];
  if (!liveOptions && scheme !== "http" && scheme !== "https") throw unknownScheme(name, scheme);
  const { url, description } = parseAddress(name);
  const how = { url, description, silenceMs, hwaccel, pixelsMax, tape: world.tape };
  if (liveOptions) {
    const camera = { ...how, options: { ...SHORT_LOOK, ...liveOptions(transport) } };
    if (live === false) return await VideoSource.open(camera, world);
    return openLive(camera, options, world);
  }
  const page = { ...how, live, options: { protocol_whitelist: PROTOCOLS.http } };
  if (live === true) return openLive(page, options, world);
  const { clock, drain } = world;
  const video = await openVideoInput(page, isLive, clock, drain).catch((error) => {
    throw isSmarteyeError(error) ? error : cannotRead(page, error);
  });
  if (!video.live) return new VideoSource(video, page, clock);
  return openLive({ ...page, live: true }, options, world, connectionOf(video));
}

function unknownScheme(name: string, scheme: string): SmarteyeError {
  const known = ["http", "https", ...Object.keys(LIVE_SCHEMES)].join(", ");
  return new SmarteyeError(
    "invalid_argument",
    `Cannot read "${
      redactWhole(name)
    }": the scheme "${scheme}" is not supported, a file, a folder of ` +
      `images, the number of a camera or an address (${known}) is wanted`,
  );
}

/** A live source that is opened in one way, again and again. */
export function openLive(
  how: VideoOptions,
  { reconnectsMax }: CaptureOptions,
  { clock, rng }: CaptureWorld,
  first?: ReturnType<typeof connectionOf>,
): LiveSource {
  return new LiveSource({
    ...{ description: how.description, reconnectsMax, clock, rng },
    connect: async (signal) =>
      connectionOf(await openVideoInput({ ...how, live: true }, () => true, clock, signal)),
    ...(first ? { first } : {}),
  });
}

/** Formats that a server sends without an end, where they have no length. */
const ENDLESS = /^(hls|mpegts|flv|mjpeg)/;

/** Whether what came over HTTP is live: it is by its nature, or has no end. */
function isLive({ format, hasDuration }: MediaInput): boolean {
  return format === "mpjpeg" || (ENDLESS.test(format) && !hasDuration);
}
