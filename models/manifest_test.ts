import assert from "node:assert/strict";
import { input, manifest } from "../tests/fakes/models.ts";
import { refused } from "../tests/fakes/refused.ts";
import { parseManifest } from "./manifest.ts";

Deno.test("a whole manifest is taken as it is", () => {
  const accuracy = { metric: "mAP50-95", value: 13.5 };
  for (const said of [accuracy, { ...accuracy, benchmark: "coco" }]) {
    const whole = { ...manifest(), accuracy: said };
    assert.deepEqual(parseManifest(whole, "test"), whole);
  }
});

Deno.test("padding is black unless the manifest says otherwise", () => {
  const { pad: _, ...unpadded } = input();
  assert.equal(parseManifest({ ...manifest(), input: unpadded }, "test").input.pad, 0);
});

Deno.test("every problem of a manifest is told at once", async () => {
  const broken = {
    ...manifest({ name: "a b", sha256: "123", score_threshold: 1.5 }),
    decoder: "magic",
    input: { ...input(), width: 8, std: [1, 0, 1] },
    surprise: true,
  };
  const message = await refused(() => parseManifest(broken, `"mine.json"`), "invalid_argument");
  assert.match(message, /^Cannot read the manifest "mine\.json": /);
  for (
    const problem of [
      "name: letters, digits",
      "sha256: 64 hexadecimal digits are wanted",
      "score_threshold: ",
      "decoder: ",
      "input.width: ",
      "input.std: no zero is wanted",
      "surprise",
    ]
  ) assert.ok(message.includes(problem), `${problem} in ${message}`);
});

Deno.test("what a manifest may not say", async () => {
  const cases: [what: string, json: unknown, problem: RegExp][] = [
    ["nothing", null, /the whole: /],
    ["a list", [], /the whole: /],
    ["weights elsewhere", manifest({ file: "../other/model.onnx" }), /file: .*without a folder/],
    ["weights on another disk", manifest({ file: "c:\\model.onnx" }), /file: /],
    ["no ONNX", manifest({ file: "model.pt" }), /file: /],
    ["a name that is a path", manifest({ name: "../tiny" }), /name: /],
    ["no labels", manifest({ labels: [] }), /labels: /],
    ["another service", { ...manifest(), service: "segmentation" }, /service: /],
    ["a missing field", { ...manifest(), license: undefined }, /license: /],
    [
      "a benchmark that nobody knows",
      { ...manifest(), accuracy: { metric: "mAP", value: 1, benchmark: "mine" } },
      /accuracy\.benchmark: .*coco.*other/,
    ],
    ["half a pixel", manifest({ input: input({ width: 32.5 }) }), /input\.width: /],
  ];
  for (const [what, json, problem] of cases) {
    const message = await refused(() => parseManifest(json, "test"), "invalid_argument");
    assert.match(message, problem, what);
  }
});
