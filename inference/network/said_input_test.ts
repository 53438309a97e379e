import assert from "node:assert/strict";
import { fedAs, parseSaidInput, type SaidInput } from "./said_input.ts";

const RGB = { color: "rgb", mean: [1, 2, 3], std: [4, 5, 6], pad: 114 } as const;

Deno.test("terms say how a network is fed, in any order", () => {
  const cases: [text: string, said: SaidInput][] = [
    ["640x384", { size: { width: 640, height: 384 } }],
    ["letterbox", { fit: "letterbox_center" }],
    ["BGR, letterbox_top_left", { color: "bgr", fit: "letterbox_top_left" }],
    ["as_is,pad=0", { fit: "as_is", pad: 0 }],
    ["0-255", { range: { mean: [0, 0, 0], std: [1, 1, 1] } }],
    ["0-1", { range: { mean: [0, 0, 0], std: [255, 255, 255] } }],
    ["-1-1", { range: { mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] } }],
  ];
  for (const [text, value] of cases) assert.deepEqual(parseSaidInput(text), { value }, text);
});

Deno.test("what is no term, or said twice, is told", () => {
  const cases: [text: string, hint: RegExp][] = [
    ["", /"" is none/],
    ["640", /"640" is none/],
    ["8x8", /"8x8" is none/],
    ["640x9999", /"640x9999" is none/],
    ["pad=256", /"pad=256" is none/],
    ["rgb,bgr", /"bgr" says the color once more/],
    ["stretch,as_is", /"as_is" says the fit once more/],
    ["constructor", /"constructor" is none/],
  ];
  for (const [text, hint] of cases) {
    const read = parseSaidInput(text);
    assert.ok("hint" in read, text);
    assert.match(read.hint, hint);
  }
});

Deno.test("what is said of an input replaces what was, in the order of its colours", () => {
  const said = (text: string) => {
    const read = parseSaidInput(text);
    assert.ok("value" in read);
    return fedAs(RGB, read.value);
  };
  assert.deepEqual(fedAs(RGB, {}), RGB);
  assert.deepEqual(said("bgr"), { ...RGB, color: "bgr", mean: [3, 2, 1], std: [6, 5, 4] });
  assert.deepEqual(said("pad=7"), { ...RGB, pad: 7 });
  assert.deepEqual(said("imagenet").mean, [123.675, 116.28, 103.53]);
  assert.deepEqual(said("bgr,imagenet").mean, [103.53, 116.28, 123.675]);
});
