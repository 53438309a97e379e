import assert from "node:assert/strict";
import type { Detection } from "../../core/detection.ts";
import type { Tensor, TensorOf } from "../../core/tensor.ts";
import type { Manifest } from "../../models/manifest.ts";
import type { TensorHead } from "../../proto/open_inference_tensors.ts";
import { input, manifest } from "../../tests/fakes/models.ts";
import { plain } from "../../tests/fakes/pictures.ts";
import type { OpenModel } from "./messages.ts";
import { OpenNetwork } from "./open_network.ts";

const ROWS = manifest({ decoder: "end_to_end", iou_threshold: 1 });

const head = (shape: number[], datatype = "FP32", name = "images"): TensorHead => (
  { name, datatype, shape }
);

function model(inputs: TensorHead[], outputs: TensorHead[] = []): OpenModel {
  return { name: "tiny", version: "1", inputs, outputs, takesFiles: false };
}

/** What a network is given for a grey picture. */
function given(said: OpenModel, of: Manifest, size: [number, number] = [64, 32]): Tensor[] {
  const network = new OpenNetwork(said, of);
  try {
    return network.tensors(plain(...size));
  } finally {
    network.close();
  }
}

Deno.test("a picture goes as the server's input lies, with the axis of pictures or without", () => {
  const layout = (name: "nchw" | "nhwc" | "chw") => ({ ...ROWS, input: input({ layout: name }) });
  const cases: [told: number[], of: Manifest, wanted: number[]][] = [
    [[1, 3, 32, 32], ROWS, [1, 3, 32, 32]],
    [[-1, 3, 32, 32], ROWS, [1, 3, 32, 32]],
    [[-1, 3, -1, -1], ROWS, [1, 3, 32, 32]],
    [[3, 32, 32], ROWS, [3, 32, 32]],
    [[-1, 32, 32, 3], layout("nhwc"), [1, 32, 32, 3]],
    [[32, 32, 3], layout("nhwc"), [32, 32, 3]],
    [[3, -1, -1], layout("chw"), [3, 32, 32]],
    [[-1, 3, -1, -1], layout("chw"), [1, 3, 32, 32]],
  ];
  for (const [shape, of, wanted] of cases) {
    const [image, ...others] = given(model([head(shape)]), of);
    assert.deepEqual([image!.name, image!.type, image!.dims], ["images", "float32", wanted]);
    assert.equal(image!.data.length, 3 * 32 * 32);
    assert.equal(others.length, 0);
  }
});

Deno.test("elements are of the manifest's type, and a picture of any size goes in at its own", () => {
  for (const [type, datatype] of [["uint8", "UINT8"], ["float16", "FP16"]] as const) {
    const [image] = given(model([head([1, 3, 32, 32], datatype)]), {
      ...ROWS,
      input: input({ type }),
    });
    assert.equal(image!.type, type);
    assert.equal(Number(image!.data[0]), 114);
  }
  const anySize = {
    ...ROWS,
    input: input({ fit: "as_is", width: 4096, height: 4096, multiple_of: 16 }),
  };
  const [image] = given(model([head([1, 3, -1, -1])]), anySize, [50, 30]);
  assert.deepEqual(image!.dims, [1, 3, 32, 64]);
});

Deno.test("a network that scales boxes itself is told the size", () => {
  const size = head([-1, 2], "INT64", "orig_target_sizes");
  const [, sides] = given(model([size, head([-1, 3, 32, 32])]), ROWS) as [
    Tensor,
    TensorOf<"int64">,
  ];
  assert.deepEqual([sides.name, sides.dims, [...sides.data]], ["orig_target_sizes", [1, 2], [
    32n,
    32n,
  ]]);
});

Deno.test("what a server tells and the manifest does not say is refused with both", () => {
  const cases: [said: OpenModel, of: Manifest, why: RegExp][] = [
    [model([]), ROWS, /does not tell its inputs, one image is wanted/],
    [
      model([head([1, 3, 32, 32]), head([1], "FP32", "other")]),
      ROWS,
      /images FP32 \[1, 3, 32, 32\], other/,
    ],
    [
      model([head([1, 3, 64, 64])]),
      ROWS,
      /^its input is images FP32 \[1, 3, 64, 64\], FP32 \[1, 3, 32, 32\] is what its manifest says$/,
    ],
    [model([head([1, 3, 32, 32], "UINT8")]), ROWS, /UINT8 .* FP32/],
    [model([head([8, 3, 32, 32])]), ROWS, /\[8, 3, 32, 32\]/],
    [model([head([])]), ROWS, /images FP32 \[\]/],
    [
      model([head([1, 3, 32, 32])], [head([1, 7, 5], "FP32", "rows")]),
      ROWS,
      /found rows \[1, 7, 5\], one output \[1, N, 6\] is wanted/,
    ],
    [
      model([head([1, 3, 32, 32])], [head([1, 7, 6], "FP32", "a"), head([1, 7, 6], "FP32", "b")]),
      ROWS,
      /one output \[1, N, 6\]/,
    ],
  ];
  for (const [said, of, why] of cases) {
    assert.throws(() => new OpenNetwork(said, of), { code: "failed_precondition", message: why });
  }
});

const CAR = [4, 8, 20, 24, 0.9, 1];

function output(dims: number[], values: ArrayLike<number>, name = "rows"): TensorOf<"float32"> {
  return { name, type: "float32", dims, data: Float32Array.from(values) };
}

Deno.test("outputs are read by their names, in pixels of the picture", () => {
  const rows = head([-1, -1, 6], "FP32", "rows");
  const labels = head([-1], "BYTES", "labels");
  const network = new OpenNetwork(model([head([-1, 3, 32, 32])], [rows, labels]), ROWS);
  assert.deepEqual(network.outputs, ["rows"]);
  const other = output([1], [0], "other");
  const size = { width: 320, height: 160 };
  const read = (...outputs: TensorOf<"float32">[]) =>
    network.findings(outputs, size, 0.5) as { detections: Detection[] };
  const { detections: [car, ...more] } = read(other, output([1, 1, 6], CAR));
  assert.deepEqual([car!.label, car!.class_id, car!.box], ["car", 1, [40, 40, 200, 120]]);
  assert.equal(more.length, 0);
  assert.deepEqual(read(output([1, 0, 6], [])).detections, []);
  const wrong: [outputs: TensorOf<"float32">[], why: RegExp][] = [
    [[], /^it answers without the output "rows"$/],
    [[output([1, 6], CAR)], /its output rows is \[1, 6\], \[-1, -1, 6\] is what it says/],
    [[output([1, 1, 6], [NaN, 8, 20, 24, 0.9, 1])], /its output rows holds NaN/],
  ];
  for (const [outputs, why] of wrong) {
    assert.throws(() => read(...outputs), { code: "failed_precondition", message: why });
  }
  network.close();
});

Deno.test("an axis that the server leaves out, or adds, is none to the decoder", () => {
  const batched = new OpenNetwork(model([head([3, 32, 32])], [head([2, 6], "FP32", "rows")]), ROWS);
  const size = { width: 32, height: 32 };
  const left = batched.findings([output([2, 6], [...CAR, ...CAR.with(4, 0)])], size, undefined);
  assert.equal("detections" in left && left.detections.length, 1);
  batched.close();
  const torchvision = { ...ROWS, decoder: "torchvision", input: input({ layout: "chw" }) } as const;
  const added = new OpenNetwork(model([head([-1, 3, 32, 32])]), torchvision);
  const outputs = [
    output([1, 1, 4], CAR.slice(0, 4), "boxes"),
    output([1, 1], [1], "labels"),
    output([1, 1], [0.9], "scores"),
  ];
  const found = added.findings(outputs, size, undefined);
  assert.deepEqual("detections" in found && found.detections.map(({ box }) => box), [[
    4,
    8,
    20,
    24,
  ]]);
  assert.throws(() => added.findings([output([2, 1, 4], [], "boxes")], size, undefined), {
    message: /its output boxes is \[2, 1, 4\] for one picture/,
  });
  added.close();
});
