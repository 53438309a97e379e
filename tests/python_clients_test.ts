/** Clients that nobody here wrote, against the real program. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { STREET_DEFAULTS } from "../street/options.ts";
import {
  promtool,
  pythonProgram,
  runClient,
  testWithPythonClients,
} from "./rigs/python_clients.ts";
import { MODEL, Serving } from "./rigs/serving.ts";

testWithPythonClients(
  "Triton's client infers with tensors and images, and manages models",
  async () => {
    await using serving = await Serving.open();
    const address = await serving.start();
    const told = await runClient("open_inference_grpc.py", address, MODEL, serving.image) as {
      readonly [what: string]: unknown;
      readonly raw: { readonly id: string; readonly shapes: readonly number[][] };
      readonly seen: {
        readonly labels: string[];
        readonly scores: number[];
        readonly boxes: number[][];
      };
      readonly refused: Readonly<Record<string, readonly [string, string]>>;
    };
    assert.deepEqual([told["live"], told["ready"], told["server"]], [true, true, "smarteye"]);
    assert.deepEqual(told["input"], ["images", "FP32", [1, 3, 352, 352]]);
    assert.deepEqual(told["config"], [
      0,
      [["images", "TYPE_FP32", [1, 3, 352, 352]]],
      [["output", "TYPE_FP32", [1, 10, 2541]]],
    ]);
    assert.equal(told.raw.id, "seven");
    assert.ok(told.raw.shapes.every((shape) => shape[0] === 1));
    const { labels, scores, boxes } = told.seen;
    assert.ok(labels.length > 2, `${labels}`);
    assert.deepEqual([scores.length, boxes.length], [labels.length, labels.length]);
    assert.ok(scores.every((score) => score >= 0.5 && score <= 1));
    assert.ok(boxes.every((box) => box.length === 4 && box[2]! > box[0]! && box[3]! > box[1]!));
    assert.equal((told["index"] as Record<string, string>)[MODEL], "READY");
    assert.deepEqual(
      Object.values(told.refused).map(([status]) => status),
      ["StatusCode.INVALID_ARGUMENT", "StatusCode.INVALID_ARGUMENT", "StatusCode.NOT_FOUND"],
    );
    assert.deepEqual(told["loaded"], [true, false, true]);
  },
);

testWithPythonClients(
  "Triton's client does the same over HTTP, and promtool reads the metrics",
  async () => {
    await using serving = await Serving.open();
    const http = await serving.startHttp();
    const { labels, boxes, index, ...told } = await runClient(
      "open_inference_http.py",
      ...[http, MODEL, serving.image],
    ) as {
      readonly labels: string[];
      readonly boxes: readonly number[];
      readonly index: Readonly<Record<string, string>>;
    };
    assert.ok(labels.length > 2);
    assert.deepEqual([boxes, index[MODEL]], [[labels.length, 4], "READY"]);
    assert.deepEqual(told, {
      well: [true, true],
      id: "7",
      same: true,
      refused: ["404", "400"],
      loaded: [true, false, true],
    });
    const metrics = await (await fetch(`http://${http}/metrics`)).text();
    const counted = /requests_total\{model="smarteye_street",protocol="\w+_http",outcome="ok"\} 3/;
    assert.match(metrics, counted);
    assert.equal(await promtool(metrics), "");
  },
);

testWithPythonClients(
  "every service is told by reflection, every model has its health",
  async () => {
    await using serving = await Serving.open();
    const address = await serving.start();
    const told = await runClient("reflection_and_health.py", address, MODEL) as {
      readonly services: Readonly<Record<string, readonly string[]>>;
      readonly fields: readonly string[];
      readonly health: Readonly<Record<string, string>>;
      readonly watched: readonly string[];
      readonly asked: number;
    };
    assert.deepEqual(Object.keys(told.services).sort(), [
      "MsgTransfer",
      "grpc.health.v1.Health",
      "grpc.reflection.v1.ServerReflection",
      "grpc.reflection.v1alpha.ServerReflection",
      "inference.GRPCInferenceService",
      "smarteye.v1.Inference",
    ]);
    assert.ok(told.services["MsgTransfer"]!.includes("image_processor"));
    assert.ok(
      told.fields.includes("raw_input_contents"),
      "fields are called as the protos call them",
    );
    for (const [name, status] of Object.entries(told.health)) {
      const isKnown = !/^grpc\.|^nobody$/.test(name);
      assert.equal(status, isKnown ? "SERVING" : "NOT_FOUND", name);
    }
    assert.deepEqual(told.watched, ["SERVING", "NOT_SERVING", "SERVING"]);
    assert.ok(told.asked < 0.5, `${told.asked} of the questions of who does not listen are taken`);
  },
);

testWithPythonClients("stubs that others generate from the protos work", async () => {
  await using serving = await Serving.open();
  const address = await serving.start();
  const protos = fileURLToPath(new URL("../proto", import.meta.url));
  const { found, models, ...told } = await runClient(
    "stubs.py",
    address,
    MODEL,
    serving.image,
    protos,
  ) as Record<string, unknown>;
  assert.ok(Number(found) > 2, `${found} found`);
  assert.ok((models as string[]).includes(MODEL));
  assert.deepEqual(told, {
    size: [STREET_DEFAULTS.width, STREET_DEFAULTS.height],
    stages: [true, true],
    codes: { "no image": "INVALID_ARGUMENT", broken: "INVALID_ARGUMENT", nobody: "NOT_FOUND" },
    drawn: ["(90, 160, 3)", [90, 160, 3]],
    usage: [true, true],
    loaded: MODEL,
    typed: [0, true],
  });
});

testWithPythonClients(
  "an Envoy that weighs servers by their load reports prefers the idle one",
  async () => {
    await using serving = await Serving.open();
    const [busy, idle] = await Promise.all([
      serving.start("--workers", "1"),
      serving.start("--workers", "1"),
    ]);
    const { calls, through } = await runClient(
      "envoy.py",
      ...[pythonProgram("envoy"), MODEL, serving.image, busy, idle, "12"],
    ) as { readonly calls: number; readonly through: readonly [busy: number, idle: number] };
    assert.equal(through[0] + through[1], calls);
    assert.ok(through[1] > 1.2 * through[0], `busy ${through[0]}, idle ${through[1]}`);
  },
);
