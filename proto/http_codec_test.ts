import assert from "node:assert/strict";
import type { Findings } from "../core/detection.ts";
import { type ErrorCode, ERRORS } from "../core/errors.ts";
import { type InferTimings, NO_TIMINGS } from "../core/infer.ts";
import { loadOf, modelOf, replyOf } from "../tests/fakes/backend.ts";
import { IDLE_LOAD as load, INFER_ANSWER } from "../tests/fakes/forwarder_server.ts";
import {
  findingsOf,
  type Handled,
  InferAnswer,
  inferAnswerOf,
  InferFields,
  modelsOf,
  queryOf,
  serverAnswerOf,
  ServersAnswer,
  type ServerSeen,
} from "./http_codec.ts";
import { ErrorAnswer, errorAnswerOf } from "./http_errors.ts";
import { loadOf as loadFrom } from "./http_load.ts";

/** A value as it is after the way over the wire. */
const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

Deno.test("the fields of a frame are the same behind a query", () => {
  const cases: InferFields[] = [
    { model: "m" },
    { model: "a&b=c ü/+", service: "classification", deadline_ms: 250, frame: 0 },
  ];
  for (const fields of cases) {
    const query = new URLSearchParams(queryOf(fields).toString());
    assert.deepEqual(InferFields.parse(Object.fromEntries(query)), fields);
  }
});

/** What a forwarder tells of a frame. */
const HANDLED: Handled = {
  server: "s1",
  receiveMs: 700,
  processMs: 1500,
  received: { at_ms: 12_345.5, clock: "c" },
};

Deno.test("an answer is the same behind the wire", () => {
  const label = { label: "car", class_id: 2, score: 0.5 };
  const cases: Findings[] = [
    { detections: [] },
    { detections: [{ ...label, box: [1, 2, 3.5, 4] }] },
    { detections: [{ ...label, box: [1, 2, 3, 4], mask: { size: [2, 4], counts: [3, 3, 2] } }] },
    { classifications: [] },
    { classifications: [label] },
  ];
  for (const findings of cases) {
    const reply = { ...replyOf("m"), findings };
    const answer = InferAnswer.parse(sent(inferAnswerOf(reply, HANDLED)));
    assert.deepEqual(findingsOf(answer), findings);
    assert.deepEqual(answer.timings_ms, reply.timingsMs);
    const { model, width, height, server, process_time } = answer;
    assert.deepEqual([model, width, height, server, process_time], ["m", 64, 48, "s1", 1.5]);
    assert.deepEqual(answer.received, HANDLED.received);
    assert.deepEqual(answer.load && loadFrom(answer.load), reply.load);
  }
});

Deno.test("the forwarder's stages add up to its time, the server's among them", () => {
  const cases: [server: Partial<InferTimings>, infer: number, answer: number][] = [
    [{ queue: 300, decode: 10, infer: 80, total: 400 }, 100, 1100],
    [NO_TIMINGS, 0, 1500],
    [{ queue: 300, total: 2000 }, 1200, 0], // by the server's clock, which is another one
  ];
  for (const [said, infer, answer] of cases) {
    const timingsMs = { ...NO_TIMINGS, ...said };
    const { stages_ms } = InferAnswer.parse(
      sent(inferAnswerOf({ ...replyOf("m"), timingsMs }, HANDLED)),
    );
    assert.deepEqual(stages_ms, { receive: 700, queue: timingsMs.queue, infer, answer });
  }
});

Deno.test("an answer of a forwarder that tells no more than it must is read", () => {
  assert.deepEqual(InferAnswer.parse(INFER_ANSWER), INFER_ANSWER);
  assert.deepEqual(ServersAnswer.parse({ servers: [] }), { servers: [] });
});

Deno.test("an error is the same behind the wire, under the status of the table", () => {
  for (const code of Object.keys(ERRORS) as ErrorCode[]) {
    const { status, body } = errorAnswerOf(code, "because");
    assert.equal(status, ERRORS[code].http);
    assert.deepEqual(ErrorAnswer.parse(sent(body)), { error: code, detail: "because" });
  }
});

Deno.test("a server is the same behind the wire, one that said nothing is idle", () => {
  const bare = { ...modelOf("b"), version: "", accuracy: undefined, latencyMs: undefined };
  const seen: ServerSeen = {
    name: "s1:1",
    state: "ready",
    detail: "",
    inFlight: 3,
    load: loadOf({ queueLength: 2, running: 1, workers: 4 }),
    models: [modelOf("a@7"), bare],
  };
  const down: ServerSeen = {
    ...{ name: "s2:1", state: "down", detail: "gone", inFlight: 0, load: undefined, models: [] },
  };
  const { servers } = ServersAnswer.parse(sent({ servers: [seen, down].map(serverAnswerOf) }));
  const service = "detection";
  assert.deepEqual(servers, [
    {
      ...{ name: "s1:1", state: "ready", detail: "", in_flight: 3 },
      load: {
        ...{ cpu_utilization: 0.25, memory_utilization: 0.125 },
        ...{ queue_length: 2, running: 1, workers: 4 },
      },
      models: [
        { name: "a", version: "7", service, accuracy: 30, latency_ms: 20 },
        { name: "b", service },
      ],
    },
    {
      ...{ name: "s2:1", state: "down", detail: "gone", in_flight: 0 },
      load: {
        ...{ cpu_utilization: 0, memory_utilization: 0 },
        ...{ queue_length: 0, running: 0, workers: 0 },
      },
      models: [],
    },
  ]);
});

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
    // Drawn run by run, these would take forever.
    { detections: [{ ...detection, mask: { size: [2, 4], counts: [0, 1e12] } }] },
    { detections: [{ ...detection, mask: { size: [1, 1e12], counts: [0, 1e12] } }] },
    { detections: [{ ...detection, mask: { size: [0, 4], counts: [0, 4] } }] },
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

Deno.test("an answer stays one where what is told beside it cannot be", () => {
  const told = {
    stages_ms: { receive: 0, queue: 1, infer: 2, answer: 3 },
    load,
    received: { at_ms: 5, clock: "c" },
  };
  const wrong: [name: keyof typeof told, value: unknown][] = [
    ...[null, "3", {}, { ...told.stages_ms, queue: -1 }].map((value) =>
      ["stages_ms", value] as ["stages_ms", unknown]
    ),
    ["load", null],
    ["load", { ...load, queue_length: -1 }],
    ["received", { at_ms: null, clock: "c" }],
    ["received", { at_ms: 1e300, clock: "c" }],
    ["received", { at_ms: 5, clock: 7 }],
  ];
  for (const [name, value] of wrong) {
    const answer = InferAnswer.parse({ ...INFER_ANSWER, ...told, [name]: value });
    const { [name]: _, ...others } = told;
    assert.deepEqual(answer, { ...INFER_ANSWER, ...others, [name]: undefined });
  }
  const model = { name: "m", service: "detection", latency_ms: -1, accuracy: "best", version: 1 };
  const server = { name: "s", state: "ready", detail: "", in_flight: 0, models: [model] };
  const answer = ServersAnswer.parse({
    servers: [{ ...server, load: { ...load, running: -1 } }],
    received: "now",
  });
  assert.equal(answer.servers[0]!.load?.running, 0);
  assert.equal(answer.received, undefined);
  const unknown = { accuracy: undefined, latencyMs: undefined };
  assert.deepEqual(modelsOf(answer), [{ name: "m", service: "detection", ...unknown }]);
});

Deno.test("the models of the ready servers are offered once, at their best", () => {
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
