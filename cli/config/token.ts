/** A token goes to whom it is meant for, and to nobody on the way. */

import { formatAddress } from "../../core/address.ts";
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

/** As {@link checkToken}, of what goes to inference servers without TLS. */
export function checkServerToken({ settings, problems, origin }: Configured): void {
  const { "url<N>": servers, token, allow_plain_token } = settings["grpc-url"];
  if (token === undefined || allow_plain_token) return;
  const far = servers.find((server) => !LOOPBACK.test(server.replace(/:\d+$/, "")));
  if (far === undefined) return;
  problems.add({
    where: origin(["grpc-url", "url<N>"]),
    subject: "[grpc-url] url",
    found: `${quote(far)}, to which the token would go in the clear`,
    wanted: "TLS, [grpc-url] tls = true (or allow_plain_token = true)",
  });
}

/** As {@link checkToken}, of what callers of an inference server without TLS would send. */
export function checkCallersToken({ settings, problems, origin }: Configured): void {
  const { inference } = settings;
  if (inference.token === undefined || inference.allow_plain_token) return;
  for (const key of ["listen", "http_listen"] as const) {
    const address = inference[key] && formatAddress(inference[key]);
    if (!address || LOOPBACK.test(address.replace(/:\d+$/, ""))) continue;
    problems.add({
      where: origin(["inference", key]),
      subject: `[inference] ${key}`,
      found: `${quote(address)}, to which callers would send the token in the clear`,
      wanted: "TLS, [inference] tls_cert and tls_key (or allow_plain_token = true)",
    });
  }
}
