/** From what a user names to an opened source. */

import type { Clock } from "../../core/clock.ts";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import type { ImageLimits } from "../../core/image.ts";
import { IMAGE_FILE, IMAGE_FILE_ENDINGS } from "../../core/image_formats.ts";
import { redact } from "../../core/redact.ts";
import type { Rng } from "../../core/rng.ts";
import type { CaptureOptions } from "../options.ts";
import type { FrameSource } from "./source.ts";
import { schemeOf, sourceKind } from "./source_name.ts";

/** What capture needs of the world. */
export interface CaptureWorld {
  /** Stalls and waits go by it. */
  readonly clock: Clock;
  /** Waits before a lost camera is tried again differ a little by it. */
  readonly rng: Rng;
}

/** How a source is read where nothing else is said. */
export const CAPTURE_DEFAULTS: Omit<CaptureOptions, "source"> = {
  live: undefined,
  realtime: false,
  loop: false,
  reconnectsMax: Infinity,
  stallMs: 5000,
  transport: "auto",
  hwaccel: "none",
  cameraSize: undefined,
  cameraFps: undefined,
  pixelsMax: 40_000_000,
};

/**
 * Opens what a user names: a video file, a folder of images, an image, an http(s) or rtsp URL, the
 * number of a local camera, or `synthetic:`.
 *
 * @throws {SmarteyeError} `invalid_argument` when there is no such thing, `failed_precondition` or
 * `unavailable` when there is but it cannot be read.
 */
export async function openSource(
  options: CaptureOptions,
  _world: CaptureWorld,
): Promise<FrameSource> {
  const { source: name, pixelsMax } = options;
  const limits = { pixelsMax };
  switch (sourceKind(name)) {
    case "street":
      return await (await import("./street.ts")).StreetSource.open(name);
    case "camera":
      return await (await import("./device.ts")).openDevice(Number(name));
    case "stdin":
    case "glob":
    case "path":
      return await openPath(name, limits);
    case "url":
      return await openUrl(name);
  }
}

async function openUrl(url: string): Promise<FrameSource> {
  const scheme = schemeOf(url);
  switch (scheme) {
    case "rtsp":
    case "rtsps":
      return await (await import("./rtsp.ts")).openRtsp(url);
    case "http":
    case "https":
      return await (await import("./video.ts")).openVideo(url);
    default:
      throw new SmarteyeError(
        "invalid_argument",
        `Cannot read "${redact(url)}": the scheme "${scheme}" is not supported, ` +
          `a file, a folder of images, http(s)://, rtsp:// or the number of a camera is wanted`,
      );
  }
}

async function openPath(path: string, limits: ImageLimits): Promise<FrameSource> {
  const { openImages } = await import("./images.ts");
  const { isDirectory } = await Deno.stat(path).catch((cause) => {
    const found = cause instanceof Deno.errors.NotFound
      ? "there is no such file"
      : messageOf(cause);
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot read "${path}": ${found}; a video, an image or a folder of images is wanted`,
      { cause },
    );
  });
  if (!isDirectory) {
    if (IMAGE_FILE.test(path)) return openImages(path, [path], limits);
    return await (await import("./video.ts")).openVideo(path);
  }
  const names = await Array.fromAsync(Deno.readDir(path), (entry) => entry.name);
  const images = names.filter((name) => IMAGE_FILE.test(name))
    .sort(new Intl.Collator("en", { numeric: true }).compare)
    .map((name) => `${path.replace(/\/+$/, "")}/${name}`);
  if (images.length > 0) return openImages(path, images, limits);
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot read the folder "${path}": it holds ${names.length} entries and no image, ` +
      `files that end in one of ${IMAGE_FILE_ENDINGS} are wanted`,
  );
}
