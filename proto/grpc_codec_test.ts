import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { SERVICES } from "../core/detection.ts";
import { type ErrorCode, errorCodeOfGrpc, ERRORS, SmarteyeError } from "../core/errors.ts";
import type { ServerLoad } from "../core/model.ts";
import { type InferReply, type InferRequest, NO_TIMINGS, type SentImage } from "../core/infer.ts";
import type { ModelStatus } from "../core/model.ts";
import type { ServerStatus } from "../core/server_status.ts";
import {
  errorFromWire,
  errorToWire,
  errorTrailers,
  loadFromWire,
  modelFromWire,
  modelToWire,
  replyFromWire,
  replyToWire,
  requestFromWire,
  requestToWire,
  serviceFromWire,
  serviceToWire,
  statusFromWire,
  statusToWire,
} from "./grpc_codec.ts";
import type { InferenceDefinition } from "./generated/smarteye/v1/Inference.ts";
import type { InferRequestMessage } from "./generated/smarteye/v1/InferRequest.ts";
import { Inference } from "./grpc_service.ts";

/** A request as it is after the way over the wire. */
function asked(message: InferRequestMessage) {
  const { requestSerialize, requestDeserialize } = Inference.service.Infer;
  return requestDeserialize(requestSerialize(message));
}

/** A message as it is after the way over the wire. */
function answered<M extends "Infer" | "ListModels" | "ServerStatus">(
  method: M,
  message: Parameters<InferenceDefinition[M]["responseSerialize"]>[0],
): ReturnType<InferenceDefinition[M]["responseDeserialize"]> {
  const { responseSerialize, responseDeserialize } = Inference.service[method];
  return responseDeserialize(responseSerialize(message as never)) as never;
}

const REPLY: InferReply & { readonly load: ServerLoad } = {
  model: "m",
  width: 640,
  height: 360,
  findings: { detections: [] },
  timingsMs: { decode: 1, queue: 2, preprocess: 0.5, infer: 3, postprocess: 0.5, total: 7 },
  load: { cpuUtilization: 0.5, memoryUtilization: 0.25, queueLength: 3, running: 1, workers: 2 },
};

Deno.test("a request is the same behind the wire, with what it does not say", () => {
  const images: SentImage[] = [
    { kind: "encoded", bytes: Buffer.from([1, 2, 3]) },
    { kind: "raw", size: { width: 2, height: 1 }, rgb: Buffer.from([1, 2, 3, 4, 5, 6]) },
  ];
  const requests: InferRequest[] = [
    { model: "m", service: undefined, scoreThreshold: undefined },
    { model: "m", service: "detection", scoreThreshold: 0.25 },
    { model: "", service: "classification", scoreThreshold: 0 },
  ];
  for (const image of images) {
    for (const request of requests) {
      for (const priority of ["interactive", "background"] as const) {
        const came = requestFromWire(asked(requestToWire({ ...request, priority }, image)));
        assert.deepEqual(came, { request, image, priority });
      }
    }
  }
});

Deno.test("a request without an image, or with a score that is none, is refused", () => {
  const image: SentImage = { kind: "encoded", bytes: Buffer.from([1]) };
  const cases: [InferRequestMessage, RegExp][] = [
    [{ model: "m" }, /^Cannot infer: the request has no image$/],
    [{ model: "m", encoded: Buffer.of() }, /has no image/],
    [
      requestToWire({ model: "m", scoreThreshold: 1.5 }, image),
      /threshold of 1.5: 0 to 1 is wanted/,
    ],
    [requestToWire({ model: "m", scoreThreshold: NaN }, image), /threshold of NaN/],
  ];
  for (const [message, said] of cases) {
    assert.throws(() => requestFromWire(asked(message)), (error: unknown) => {
      assert.ok(error instanceof SmarteyeError && error.code === "invalid_argument");
      assert.match(error.message, said);
      return true;
    });
  }
});

Deno.test("an error keeps its sentence behind the wire, and its code or the one that it shares", () => {
  for (const code of Object.keys(ERRORS) as ErrorCode[]) {
    const wire = errorToWire(new SmarteyeError(code, "Cannot do it: because"));
    const came = errorFromWire({ ...wire, message: "" }, true);
    assert.equal(came.message, "Cannot do it: because");
    assert.equal(came.code, errorCodeOfGrpc(ERRORS[code].grpc), code);
    assert.equal(ERRORS[came.code].scope, ERRORS[code].scope, `${code} says as much of the server`);
  }
});

Deno.test("when to come back is the same behind the wire, and nonsense says nothing", () => {
  const cases: [retryAfterMs: number | undefined, wanted: number | undefined][] = [
    [undefined, undefined],
    [1, 1],
    [12.2, 13],
    [60_000, 60_000],
  ];
  const status = { code: 8, details: "full", message: "" };
  const behind = (trailers: Readonly<Record<string, string>>) => {
    const metadata = { get: (name: string) => name in trailers ? [trailers[name]] : [] };
    return errorFromWire({ ...status, metadata }, false).retryAfterMs;
  };
  for (const [retryAfterMs, wanted] of cases) {
    const error = new SmarteyeError("overloaded", "full", { retryAfterMs });
    assert.equal(behind(errorTrailers(error)), wanted);
  }
  for (const said of ["-1", "", "soon", "1.5", "1e3", "9".repeat(30)]) {
    assert.equal(behind({ "grpc-retry-pushback-ms": said }), undefined, said);
  }
  assert.equal(errorFromWire(status, false).retryAfterMs, undefined);
});

Deno.test("what grpc-js says is told in our words, under our codes", () => {
  const refused =
    "No connection established. Last error: Error: connect ECONNREFUSED 192.0.2.1:1. Resolution note: ";
  const broke = "Received RST_STREAM with code 2 triggered by internal client error: write EPIPE";
  const cases: [status: number, details: string, here: boolean, ErrorCode, message: string][] = [
    [13, broke, false, "unavailable", "Received RST_STREAM"],
    [13, "Received RST_STREAM with code 2 (Internal server error)", false, "internal", "Received"],
    [14, refused, false, "unavailable", "connect ECONNREFUSED 192.0.2.1:1"],
    [8, "Received message larger than max (9 vs. 4)", false, "payload_too_large", "Received"],
    [8, "the queue is full", false, "overloaded", "the queue is full"],
    [1, "Call cancelled", true, "cancelled", "Call cancelled"],
    [1, "the stream was reset", false, "unavailable", "the stream was reset"],
    [2, "a fault\nat line 3", false, "internal", "a fault"],
    [12, "no such method", false, "internal", "no such method"],
    [99, "", false, "internal", "99 UNHEARD OF"],
  ];
  for (const [code, details, here, wanted, message] of cases) {
    const error = errorFromWire({ code, details, message: `${code} UNHEARD OF` }, here);
    assert.equal(error.code, wanted, details);
    assert.ok(error.message.startsWith(message), error.message);
  }
  const long = errorToWire(new SmarteyeError("internal", "x".repeat(9000)));
  assert.ok(long.details.length < 1000, "more does not fit the trailers of HTTP/2");
  for (const said of ["😀".repeat(500), "x" + "😀".repeat(500), "half a pair: \ud83d"]) {
    const { details } = errorToWire(new SmarteyeError("internal", said));
    assert.ok(details.isWellFormed(), "grpc-js throws at what is not");
  }
});

Deno.test("a server's state is the same behind the wire", () => {
  const status: ServerStatus = {
    version: "1.2.3",
    uptimeMs: 1500,
    provider: "cpu",
    load: REPLY.load,
    models: [
      {
        name: "a",
        version: "1",
        service: "detection",
        state: "ready",
        accuracy: 30,
        latencyMs: 4,
        detail: "",
        provider: "cuda:0 (NVIDIA H100)",
      },
    ],
    draining: true,
  };
  assert.deepEqual(statusFromWire(answered("ServerStatus", statusToWire(status))), status);
});

Deno.test("an answer is the same behind the wire", () => {
  const findings: InferReply["findings"][] = [
    { detections: [] },
    { detections: [{ label: "car", class_id: 2, score: 0.5, box: [1.5, -2, 640, 360.25] }] },
    {
      detections: [{
        ...{ label: "car", class_id: 2, score: 0.5, box: [0, 0, 4, 4] },
        mask: { size: [2, 4], counts: [3, 3, 2] },
      }],
    },
    { classifications: [] },
    { classifications: [{ label: "cat", class_id: 281, score: 0.75 }] },
  ];
  for (const found of findings) {
    const reply = { ...REPLY, findings: found };
    assert.deepEqual(replyFromWire(answered("Infer", replyToWire(reply))), reply);
  }
});

Deno.test("a server that tells little is taken as idle", () => {
  const bare = { ...replyToWire(REPLY), timingsMs: null, load: null };
  const { timingsMs, load } = replyFromWire(answered("Infer", bare));
  assert.deepEqual(timingsMs, NO_TIMINGS);
  assert.deepEqual(load, loadFromWire(null));
  assert.equal(load.queueLength, 0);
});

Deno.test("a model is the same behind the wire, with what is not known of it", () => {
  const models: ModelStatus[] = [
    {
      name: "a",
      version: "2.1",
      service: "detection",
      state: "unloading",
      accuracy: 30,
      latencyMs: 4.5,
      detail: "",
    },
    {
      name: "b",
      version: "1",
      service: "classification",
      state: "failed",
      accuracy: undefined,
      latencyMs: undefined,
      detail: "its sha256 is another",
    },
  ];
  const { models: came } = answered("ListModels", { models: models.map(modelToWire) });
  assert.deepEqual(came.map(modelFromWire), models);
});

Deno.test("a service is the same behind the wire, and none stays none", () => {
  for (const service of [...SERVICES, undefined]) {
    assert.equal(serviceFromWire(serviceToWire(service)), service);
  }
});
