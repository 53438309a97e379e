/** What an NVR and the original's edge do, written from what they say of themselves, on the real program. */

import assert from "node:assert/strict";
import { STREET_DEFAULTS } from "../street/options.ts";
import { runClient, testWithPythonClients } from "./rigs/python_clients.ts";
import { MODEL, Serving } from "./rigs/serving.ts";

interface Prediction {
  readonly label: string;
  readonly confidence: number;
  readonly x_min: number;
  readonly y_min: number;
  readonly x_max: number;
  readonly y_max: number;
}

interface Predicted {
  readonly success: boolean;
  readonly predictions: readonly Prediction[];
}

testWithPythonClients("an NVR finds what is in the street", async () => {
  await using serving = await Serving.open();
  const url = await serving.forward([await serving.start()]);
  const told = await runClient("deepstack.py", url, MODEL, serving.image) as {
    readonly frigate: readonly Prediction[];
    readonly custom: Predicted;
    readonly sure: Predicted;
    readonly nameless: Predicted;
    readonly refused: readonly [number, { readonly success: boolean; readonly error: string }];
    readonly list: { readonly models: readonly string[] };
    readonly ping: unknown;
  };
  const { frigate, custom, sure, nameless } = told;
  assert.ok(frigate.length > 2, JSON.stringify(frigate));
  const { width, height } = STREET_DEFAULTS;
  for (const { label, confidence, ...box } of frigate) {
    assert.match(label, /^(person|bicycle|car|motorcycle|bus|truck)$/);
    assert.ok(confidence >= 0.4 && confidence <= 1);
    assert.ok(Object.values(box).every(Number.isInteger));
    assert.ok(box.x_min >= 0 && box.x_min < box.x_max && box.x_max <= width);
    assert.ok(box.y_min >= 0 && box.y_min < box.y_max && box.y_max <= height);
  }
  const scores = frigate.map(({ confidence }) => confidence);
  assert.deepEqual(scores, scores.toSorted((a, b) => b - a));
  assert.deepEqual([custom.predictions, nameless.predictions], [frigate, frigate]);
  assert.ok(sure.success && sure.predictions.length < frigate.length);
  assert.ok(sure.predictions.every(({ confidence }) => confidence >= 0.8));
  assert.deepEqual([told.refused[0], told.refused[1].success], [400, false]);
  assert.deepEqual([told.list.models, told.ping], [[MODEL], { success: true }]);
});

testWithPythonClients("the original's edge gets its frame back, drawn on", async () => {
  await using serving = await Serving.open();
  const url = await serving.forward([await serving.start()]);
  const { width, height } = STREET_DEFAULTS;
  const told = await runClient(
    "original_edge.py",
    ...[url, MODEL, `${width}`, `${height}`, serving.pixels],
  ) as {
    readonly process_time: number;
    readonly shape: readonly number[];
    readonly changed: number;
    readonly where: readonly number[];
  };
  assert.deepEqual(told.shape, [height, width, 3]);
  assert.ok(told.process_time > 0 && told.process_time < 5);
  assert.ok(told.changed > 0.005 && told.changed < 0.3, `${told.changed} of the pixels`);
  const [left, top, right, bottom] = told.where;
  assert.ok(right! - left! > width / 3 && bottom! - top! > height / 3, `${told.where}`);
});
