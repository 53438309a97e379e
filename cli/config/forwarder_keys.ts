/** Keys of `[forwarder]`. */

import { listenAddress, modelName, optional, plain, share, whole, yesNo } from "./kinds.ts";
import type { Key } from "./key.ts";

/** Keys of `[forwarder]`. */
export const FORWARDER_KEYS = {
  listen: {
    kind: listenAddress(),
    default: "127.0.0.1:5000",
    about: "host:port the forwarding server listens on; port 0 = a free one",
  },
  dispatch_policy: {
    kind: plain("the name of a dispatch policy or the path of a module with one"),
    default: "prequal",
    about: "dispatch policy: a registered name, or the path of a module with one",
  },
  decision_ms: {
    kind: whole("milliseconds", 1, 60_000),
    default: "50",
    about: "milliseconds that a dispatch policy of your own may take to pick a server",
  },
  deadline_ms: {
    kind: whole("milliseconds", 1, 600_000),
    default: "10000",
    about: "milliseconds a request may take when it names no deadline, and the most it may name",
  },
  detection_model: {
    kind: optional(modelName()),
    default: "",
    about: "what detects for senders that name no model, as NVRs do; empty = the most accurate",
  },
  retry_budget: {
    kind: share(),
    default: "0.2",
    about: "second attempts for each request, over the last ten seconds; 0 = never a second one",
  },
  hedge: {
    kind: yesNo(),
    default: "false",
    about: "ask another server too when the first takes longer than 19 of 20 requests do",
  },
  slow_start_ms: {
    kind: whole("milliseconds", 0, 600_000),
    default: "5000",
    about: "milliseconds after it came up in which a server's share grows; 0 = all at once",
  },
  server_requests_max: {
    kind: whole("requests", 0, 100_000),
    default: "0",
    about: "requests that a server has of the forwarder at most; 0 = no limit",
  },
} as const satisfies Readonly<Record<string, Key>>;
