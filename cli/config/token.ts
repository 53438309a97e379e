/** A token goes to whom it is meant for, and to nobody on the way. */

import { formatAddress, isLoopback } from "../../core/address.ts";
import { parseTarget } from "../../forwarder/target.ts";
import type { Configured } from "./configure.ts";
import { quote } from "./problems.ts";

/** Adds a problem where a token would go in the clear over a network, and nobody has said that it may. */
export function checkToken({ settings, problems, origin }: Configured): void {
  const { video_frame_url, token, allow_plain_token } = settings["flask-url"];
  if (token === undefined || allow_plain_token) return;
  if (!URL.canParse(video_frame_url)) return; // that is a problem of its own
  const { protocol, hostname } = new URL(video_frame_url);
  if (protocol === "https:" || isLoopback(hostname.replace(/^\[|\]$/g, ""))) return;
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
  const far = servers.find((server) => !isLoopback(parseTarget(server)?.host ?? ""));
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
    const address = inference[key];
    if (!address || isLoopback(address.host)) continue;
    problems.add({
      where: origin(["inference", key]),
      subject: `[inference] ${key}`,
      found: `${quote(formatAddress(address))}, to which callers would send the token in the clear`,
      wanted: "TLS, [inference] tls_cert and tls_key (or allow_plain_token = true)",
    });
  }
}

/** As {@link checkToken}, of what clients of a forwarder without TLS would send. */
export function checkClientsTokens({ settings, problems, origin }: Configured): void {
  const { tokens, allow_plain_tokens, listen, operators_listen } = settings.forwarder;
  if (tokens === undefined || allow_plain_tokens) return;
  for (const [key, address] of Object.entries({ listen, operators_listen })) {
    if (!address || isLoopback(address.host)) continue;
    problems.add({
      where: origin(["forwarder", key as "listen" | "operators_listen"]),
      subject: `[forwarder] ${key}`,
      found: `${quote(formatAddress(address))}, to which clients would send tokens in the clear`,
      wanted: "TLS, [forwarder] tls_cert and tls_key (or allow_plain_tokens = true)",
    });
  }
}
