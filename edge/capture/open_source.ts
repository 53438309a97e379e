/** From what a user names to an opened source. */

import { SmarteyeError } from "../../core/errors.ts";
import type { CaptureOptions } from "../options.ts";
import type { CaptureWorld, FrameSource } from "./source.ts";
import { sourceKind } from "./source_name.ts";

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
 * Opens what a user names: a file, a folder, a pattern, `-` for stdin, an address, the number of a
 * local camera, or `synthetic:`.
 *
 * @throws {SmarteyeError} `invalid_argument` when there is no such thing, `failed_precondition` or
 * `unavailable` when there is but it cannot be read.
 */
export async function openSource(
  options: CaptureOptions,
  world: CaptureWorld,
): Promise<FrameSource> {
  const { realtime, loop, live } = options;
  const source = await openOnce(options, world);
  const refuse = async (what: string, found: string, hint: string) => {
    await source.close();
    const message = `Cannot ${what.replace("it", `"${source.description}"`)}: ${found} (${hint})`;
    throw new SmarteyeError("invalid_argument", message);
  };
  if (live && !source.live && !realtime) {
    const found = "it lies there whole, a camera, an address or a pipe is wanted";
    await refuse("read it as live", found, "--realtime plays it as a camera would");
  }
  if (!realtime && !loop) return source;
  if (source.live) {
    const found = "it is live already, a file is wanted";
    await refuse(
      "play it as a camera",
      found,
      "without --realtime and --loop it is read as it comes",
    );
  }
  const { VirtualCamera } = await import("./virtual_camera.ts");
  const { clock } = world;
  return new VirtualCamera(source, () => openOnce(options, world), { realtime, loop, clock });
}

async function openOnce(options: CaptureOptions, world: CaptureWorld): Promise<FrameSource> {
  const { source: name } = options;
  switch (sourceKind(name, isThere)) {
    case "street":
      return await (await import("./street.ts")).StreetSource.open(name);
    case "camera":
      return await (await import("./device.ts")).openDevice(Number(name), options, world);
    case "stdin":
      return await (await import("./stdin.ts")).openStdin(options, world);
    case "url":
      return await (await import("./network.ts")).openAddress(name, options, world);
    case "glob":
      return await (await import("./files.ts")).openGlob(name, options, world);
    case "path":
      return await (await import("./files.ts")).openPath(name, options, world);
  }
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path) !== undefined;
  } catch {
    return false;
  }
}
