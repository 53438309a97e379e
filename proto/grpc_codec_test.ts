import assert from "node:assert/strict";
import { SERVICES } from "../core/detection.ts";
import type { ModelStatus } from "../core/model.ts";
import { type InferReply, NO_TIMINGS } from "../core/infer.ts";
import {
  loadFromWire,
  modelFromWire,
  modelToWire,
  replyFromWire,
  replyToWire,
  serviceFromWire,
  serviceToWire,
} from "./grpc_codec.ts";
import type { InferenceDefinition } from "./generated/smarteye/v1/Inference.ts";
import { Inference } from "./grpc_service.ts";

/** A message as it is after the way over the wire. */
function answered<M extends "Infer" | "ListModels">(
  method: M,
  message: Parameters<InferenceDefinition[M]["responseSerialize"]>[0],
): ReturnType<InferenceDefinition[M]["responseDeserialize"]> {
  const { responseSerialize, responseDeserialize } = Inference.service[method];
  return responseDeserialize(responseSerialize(message as never)) as never;
}

const REPLY: InferReply = {
  model: "m",
  width: 640,
  height: 360,
  findings: { detections: [] },
  timingsMs: { decode: 1, queue: 2, preprocess: 0.5, infer: 3, postprocess: 0.5, total: 7 },
  load: { cpuUtilization: 0.5, memoryUtilization: 0.25, queueLength: 3, running: 1, workers: 2 },
};

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
    { name: "a", service: "detection", state: "ready", accuracy: 30, latencyMs: 4.5, detail: "" },
    {
      name: "b",
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
