import assert from "node:assert/strict";
import { manifest } from "../tests/fakes/models.ts";
import type { Accuracy, Manifest } from "./manifest.ts";
import { unratedBeside } from "./unrated.ts";

Deno.test("a model without accuracy is told of beside one that has it, and only then", () => {
  const by = (benchmark: Accuracy["benchmark"]): Accuracy => ({ metric: "", value: 9, benchmark });
  const bare = manifest({ name: "bare" });
  const rated = manifest({ name: "rated", accuracy: by("coco") });
  const faces = manifest({ name: "faces", accuracy: by("wider_face") });
  const sorter = manifest({ name: "sorter", service: "classification" });
  const cases: [manifests: Manifest[], told: string[]][] = [
    [[bare], []],
    [[bare, faces], []],
    [[bare, rated], ["bare"]],
    [[rated, faces, bare], ["bare"]], // what compares with no other says so by itself
    [[rated, sorter], []],
    [[rated, sorter, manifest({ ...sorter, name: "top", accuracy: by("imagenet") })], ["sorter"]],
  ];
  for (const [manifests, told] of cases) {
    assert.deepEqual(unratedBeside(manifests).map(({ name }) => name), told);
  }
});
