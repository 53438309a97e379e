/** The catalogue's detectors on real pictures, where the data is present. */

import assert from "node:assert/strict";
import { type Box, iou } from "../../core/detection.ts";
import { EncodedImage } from "../../core/image.ts";
import { Catalogue } from "../../models/catalogue.ts";
import { testWithData } from "../../tests/fakes/data.ts";
import { Model } from "./model.ts";
import { CPU } from "../provider.ts";

/** What every detector must find; boxes drawn by hand, to about ten pixels. */
const SCENES: Readonly<Record<string, readonly (readonly [label: string, box: Box])[]>> = {
  "bus.jpg": [
    ["bus", [14, 232, 803, 735]],
    ["person", [53, 398, 245, 902]],
    ["person", [224, 406, 343, 860]],
    ["person", [669, 394, 810, 880]],
  ],
  "street.png": [
    ["car", [118, 470, 438, 626]],
    ["person", [905, 441, 972, 600]],
    ["person", [1097, 450, 1143, 598]],
    ["person", [1360, 433, 1428, 597]],
  ],
};

for (
  const name of [
    "fastestdet",
    "yolox_nano",
    "nanodet_m",
    "picodet_s_320",
    "picodet_s_416",
    "picodet_s_640",
  ]
) {
  testWithData(`${name} finds what is in real pictures`, async (path) => {
    const { manifest, path: weights } = (await Catalogue.open(path("models"))).require(name);
    const model = await Model.load(manifest, weights, { threads: 1, provider: CPU });
    for (const [file, objects] of Object.entries(SCENES)) {
      const bytes = await Deno.readFile(path(`images/${file}`));
      const image = await EncodedImage.open(bytes, { pixelsMax: 1e8 });
      const [{ findings } = assert.fail()] = await model.infer([{ pixels: await image.rgb() }]);
      assert.ok("detections" in findings);
      for (const [label, box] of objects) {
        const found = findings.detections.some((d) => d.label === label && iou(d.box, box) >= 0.5);
        assert.ok(found, `${file}: the ${label} at [${box}] is not among what was found`);
      }
    }
    await model.release();
  });
}

testWithData(
  "a model that is quantised by the range of its values infers one at a time",
  async (path) => {
    // Its file leaves the number of pictures open; together, their logits differ by up to 2.
    const entry = (await Catalogue.open(path("models"))).require("mobilenet_v2_int8");
    const model = await Model.load(entry.manifest, entry.path, { threads: 1, provider: CPU });
    assert.equal(model.batchMax, 1);
    await model.release();
  },
);
