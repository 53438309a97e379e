import assert from "node:assert/strict";
import { manifest } from "../tests/fakes/models.ts";
import { parseRating, rankedAccuracy, ratedManifest, ratingText } from "./accuracy.ts";
import type { Benchmark, Manifest } from "./manifest.ts";

Deno.test("a model ranks by its service's common benchmark, and by no other", () => {
  const cases: [service: Manifest["service"], benchmark: Benchmark | undefined, ranks: boolean][] =
    [
      ["detection", "coco", true],
      ["detection", "wider_face", false],
      ["detection", "highway", false],
      ["detection", "imagenet", false],
      ["detection", "other", false],
      ["classification", "imagenet", true],
      ["classification", "coco", false],
      ["detection", undefined, true],
      ["classification", undefined, true],
    ];
  for (const [service, benchmark, ranks] of cases) {
    const accuracy = { metric: "as published", value: 42, benchmark };
    const ranked = rankedAccuracy(manifest({ service, accuracy }));
    assert.equal(ranked, ranks ? 42 : undefined, `${service} by ${benchmark}`);
  }
});

Deno.test("what a metric is called decides nothing", () => {
  const accuracy = { metric: "COCO mAP, faces of WIDER FACE, highway", value: 42 };
  const ranked = (benchmark: Benchmark) =>
    rankedAccuracy(manifest({ accuracy: { ...accuracy, benchmark } }));
  assert.deepEqual([ranked("coco"), ranked("wider_face")], [42, undefined]);
});

Deno.test("without an accuracy, a model does not rank", () => {
  assert.equal(rankedAccuracy(manifest()), undefined);
});

Deno.test("a user's rating is read, or what is wrong with it is told", () => {
  const right = parseRating("coco_map_50_95=37.3");
  assert.ok("value" in right);
  const rated = ratedManifest(manifest(), right.value);
  assert.equal(rankedAccuracy(rated), 37.3);
  assert.equal(ratingText(rated), "rated 37.3 (COCO val2017 mAP50-95)");
  const classifier = manifest({ service: "classification" });
  assert.throws(
    () => ratedManifest(classifier, right.value),
    /Cannot rate the model "tiny" by COCO .*: it does classification, that rates detection/,
  );
  const wrong: [text: string, hint: RegExp][] = [
    ["37.3", /"37\.3" is no metric/],
    ["map=37.3", /"map" is no metric/],
    ["toString=1", /"toString" is no metric/],
    ["coco_map_50_95=", /"" is no number from 0 to 100/],
    ["coco_map_50_95=101", /"101" is no number/],
    ["coco_map_50_95=-1", /"-1" is no number/],
    ["coco_map_50_95=0.373", /did you mean coco_map_50_95=37\.3\?/],
  ];
  for (const [text, hint] of wrong) {
    const read = parseRating(text);
    assert.ok("hint" in read, text);
    assert.match(read.hint, hint);
  }
});

Deno.test("a rating that compares with no other is told as such", () => {
  const own = parseRating("other=90");
  assert.ok("value" in own);
  const rated = ratedManifest(manifest(), own.value);
  assert.equal(rankedAccuracy(rated), undefined);
  assert.match(
    ratingText(rated),
    /^rated 90 .*: policies compare by coco alone, and rank it last$/,
  );
  assert.equal(ratingText(manifest()), "not rated: policies rank it last");
});
