import assert from "node:assert/strict";
import { frameLength, modelsOfText, textOfFrame } from "./msg_transfer.ts";

Deno.test("names of models are read as ours writes them, and as the original does", () => {
  const cases: [text: string, wanted: string[]][] = [
    ["", []],
    ["a", ["a"]],
    ["a, b,c, a", ["a", "b", "c"]],
    ["dict_keys(['fasterrcnn_resnet50_fpn', \"retina\"])", ["fasterrcnn_resnet50_fpn", "retina"]],
    ["dict_keys([])", []],
    ["a" + ",b".repeat(5000), ["a", "b"]],
    ["x".repeat(201), []],
  ];
  for (const [text, wanted] of cases) assert.deepEqual(modelsOfText(text), wanted);
  const many = Array.from({ length: 1500 }, (_, i) => `m${i}`).join(", ");
  assert.equal(modelsOfText(many).length, 1000);
});

Deno.test("a frame's text is as long as its shape says, and of the size that is wanted", () => {
  for (const [width, height] of [[1, 1], [2, 3], [7, 5], [64, 48]] as const) {
    const data = new Uint8Array(width * height * 3);
    const shape = `(${height}, ${width}, 3)`;
    assert.equal(
      frameLength(shape, { width, height }),
      textOfFrame({ width, height, data }).length,
    );
    assert.equal(frameLength(shape, { width: width + 1, height }), undefined);
  }
  for (const shape of ["", "(1, 1)", "(1, 1, 4)", "1, 1, 3", "(-1, 1, 3)"]) {
    assert.equal(frameLength(shape, { width: 1, height: 1 }), undefined);
  }
});
