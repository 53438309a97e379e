import assert from "node:assert/strict";
import type { OpenTensor } from "../../proto/open_inference_tensors.ts";
import { assertFewStrings, findingsOfTensors, serviceOfFound } from "./found_tensors.ts";

const text = (...labels: string[]) => labels.map((label) => new TextEncoder().encode(label));

const scores = (...values: number[]): OpenTensor => (
  { name: "scores", type: "float32", dims: [values.length], data: Float32Array.from(values) }
);
const classIds: OpenTensor = {
  name: "class_ids",
  type: "int64",
  dims: [2],
  data: BigInt64Array.of(2n, 0n),
};
const labels: OpenTensor = {
  name: "labels",
  type: "bytes",
  dims: [2],
  data: text("car", "person"),
};
const boxes: OpenTensor = {
  ...{ name: "boxes", type: "float32", dims: [1, 2, 4] },
  data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8),
};

Deno.test("what was found is read from its tensors, in any order", () => {
  const found = findingsOfTensors([labels, boxes, classIds, scores(0.75, 0.5)], 0.6);
  assert.deepEqual(found, {
    detections: [{ label: "car", class_id: 2, score: 0.75, box: [1, 2, 3, 4] }],
  });
  assert.deepEqual(findingsOfTensors([scores(0.75, 0.5), classIds, labels], 0.6), {
    classifications: [
      { label: "car", class_id: 2, score: 0.75 },
      { label: "person", class_id: 0, score: 0.5 },
    ],
  });
  const nothing: OpenTensor[] = [
    ...[scores(), { ...classIds, dims: [0], data: new BigInt64Array() } as OpenTensor],
    { ...labels, dims: [0], data: [] } as OpenTensor,
    { ...boxes, dims: [0, 4], data: new Float32Array() } as OpenTensor,
  ];
  assert.deepEqual(findingsOfTensors(nothing, undefined), { detections: [] });
});

Deno.test("tensors that do not fit together are refused", () => {
  const cases: [outputs: OpenTensor[], why: RegExp][] = [
    [[], /without the output "scores"/],
    [[scores(1, 1), labels], /without the output "class_ids"/],
    [[scores(1), classIds, labels], /class_ids has 2 values, 1 are wanted/],
    [[scores(1, 1), classIds], /labels is not BYTES \[2\]/],
    [
      [scores(1, 1), classIds, { ...labels, data: text("car") } as OpenTensor],
      /labels is not BYTES \[2\]/,
    ],
    [[scores(1, NaN), classIds, labels, boxes], /a score is NaN/],
    [
      [scores(1, 1), classIds, labels, { ...boxes, data: new Float32Array(7) } as OpenTensor],
      /boxes has 7 values, 8 are wanted/,
    ],
    [
      [
        scores(1, 1),
        classIds,
        labels,
        { ...boxes, data: new Float32Array(8).fill(Infinity) } as OpenTensor,
      ],
      /a side that is no number/,
    ],
    [[{ ...labels, name: "scores" }, classIds, labels], /scores is BYTES/],
    [[scores(...new Array(30_001).fill(0))], /30001 objects/],
  ];
  for (const [outputs, why] of cases) {
    assert.throws(() => findingsOfTensors(outputs, undefined), {
      code: "failed_precondition",
      message: why,
    });
  }
  const head = { name: "labels", datatype: "BYTES", shape: [1, 30_001] };
  assert.throws(() => assertFewStrings([head]), { message: /has 30001 strings, at most 30000/ });
  assertFewStrings([{ ...head, shape: [30_000] }, { ...head, datatype: "FP32" }]);
});

Deno.test("a model says by its outputs whether it detects or classifies, or neither", () => {
  const told = (...names: string[]) =>
    names.map((name) => ({ name, datatype: "FP32", shape: [-1] }));
  assert.equal(serviceOfFound(told("labels", "scores", "class_ids", "boxes")), "detection");
  assert.equal(serviceOfFound(told("scores", "class_ids", "labels")), "classification");
  assert.equal(serviceOfFound(told("scores", "boxes")), undefined);
});
