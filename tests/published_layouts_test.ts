/**
 * A small network for every layout that exporters write, whose answer is known: read right without a
 * word from the user, or refused for the right reason.
 */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { messageOf } from "../core/errors.ts";
import type { Detection, RunLengthMask } from "../core/detection.ts";
import type { Pixels } from "../core/frame.ts";
import { Model } from "../inference/network/model.ts";
import { probe } from "../inference/network/probe.ts";
import { recognise, type Said } from "../inference/network/recognise.ts";
import type { SaidInput } from "../inference/network/said_input.ts";
import { CPU } from "../inference/provider.ts";
import type { Manifest } from "../models/manifest.ts";
import { Folder } from "./fakes/folder.ts";
import {
  CELLS,
  CORNERS,
  IMAGE,
  LAYOUTS,
  MIDDLE,
  NAMES,
  out,
  SCORE,
  SIDE,
  table,
  turned,
} from "./fakes/layouts.ts";
import { fixedNetwork, type FixedOutput, onnx } from "./fakes/onnx.ts";
import { testWithData } from "./fakes/data.ts";

const SESSION = { threads: 1, provider: CPU };

const grey: Pixels = {
  width: SIDE,
  height: SIDE,
  data: new Uint8Array(SIDE * SIDE * 3).fill(114),
};

/** The mask of what is in `CORNERS`, as far as it is in the left half of the picture: down its columns. */
const LEFT_HALF: RunLengthMask = {
  size: [SIDE, SIDE],
  counts: [
    CORNERS[0] * SIDE + CORNERS[1],
    ...Array.from({ length: 2 * (SIDE / 2 - CORNERS[0]) - 1 }, () => CORNERS[3] - CORNERS[1]),
    SIDE * SIDE - (SIDE / 2 - 1) * SIDE - CORNERS[3],
  ],
};

/** Recognises a file without any help, and lets it look at a picture. */
async function seen(folder: Folder, weights: Uint8Array, said: Said = {}) {
  const path = folder.write("one.onnx", weights);
  const { manifest, found, assumed } = recognise(
    await probe(path, SESSION, said.input, [grey]),
    said,
  );
  const sha256 = createHash("sha256").update(weights).digest("hex");
  const whole: Manifest = {
    ...{ name: "one", version: "1", file: "one.onnx", sha256, license: "", source: "" },
    ...manifest,
  };
  const model = await Model.load(whole, path, SESSION);
  const [inferred] = await model.infer([{ pixels: grey }]);
  await model.release();
  return { manifest, found, assumed, findings: inferred!.findings };
}

Deno.test("every published layout is read right without a word from the user", async (t) => {
  await using folder = new Folder();
  for (
    const [what, layout] of Object.entries(LAYOUTS)
  ) {
    const { outputs, decoder, label = "b", inputs = [IMAGE], notes, isMasked } = layout;
    await t.step(what, async () => {
      const weights = fixedNetwork(inputs, outputs, notes ?? NAMES);
      const { manifest, findings, found } = await seen(folder, weights);
      assert.equal(manifest.decoder, decoder, found.join("; "));
      assert.ok("detections" in findings);
      assert.deepEqual(findings.detections.map((one) => one.label), [label]);
      const [{ box, score, mask }] = findings.detections as [Detection];
      assert.ok(Math.abs(score - SCORE) < 1e-3, `score ${score}`);
      const off = box.map((side, i) => Math.abs(side - CORNERS[i]!));
      assert.ok(Math.max(...off) < 0.1, `box ${box}`);
      assert.deepEqual(mask, isMasked && LEFT_HALF);
    });
  }
});

Deno.test("two families that fit are both named", async () => {
  await using folder = new Folder();
  const empty: FixedOutput = { ...out("output", [0, 7]), dims: ["N", 7], shape: [0, 7] };
  const { manifest, found } = await seen(folder, fixedNetwork([IMAGE], [empty], NAMES));
  assert.equal(manifest.decoder, "yolov7_end_to_end");
  assert.match(found.join("\n"), /it might also be of family yolo_nas \(--family\)/);
  assert.doesNotMatch(found.join("\n"), /classifier/, "which would have other classes than named");
});

Deno.test("classifiers by their file's word and shape", async () => {
  await using folder = new Folder();
  const weights = (notes: Record<string, string>, shape: number[]) =>
    fixedNetwork([IMAGE], [out("output0", shape, { 1: [SCORE, 0.125] })], notes);
  for (const shape of [[1, 3], [1, 3, 1, 1], [1, 1, 1, 3]]) {
    const { findings } = await seen(folder, weights(NAMES, shape));
    assert.equal("classifications" in findings && findings.classifications[0]!.label, "b");
  }
  const { manifest } = await seen(folder, weights({ ...NAMES, task: "classify" }, [1, 3]));
  const { fit, resize, mean, std } = manifest.input;
  assert.deepEqual([fit, resize, mean, std], ["center_crop", SIDE, [0, 0, 0], [255, 255, 255]]);
});

Deno.test("what a file says and what its tensors show contradict each other: it is told", async () => {
  await using folder = new Folder();
  const yolov8 = [turned(table(CELLS, [...MIDDLE, 0, SCORE, 0]))];
  const pose = [turned(table(CELLS, [...MIDDLE, SCORE, ...MIDDLE, 44, 60]))];
  const refused: [what: Record<string, string>, outputs: FixedOutput[], message: RegExp][] = [
    [
      { names: "['a']" },
      yolov8,
      /3 classes, there are 1 labels as noted in the file; .*--family.*--labels/,
    ],
    [{ ...NAMES, task: "pose" }, pose, /its task is "pose", key points/],
    [{ ...NAMES, task: "obb" }, pose, /its task is "obb", oriented boxes/],
    [{ task: "classify" }, yolov8, /its task is "classify", .* are those of yolov8.*--family/],
    [{}, pose, /shape of yolov8 .*scores up to 60.0, 0 to 1 is wanted/],
    [
      {},
      [turned(table(CELLS, [...MIDDLE.map((side) => side / SIDE), 0, SCORE, 0]))],
      /within 2 pixels/,
    ],
    [{}, [turned(table(CELLS, [640, 480, 32, 32, 0, SCORE, 0]))], /boxes outside the picture/],
    [
      { names: "['a']" },
      [out("output0", [1, 30, 6], { 0: [...CORNERS, SCORE, 1] })],
      /class 1 where 1 are named/,
    ],
    [
      NAMES,
      [out("output0", [1, 30, 6], { 0: [...CORNERS, 2, SCORE] })],
      /only by their shapes may be end_to_end's, but would show scores up to 2\.00/,
    ],
    [
      NAMES,
      [out("output0", [1, 30, 6], { 0: [...CORNERS.map((side) => side / SIDE), SCORE, 1] })],
      /2 classes, .* 3 labels .* might also be of family end_to_end, but for boxes within 2 pixels/,
    ],
    [
      NAMES,
      [out("dets", [1, 9, 5], { 0: [...CORNERS, 87] }), out("labels", [1, 9], { 0: [1] })],
      /shape of mmdeploy .*scores up to 87\.0/,
    ],
  ];
  for (const [notes, outputs, message] of refused) {
    const weights = fixedNetwork([IMAGE], outputs, notes);
    const error = await seen(folder, weights).then(() => "nothing", messageOf);
    assert.match(error, message);
  }
  const told = await seen(
    folder,
    fixedNetwork([IMAGE], yolov8, { ...NAMES, imgsz: "[640, 640]", end2end: "True" }),
  );
  assert.match(told.found.join("\n"), /says size 640×640, its input has 64×64/);
  assert.match(told.found.join("\n"), /its outputs are not suppressed/);
});

Deno.test("what the user says counts, whatever the file says and the tensors show", async () => {
  await using folder = new Folder();
  const yolov8 = [turned(table(CELLS, [...MIDDLE, 0, SCORE, 0]))];
  const labels = ["x", "y", "z"];
  const cases: [notes: Record<string, string>, said: Said][] = [
    [{ names: "['a']" }, { labels }],
    [{ task: "pose" }, { labels, decoder: "yolov8" }],
    [{ task: "classify", names: "['a']" }, { labels, decoder: "yolov8" }],
  ];
  for (const [notes, said] of cases) {
    const { findings } = await seen(folder, fixedNetwork([IMAGE], yolov8, notes), said);
    assert.equal("detections" in findings && findings.detections[0]!.label, "y");
  }
  const odd = [turned(table(30, [...MIDDLE, 0, SCORE, 0]))]; // no number of cells
  await assert.rejects(
    seen(folder, fixedNetwork([IMAGE], odd)),
    /only by their shapes.* yolov8's: .*--family/,
  );
  const { manifest } = await seen(folder, fixedNetwork([IMAGE], odd), { decoder: "yolov8" });
  assert.equal(manifest.labels.length, 3);
});

Deno.test("a family that the user says is used, and what is odd with it is told", async () => {
  await using folder = new Folder();
  const weights = fixedNetwork([IMAGE], [turned(table(CELLS, [...MIDDLE, 0, 44, 0]))], NAMES);
  await assert.rejects(seen(folder, weights), /scores up to 44/);
  const rows = fixedNetwork(
    [IMAGE],
    [out("output0", [1, 30, 6], { 0: [...CORNERS, 2, 1] })],
    NAMES,
  );
  assert.equal((await seen(folder, rows, { decoder: "end_to_end" })).manifest.labels.length, 3);
  const { found } = await seen(folder, weights, { decoder: "yolov8" });
  assert.match(found.join("\n"), /shows scores up to 44.0, .*: it is used as you say \(--family\)/);
});

/** A YOLOv8 whose score is 0.9 and three times the mean of what it is fed: for -1 to 1, and no other. */
function forHalves(): Uint8Array {
  const dims = [1, 7, CELLS];
  const { values } = turned(table(CELLS, [...MIDDLE, 0, 0.9, 0]));
  return onnx({
    inputs: [IMAGE],
    outputs: [{ name: "output0", dims }],
    notes: NAMES,
    initializers: [
      { name: "base", dims, data: values },
      { name: "gain", dims, data: values.map((value) => value === Math.fround(0.9) ? 3 : 0) },
    ],
    nodes: [
      {
        op: "ReduceMean",
        inputs: [IMAGE.name],
        outputs: ["mean"],
        attributes: { keepdims: 0 },
      },
      { op: "Mul", inputs: ["mean", "gain"], outputs: ["more"] },
      { op: "Add", inputs: ["base", "more"], outputs: ["output0"] },
    ],
  });
}

Deno.test("how a network is fed can be said: it is tried so, and a wrong guess refuses nothing", async () => {
  await using folder = new Folder();
  await assert.rejects(seen(folder, forHalves()), /scores up to 2\.24/);
  const half = [127.5, 127.5, 127.5] as const;
  const input = { range: { mean: half, std: half }, color: "bgr", fit: "stretch" } as const;
  const { manifest, findings, assumed } = await seen(folder, forHalves(), { input });
  assert.deepEqual(
    [manifest.input.color, manifest.input.fit, manifest.input.mean, manifest.input.width],
    ["bgr", "stretch", half, SIDE],
  );
  assert.equal("detections" in findings && findings.detections[0]!.label, "b");
  assert.match(assumed.join("\n"), /colours bgr, .*, as you say \(--input\)/);
  const wrong: [said: SaidInput, message: RegExp][] = [
    [{ size: { width: 32, height: 32 } }, /which is 64×64 alone, 32×32 is said \(--input\)/],
    [{ fit: "as_is" }, /of one size, as_is is said \(--input\)/],
  ];
  for (const [said, message] of wrong) {
    await assert.rejects(seen(folder, forHalves(), { input: { ...input, ...said } }), message);
  }
});

testWithData(
  "files that went wrong are read right, or refused with the right reason",
  async (data) => {
    const right: [file: string, decoder: string, labels: string | string[], found: string[]][] = [
      ["rfdetr", "detr_sigmoid", "coco91", ["car", "person"]],
      ["hf_rtdetr_ft3", "detr_sigmoid", ["class 0", "class 1", "class 2"], []],
      ["yolov5_list", "yolov5", ["helmet", "vest", "head"], []],
    ];
    await using folder = new Folder();
    for (const [file, decoder, labels, wanted] of right) {
      const weights = await Deno.readFile(data(`cases/models/${file}.onnx`));
      const { manifest, findings } = await seen(folder, weights);
      assert.deepEqual([manifest.decoder, manifest.labels], [decoder, labels], file);
      const found = "detections" in findings ? findings.detections.map(({ label }) => label) : [];
      if (wanted.length > 0) assert.deepEqual(found, wanted);
      else assert.ok(found.length > 0, `${file} sees something`);
    }
    const pose = await Deno.readFile(data("cases/models/yolov8_pose.onnx"));
    await assert.rejects(seen(folder, pose), /its task is "pose"/);
  },
);
