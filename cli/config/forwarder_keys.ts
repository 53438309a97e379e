/** Keys of `[forwarder]`. */

import { listenAddress, modelName, optional, plain, whole } from "./kinds.ts";
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
} as const satisfies Readonly<Record<string, Key>>;
