/** The original's protocol as its forwarding server uses it. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { type ServiceError, status } from "@grpc/grpc-js";
import { MsgTransfer } from "../../proto/grpc_service.ts";
import { Served } from "../../tests/fakes/served.ts";

const [WIDTH, HEIGHT] = [64, 48];
const SHAPE = `(${HEIGHT}, ${WIDTH}, 3)`;

const call = <Reply>(served: Served, method: string, request: unknown = {}) =>
  served.callOf<Reply>(MsgTransfer.service, method, request);

/** base64 of a frame of one colour. */
function frame(blue: number, green: number, red: number): string {
  return Buffer.from(new Array(WIDTH * HEIGHT).fill([blue, green, red]).flat()).toString("base64");
}

Deno.test("a frame comes back with its boxes drawn on it, blue, green and red in their order", async () => {
  await using served = await Served.open();
  const sent = frame(250, 254, 255);
  const reply = await call<{ result: string; frameShape: string }>(served, "image_processor", {
    model: "tiny",
    frame: sent,
    frameShape: SHAPE,
  });
  assert.equal(reply.frameShape, SHAPE);
  const drawn = Buffer.from(reply.result, "base64");
  assert.equal(drawn.length, WIDTH * HEIGHT * 3);
  const at = (
    x: number,
    y: number,
  ) => [...drawn.subarray((y * WIDTH + x) * 3, (y * WIDTH + x) * 3 + 3)];
  assert.deepEqual(at(60, 20), [250, 254, 255], "outside it is as it was");
  assert.deepEqual(at(24, 30), [250, 254, 255], "inside as well");
  const [blue, green, red] = at(40, 30); // the box's right edge: the colour of class 1, 00c2ff
  assert.ok(red! < 120 && green! > 150 && blue! > 220, `${[blue, green, red]}`);
});

Deno.test("what is no frame is refused, and a model that is not there", async () => {
  await using served = await Served.open();
  const good = { model: "tiny", frame: frame(1, 2, 3), frameShape: SHAPE };
  const cases: [said: Partial<typeof good>, code: status, told: RegExp][] = [
    [
      { frameShape: "(48, 64)" },
      status.INVALID_ARGUMENT,
      /its shape is "\(48, 64\)", \(height, width, 3\) is wanted/,
    ],
    [{ frameShape: "(0, 64, 3)" }, status.INVALID_ARGUMENT, /its shape is/],
    [{ frameShape: "(48, 63, 3)" }, status.INVALID_ARGUMENT, /9216 bytes were sent as base64/],
    [{ frameShape: "(9999999, 9999999, 3)" }, status.OUT_OF_RANGE, /at most 10000 are allowed/],
    [{ frame: "?" }, status.INVALID_ARGUMENT, /0 bytes were sent/],
    [{ model: "nobody" }, status.NOT_FOUND, /"nobody"/],
  ];
  for (const [said, code, told] of cases) {
    const error = await call(served, "image_processor", { ...good, ...said }).then(
      () => assert.fail(JSON.stringify(said)),
      (error: ServiceError) => error,
    );
    assert.equal(error.code, code, error.details);
    assert.match(error.details, told);
  }
});

Deno.test("its server is asked how busy it is, which models it has, and to load one", async () => {
  await using served = await Served.open();
  const { cpuUsage, memoryUsage } = await call<Record<"cpuUsage" | "memoryUsage", number>>(
    served,
    "get_server_utilization",
  );
  assert.ok(cpuUsage >= 0 && cpuUsage <= 100, `${cpuUsage}`);
  assert.ok(memoryUsage > 1 && memoryUsage <= 100, `${memoryUsage} percent`);
  const loaded = async () =>
    (await call<{ loadedModelName: string }>(served, "get_loaded_models_name")).loadedModelName;
  assert.equal(await loaded(), "tiny");
  await call(served, "load_specified_model", { specifiedModel: "asleep" });
  assert.equal(await loaded(), "asleep, tiny");
});

Deno.test("messages have the original's numbers", () => {
  const { image_processor, get_server_utilization } = MsgTransfer.service;
  const request = { model: "m", frame: "f", frameShape: "s" };
  assert.deepEqual([...image_processor.requestSerialize(request)], [
    ...[0x0a, 1, "m".charCodeAt(0)],
    ...[0x12, 1, "f".charCodeAt(0)],
    ...[0x1a, 1, "s".charCodeAt(0)],
  ]);
  // There is no field 1 in the reply.
  assert.deepEqual([...image_processor.responseSerialize({ result: "r", frameShape: "s" })], [
    ...[0x12, 1, "r".charCodeAt(0)],
    ...[0x1a, 1, "s".charCodeAt(0)],
  ]);
  const usage = get_server_utilization.responseSerialize({ cpuUsage: 1, memoryUsage: 2 });
  assert.deepEqual([...usage], [0x0d, 0, 0, 0x80, 0x3f, 0x15, 0, 0, 0, 0x40]);
});
