/** What models tell beside boxes goes through all three roles: classes of a picture, and masks. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { PixelPicture } from "../core/image.ts";
import { Folder } from "./fakes/folder.ts";
import { constantNetwork } from "./fakes/onnx.ts";
import { System } from "./fakes/system.ts";
import { addModel, SIDE } from "./fakes/tiny_model.ts";
import { painted } from "./parity/golden.ts";

const CLOUD = ["--policy", "always_cloud_lowest_delay"];

Deno.test("frames are classified in the cloud as they are on the edge", async () => {
  await using models = new Folder();
  const logits = Float32Array.from([1, 2, 7, 3, 0, 1]);
  addModel(
    models,
    { name: "sorter", service: "classification", labels: ["a", "b", "c", "d", "e", "f"] },
    constantNetwork({ name: "image", dims: [1, 3, SIDE, SIDE] }, [1, 6], logits),
  );
  await using system = await System.start(models.path);
  const edge = system.edge("-f", "synthetic:?frames=3", "-s", "classification", ...CLOUD);
  const { summary, records } = await system.results(edge);
  assert.equal(summary.frames.cloud, 3);
  assert.deepEqual(summary.models, { sorter: 3 });
  for (const { classifications, detections } of records) {
    assert.equal(detections, undefined);
    assert.deepEqual(classifications!.map(({ label }) => label), ["c", "d", "b", "a", "f"]);
    assert.ok(classifications![0]!.score > 0.96);
  }
  assert.ok(Deno.statSync(system.out.file("run/frame_000001.jpg")).size > 1000);
});

Deno.test("a mask comes back from the cloud, over the whole picture that was sent", async () => {
  await using models = new Folder();
  const directory = join(import.meta.dirname!, "parity/torchvision");
  Deno.copyFileSync(join(directory, "mask_rcnn.onnx"), models.file("mask_rcnn.onnx"));
  // Measured with the largest picture that it takes: this one is no larger.
  const { input, ...manifest } = JSON.parse(
    Deno.readTextFileSync(join(directory, "mask_rcnn.json")),
  );
  const small = { ...manifest, input: { ...input, width: 256, height: 256 } };
  models.write("mask_rcnn.json", JSON.stringify(small));
  const size = "200x150";
  const picture = new PixelPicture(painted(size));
  const path = models.write("picture.jpg", await picture.jpeg(picture, 100));
  await using system = await System.start(models.path);
  const edge = system.edge("-f", path, "--model", "tiny_mask_rcnn", ...CLOUD);
  const { summary, records: [record] } = await system.results(edge);
  assert.equal(summary.frames.cloud, 1);
  const masks = record!.detections!.map(({ mask }) => mask!);
  assert.ok(masks.length > 0);
  for (const { size, counts } of masks) {
    assert.deepEqual(size, [150, 200]);
    assert.equal(counts.reduce((a, b) => a + b, 0), 150 * 200);
  }
  assert.ok(masks.some(({ counts }) => counts.length > 2), "some of them have pixels");
});

Deno.test("a model that only the cloud has can be asked for by name", async () => {
  await using models = new Folder();
  addModel(models, { name: "theirs" });
  await using system = await System.start(models.path);
  const args = ["-f", "synthetic:?frames=3", "--model", "theirs", ...CLOUD];
  const edge = system.edgeWith({ SMARTEYE_MODELS: system.out.file("none") }, ...args);
  const { summary } = await system.results(edge);
  assert.deepEqual(summary.models, { theirs: 3 });
  assert.equal(summary.frames.cloud, 3);
});
