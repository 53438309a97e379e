/** Keys of `[forwarder]`. */

import { ACCESS_LOGS } from "../../forwarder/access_log.ts";
import {
  choice,
  like,
  listenAddress,
  localListenAddress,
  modelName,
  optional,
  origin,
  plain,
  share,
  whole,
  yesNo,
} from "./kinds.ts";
import { SERVED_TLS_KEYS } from "./transport_keys.ts";
import type { Key, NumberedKey } from "./key.ts";

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
  load_models: {
    kind: yesNo(),
    default: "false",
    about: "whether a server is asked to load a model that none has ready",
  },
  ...SERVED_TLS_KEYS,
  tokens: {
    kind: optional(plain("the path of a file of tokens")),
    default: "",
    about: "YAML file with the tokens of those who may ask; empty = anybody may",
  },
  allow_plain_tokens: {
    kind: yesNo(),
    default: "false",
    about: "whether tokens may be asked for without TLS, where anybody on the way can read them",
  },
  client_requests_max: {
    kind: whole("requests", 0, 10_000),
    default: "0",
    about: "requests of one client that may be under way at once; 0 = as many as of all",
  },
  operators_listen: {
    kind: optional(localListenAddress()),
    default: "",
    about: "port or host:port for /metrics and other things of operators; empty = listen's",
  },
  ui_listen: {
    kind: optional(localListenAddress()),
    default: "",
    about: "port or host:port of a page that shows servers and edges; empty = none",
  },
  ui_password: {
    kind: optional(like(/^[\x21-\x7e]{8,256}$/, "8 to 256 letters, digits and signs, no spaces")),
    default: "",
    about: "password of that page; wanted where others than this machine reach it",
    secret: true,
  },
  "cors_origin<N>": {
    numbered: true,
    kind: optional(origin()),
    default: [],
    about: "origins whose web pages may ask, such as https://cameras.example; none = no other",
  },
  access_log: {
    kind: choice(ACCESS_LOGS),
    default: "none",
    about: "requests that are told on stdout, a line of JSON each: none, failures or all",
  },
} as const satisfies Readonly<Record<string, Key | NumberedKey>>;
