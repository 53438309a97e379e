/** A token goes to the forwarder, and to nobody on the way. */

import type { Configured } from "./configure.ts";
import { quote } from "./problems.ts";

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Adds a problem where a token would go in the clear over a network, and nobody has said that it may. */
export function checkToken({ settings, problems, origin }: Configured): void {
  const { video_frame_url, token, allow_plain_token } = settings["flask-url"];
  if (token === undefined || allow_plain_token) return;
  if (!URL.canParse(video_frame_url)) return; // that is a problem of its own
  const { protocol, hostname } = new URL(video_frame_url);
  if (protocol === "https:" || LOOPBACK.test(hostname)) return;
  problems.add({
    where: origin(["flask-url", "video_frame_url"]),
    subject: "[flask-url] video_frame_url",
    found: `${quote(video_frame_url)}, to which the token would go in the clear`,
    wanted: "an https URL (or [flask-url] allow_plain_token = true)",
  });
}
