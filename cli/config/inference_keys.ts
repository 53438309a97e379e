/** The keys of `[inference]`. */

import type { Key } from "./key.ts";
import { accelerator, listenAddress, optional, plain, whole } from "./kinds.ts";

/** How an inference server infers. */
export const INFERENCE_KEYS = {
  listen: {
    kind: listenAddress(),
    default: "127.0.0.1:50051",
    about: "host:port the inference server listens on; port 0 = a free one",
  },
  http_listen: {
    kind: optional(listenAddress()),
    default: "",
    about: "host:port for the same over HTTP, metrics and probes; empty = no HTTP",
  },
  workers: {
    kind: whole("workers", 0, 256),
    default: "0",
    about: "workers, each with its own sessions; 0 = as many as pay, up to one a core, 4 on CUDA",
  },
  threads: {
    kind: whole("threads", 1, 256),
    default: "1",
    about: "threads of each worker's sessions",
  },
  queue_maxsize: {
    kind: whole("requests", 1, 10_000),
    default: "32",
    about: "requests that may wait for a worker",
  },
  max_batch: {
    kind: whole("pictures", 0, 64),
    default: "0",
    about: "pictures that one run of a network takes at most; 0 = as many as was measured to pay",
  },
  max_delay_ms: {
    kind: whole("milliseconds", 0, 1000),
    default: "0",
    about:
      "milliseconds that a picture may wait for others of its model, although a worker is free",
  },
  gpu: {
    kind: optional(accelerator()),
    default: "",
    about: "accelerator: its number (fails without it), auto = one if there is one, empty = CPU",
  },
  ort_lib: {
    kind: optional(plain("the path of a directory")),
    default: "",
    about: "directory with onnxruntime's and CUDA's libraries; empty = what gpu install fetched",
  },
} as const satisfies Readonly<Record<string, Key>>;
