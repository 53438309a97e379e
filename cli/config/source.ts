/** What an edge reads: the one setting whose meaning depends on others. */

import { resolve } from "node:path";
import { sourceKind } from "../../edge/capture/source_name.ts";
import type { Configured } from "./configure.ts";
import { quote } from "./problems.ts";
import type { Settings } from "./settings.ts";

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

/** The source as the edge takes it. Adds to the problems where there is none, or none such. */
export function requireSource(configured: Configured, directory: string): string {
  if (configured.settings["edge-setting"].source === undefined) {
    configured.problems.add({
      where: "smarteye edge",
      found: "nothing to read from",
      wanted: "--file FILE (a video, a folder of images, an image, a URL or a camera's number), " +
        "--rtsp (the camera of [camera-info]) or [edge-setting] source in the config",
    });
  }
  return checkedSource(configured, directory);
}

/** The same where there may be no source: then it is empty. */
export function checkedSource(configured: Configured, directory: string): string {
  const { settings, problems, origin } = configured;
  const source = settings["edge-setting"].source ?? "";
  if (source === CAMERA_SOURCE) {
    if (settings["camera-info"].ip_address === undefined) {
      problems.add({
        where: origin(["edge-setting", "source"]),
        found: "no address of a camera",
        wanted: "[camera-info] ip_address in the config, or SMARTEYE_CAMERA_INFO_IP_ADDRESS",
      });
    }
    return cameraUrl(settings["camera-info"]);
  }
  if (source !== "" && sourceKind(source) === "path") checkExists(configured, directory, source);
  return source;
}

function checkExists({ problems, origin }: Configured, directory: string, path: string): void {
  try {
    Deno.statSync(resolve(directory, path));
  } catch (error) {
    const isMissing = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    problems.add({
      where: origin(["edge-setting", "source"]),
      found: `${isMissing ? "no file or folder" : "no permission to read"} ${quote(path)}`,
      wanted: "a video, a folder of images, an image, a URL or the number of a local camera",
    });
  }
}
