/** Tiny networks whose references are in the repository: torchvision's own classes, and handmade ones. */

import { join } from "node:path";
import { Model } from "../../inference/network/model.ts";
import { CPU } from "../../inference/provider.ts";
import { parseManifest } from "../../models/manifest.ts";
import { assertParity, goldenIn, painted } from "./golden.ts";

for (const folder of ["torchvision", "handmade"]) {
  const directory = join(import.meta.dirname!, folder);
  for (const { model: file, images } of goldenIn(join(directory, "golden"))) {
    Deno.test(`${folder}/${file} finds what its reference finds`, async () => {
      const path = join(directory, file);
      const text = await Deno.readTextFile(path.replace(/onnx$/, "json"));
      const manifest = parseManifest(JSON.parse(text), file);
      const model = await Model.load(manifest, path, { threads: 1, provider: CPU });
      for (const [size, wanted] of Object.entries(images)) {
        const asked = { pixels: painted(size), scoreThreshold: wanted.score_threshold };
        const [inferred] = await model.infer([asked]);
        assertParity(inferred!.findings, wanted, size);
      }
      await model.release();
    });
  }
}
