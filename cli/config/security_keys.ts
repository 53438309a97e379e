/** Keys of `[security]`: what a stranger may ask of a server. */

import type { Key } from "./key.ts";
import { whole } from "./kinds.ts";

/** Keys of `[security]`. */
export const SECURITY_KEYS = {
  body_bytes_max: {
    kind: whole("bytes", 1024, 1_073_741_824),
    default: "10485760",
    about: "most bytes of a request's body",
  },
  pixels_max: {
    kind: whole("pixels", 1024, 1_000_000_000),
    default: "40000000",
    about: "most pixels (width × height) of an image",
  },
  body_timeout_ms: {
    kind: whole("milliseconds", 1, 600_000),
    default: "5000",
    about: "milliseconds that a request's body may take to arrive",
  },
  requests_max: {
    kind: whole("requests", 1, 10_000),
    default: "64",
    about: "requests that may be under way at once, when all of them has arrived",
  },
  arriving_max: {
    kind: whole("requests", 1, 100_000),
    default: "256",
    about: "requests whose bodies may be arriving at once (at a forwarder)",
  },
  body_rate_min: {
    kind: whole("bytes", 0, 1_073_741_824),
    default: "1000",
    about: "bytes a second at which a body has to arrive at a forwarder; 0 = at any rate",
  },
  connections_max: {
    kind: whole("connections", 1, 100_000),
    default: "1024",
    about: "connections that may be open at once",
  },
} as const satisfies Readonly<Record<string, Key>>;
