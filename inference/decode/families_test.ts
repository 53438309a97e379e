/** The list of families, and the names that manifests may use. */

import assert from "node:assert/strict";
import { DECODER_NAMES } from "../../models/manifest.ts";
import { LABEL_SETS } from "../../models/bundled.ts";
import { FAMILIES, familyOf } from "./families.ts";

Deno.test("every name that a manifest may give has its family, and every family a name", () => {
  for (const [service, names] of Object.entries(DECODER_NAMES)) {
    const ours = FAMILIES.filter((family) => family.service === service).map(({ name }) => name);
    assert.deepEqual(ours.toSorted(), names.toSorted(), service);
    for (const name of names) assert.equal(familyOf(name).name, name);
  }
});

Deno.test("every family has a layout; thresholds are shares, label sets are there", () => {
  for (const { name, layouts } of FAMILIES) {
    assert.ok(layouts.length > 0, name);
    for (const { scoreThreshold, iouThreshold, labelSet, about } of layouts) {
      for (const share of [scoreThreshold, iouThreshold]) assert.ok(share >= 0 && share <= 1, name);
      assert.ok(labelSet === undefined || labelSet in LABEL_SETS, about);
    }
  }
});
