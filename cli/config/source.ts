/** What a source is named by: whether there is such a thing, and the camera of the config. */

import { globSync } from "node:fs";
import { resolve } from "node:path";
import { sourceKind } from "../../edge/capture/source_name.ts";
import type { Configured } from "./configure.ts";
import { quote } from "./problems.ts";
import type { Settings } from "./settings.ts";
import type { Surroundings } from "./surroundings.ts";

/** The source that stands for the camera of `[camera-info]`, and that `--rtsp` gives. */
export const CAMERA_SOURCE = "rtsp:";

/**
 * The URL of an RTSP camera. Account and password are percent-encoded, so that a password with
 * `@` or `/` does not end in the host.
 */
export function cameraUrl(camera: Settings["camera-info"]): string {
  const { account, password, ip_address, channel } = camera;
  const encode = (text: string) => encodeURIComponent(text.toWellFormed());
  const login = password === "" ? encode(account) : `${encode(account)}:${encode(password)}`;
  const host = `${login && `${login}@`}${ip_address ?? ""}`;
  return `rtsp://${host}/cam/realmonitor?channel=${channel}&subtype=0`;
}

/** A source as the edge takes it. Adds to the problems where there is no such thing. */
export function checkedSource(
  { settings, problems }: Configured,
  around: Surroundings,
  { source, where }: { readonly source: string; readonly where: string },
): string {
  if (source === CAMERA_SOURCE) {
    if (settings["camera-info"].ip_address === undefined) {
      problems.add({
        where,
        found: "no address of a camera",
        wanted: "[camera-info] ip_address in the config, or SMARTEYE_CAMERA_INFO_IP_ADDRESS",
      });
    }
    return cameraUrl(settings["camera-info"]);
  }
  const missing = missingAt(around.directory, source);
  if (missing) {
    problems.add({
      where,
      found: `${missing} ${quote(source)}`,
      wanted: "a video, a folder of images, an image, a URL or the number of a local camera",
    });
  }
  return source;
}

/** What is not there of a file, a folder or a pattern; `undefined` where it is, and of all else. */
function missingAt(directory: string, source: string): string | undefined {
  let why: string | undefined;
  const isThere = (path: string) => {
    try {
      return Deno.statSync(resolve(directory, path)) !== undefined;
    } catch (error) {
      const isMissing = error instanceof Deno.errors.NotFound ||
        error instanceof Deno.errors.NotADirectory;
      why = isMissing ? "no file or folder" : "no permission to read";
      return false;
    }
  };
  switch (sourceKind(source, isThere)) {
    case "glob":
      return globSync(source, { cwd: directory }).length > 0 ? undefined : "no file that matches";
    case "path":
      return isThere(source) ? undefined : why;
    default:
      return undefined;
  }
}
