import assert from "node:assert/strict";
import { manifest } from "../tests/fakes/models.ts";
import { rankedAccuracy } from "./accuracy.ts";
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
