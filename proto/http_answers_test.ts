/** What others' words are read as. */

import assert from "node:assert/strict";
import { OriginalFields, VisionFields } from "./http_answers.ts";

Deno.test("the texts of a DeepStack form become what they mean", () => {
  const cases: [given: Record<string, string>, wanted: VisionFields | undefined][] = [
    [{}, { min_confidence: 0.4 }],
    [{ min_confidence: "0" }, { min_confidence: 0 }],
    [{ min_confidence: ".75", api_key: "" }, { min_confidence: 0.75, api_key: "" }],
    [{ min_confidence: "1", mood: "good" }, { min_confidence: 1 }],
    [{ min_confidence: "" }, undefined],
    [{ min_confidence: "1.01" }, undefined],
    [{ min_confidence: "-0.1" }, undefined],
    [{ min_confidence: "4e-1" }, undefined],
    [{ min_confidence: "0x1" }, undefined],
    [{ min_confidence: "much" }, undefined],
  ];
  for (const [given, wanted] of cases) {
    assert.deepEqual(VisionFields.safeParse(given).data, wanted, JSON.stringify(given));
  }
});

Deno.test("of an original's form, all fields that are missing or empty are named", () => {
  const whole: OriginalFields = { selected_model: "m", frame_shape: "(1, 1, 3)", frame: "AAAA" };
  assert.deepEqual(OriginalFields.parse({ ...whole, more: "x" }), whole);
  const named = (given: object) =>
    OriginalFields.safeParse(given).error?.issues.map(({ path }) => path.join("."));
  assert.deepEqual(named({}), ["selected_model", "frame_shape", "frame"]);
  assert.deepEqual(named({ ...whole, frame: "" }), ["frame"]);
});
