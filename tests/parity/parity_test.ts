/** Our findings against those of independent references: `references.py` made the golden files. */

import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { z } from "zod";
import type { Findings } from "../../core/detection.ts";
import { EncodedImage } from "../../core/image.ts";
import { Model } from "../../inference/model.ts";
import { probe } from "../../inference/probe.ts";
import { CPU } from "../../inference/provider.ts";
import type { Manifest } from "../../models/manifest.ts";
import { recognise } from "../../models/recognise.ts";
import { testWithData } from "../fakes/data.ts";

const GOLDEN = join(import.meta.dirname!, "golden");
const SESSION = { threads: 1, provider: CPU };

/** Pixels of the captured frame, and shares, that a box and a score may differ. */
const TOLERANCE = { px: 1, score: 0.01 } as const;

const named = z.object({ class_id: z.number(), label: z.string(), score: z.number() });
const Golden = z.object({
  model: z.string(),
  sha256: z.string(),
  score_threshold: z.number(),
  iou_threshold: z.number().default(1),
  images: z.record(
    z.string(),
    z.object({
      detections: z.array(named.extend({ box: z.array(z.number()).length(4) })).optional(),
      classifications: z.array(named).optional(),
    }),
  ),
});

type Wanted = z.infer<typeof Golden>["images"][string];

/** Fails where findings are not those that are wanted: the same labels, boxes and scores near by. */
export function assertParity(findings: Findings, wanted: Wanted, what: string): void {
  if ("classifications" in findings) {
    const labels = (list: readonly { label: string }[]) => list.map(({ label }) => label);
    assert.deepEqual(labels(findings.classifications), labels(wanted.classifications!), what);
    for (const [i, { score }] of findings.classifications.entries()) {
      assert.ok(Math.abs(score - wanted.classifications![i]!.score) <= TOLERANCE.score, what);
    }
    return;
  }
  const left = [...findings.detections];
  for (const one of wanted.detections!) {
    const place = left.findIndex(({ label, class_id, score, box }) =>
      label === one.label && class_id === one.class_id &&
      Math.abs(score - one.score) <= TOLERANCE.score &&
      box.every((side, i) => Math.abs(side - one.box[i]!) <= TOLERANCE.px)
    );
    assert.ok(place !== -1, `${what}: no ${JSON.stringify(one)} in ${JSON.stringify(left)}`);
    left.splice(place, 1);
  }
  assert.deepEqual(left, [], `${what}: found beside what the reference found`);
}

for (const { name } of Deno.readDirSync(GOLDEN)) {
  const golden = Golden.parse(JSON.parse(Deno.readTextFileSync(join(GOLDEN, name))));
  testWithData(`${golden.model} finds what its family's reference finds`, async (data) => {
    const folder = ["models", "models/agpl"].find((one) => exists(data(join(one, golden.model))));
    assert.ok(folder, `${golden.model} is in the data`);
    const path = data(join(folder, golden.model));
    const { manifest } = recognise(await probe(path, SESSION, undefined), {});
    const { score_threshold, iou_threshold, sha256 } = golden;
    const whole: Manifest = {
      ...manifest,
      ...{ name: basename(path, ".onnx"), file: golden.model, license: "", source: "" },
      ...{ score_threshold, iou_threshold, sha256 },
    };
    const model = await Model.load(whole, path, SESSION);
    for (const [file, wanted] of Object.entries(golden.images)) {
      const bytes = await Deno.readFile(data(`images/${file}`));
      const image = await EncodedImage.open(bytes, { pixelsMax: 1e8 });
      assertParity(await model.infer(await image.rgb()), wanted, file);
    }
    await model.release();
  });
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
