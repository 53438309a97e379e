import assert from "node:assert/strict";
import { INFER_ANSWER } from "../tests/fakes/forwarder_server.ts";
import {
  ErrorAnswer,
  findingsOf,
  InferAnswer,
  InferFields,
  modelsOf,
  ServersAnswer,
} from "./http_codec.ts";

Deno.test("the fields of a frame are text that becomes what it means", () => {
  const cases: [fields: Record<string, string>, wanted: InferFields | undefined][] = [
    [{ model: "m" }, { model: "m" }],
    [
      { model: "m", service: "detection", deadline_ms: "250", frame: "7", mood: "good" },
      { model: "m", service: "detection", deadline_ms: 250, frame: 7 },
    ],
    [{}, undefined],
    [{ model: "" }, undefined],
    [{ model: "m".repeat(129) }, undefined],
    [{ model: "m", service: "segmentation" }, undefined],
    [{ model: "m", deadline_ms: "0" }, undefined],
    [{ model: "m", deadline_ms: "1.5" }, undefined],
    [{ model: "m", deadline_ms: "soon" }, undefined],
    [{ model: "m", frame: "-1" }, undefined],
  ];
  for (const [fields, wanted] of cases) {
    assert.deepEqual(InferFields.safeParse(fields).data, wanted, JSON.stringify(fields));
  }
});

Deno.test("an answer has detections or classifications, never both, never neither", () => {
  const { detections, ...answer } = INFER_ANSWER;
  const classifications = [{ label: "cat", class_id: 1, score: 0.5 }];
  assert.deepEqual(findingsOf(InferAnswer.parse(INFER_ANSWER)), { detections });
  const classified = InferAnswer.parse({ ...answer, classifications });
  assert.deepEqual(findingsOf(classified), { classifications });
  const mask = { size: [2, 4], counts: [3, 3, 2] };
  const outlined = { ...answer, detections: [{ ...detections![0], mask }] };
  assert.deepEqual(InferAnswer.parse(outlined).detections, outlined.detections);
  for (const broken of [answer, { ...answer, detections, classifications }]) {
    assert.ok(!InferAnswer.safeParse(broken).success);
  }
});

Deno.test("an answer that cannot be is refused", () => {
  const [detection] = INFER_ANSWER.detections!;
  const broken: object[] = [
    { width: 0 },
    { height: 1.5 },
    { detections: [{ ...detection, score: 1.1 }] },
    { detections: [{ ...detection, box: [1, 2, 3] }] },
    { detections: [{ ...detection, box: [1, 2, 3, null] }] },
    { detections: [{ ...detection, class_id: "car" }] },
    { process_time: undefined },
    { timings_ms: {} },
  ];
  for (const part of broken) {
    assert.ok(!InferAnswer.safeParse({ ...INFER_ANSWER, ...part }).success, JSON.stringify(part));
  }
  assert.ok(!ErrorAnswer.safeParse({ error: "not_found" }).success);
});

Deno.test("the models of the ready servers are offered once, at their best", () => {
  const load = {
    cpu_utilization: 0,
    memory_utilization: 0,
    queue_length: 0,
    running: 0,
    workers: 1,
  };
  const server = (state: string, models: object[]) => ({
    name: "s",
    state,
    detail: "",
    in_flight: 0,
    load,
    models: models.map((model) => ({ service: "detection", ...model })),
  });
  const answer = ServersAnswer.parse({
    servers: [
      server("ready", [{ name: "a", latency_ms: 9, accuracy: 30 }, { name: "b" }]),
      server("ready", [{ name: "a", latency_ms: 4, accuracy: 30 }]),
      server("ready", [{ name: "a", accuracy: 30 }]),
      server("draining", [{ name: "c", latency_ms: 1 }]),
      server("down", [{ name: "a", latency_ms: 1 }]),
    ],
  });
  assert.deepEqual(modelsOf(answer), [
    { name: "a", service: "detection", accuracy: 30, latencyMs: 4 },
    { name: "b", service: "detection", accuracy: undefined, latencyMs: undefined },
  ]);
});
