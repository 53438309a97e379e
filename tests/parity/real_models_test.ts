/**
 * Every detector and classifier of the real data, without a manifest, through `smarteye edge`: what
 * is in `results.jsonl` is what its family's published processing finds.
 */

import assert from "node:assert/strict";
import { basename, join } from "node:path";
import type { Findings } from "../../core/detection.ts";
import { probe } from "../../inference/network/probe.ts";
import { CPU } from "../../inference/provider.ts";
import { recognise } from "../../inference/network/recognise.ts";
import type { Manifest } from "../../models/manifest.ts";
import { testWithData } from "../fakes/data.ts";
import { Folder } from "../fakes/folder.ts";
import { program } from "../fakes/program.ts";
import { assertParity, type Golden, goldenIn } from "./golden.ts";

for (const golden of goldenIn(join(import.meta.dirname!, "golden"))) {
  testWithData(`${golden.model} finds what its family's reference finds`, async (data) => {
    const folders = ["models", "models/agpl"].map((folder) => data(folder));
    const weights = folders.map((folder) => join(folder, golden.model)).find(exists);
    assert.ok(weights, `${golden.model} is in the data`);
    await using folder = new Folder();
    const manifest = await recognised(golden, weights);
    folder.write(`${manifest.name}.json`, JSON.stringify(manifest));
    Deno.symlinkSync(weights, folder.file(golden.model));
    Deno.mkdirSync(folder.file("pictures"));
    const pictures = Object.keys(golden.images).sort();
    for (const picture of pictures) {
      Deno.symlinkSync(data(`images/${picture}`), folder.file(`pictures/${picture}`));
    }
    const { code, stderr } = await program([
      ...["edge", "-f", folder.file("pictures"), "-s", manifest.service, "--no-images"],
      ...["--model", manifest.name, "--policy", "always_local_fastest_model"],
      ...["--out", folder.file("results"), "--quiet"],
    ], { SMARTEYE_MODELS: folder.path, XDG_CACHE_HOME: folder.file("cache") });
    assert.equal(code, 0, stderr);
    const lines = Deno.readTextFileSync(folder.file("results/results.jsonl")).trim().split("\n");
    assert.equal(lines.length, pictures.length);
    for (const [i, line] of lines.entries()) {
      const { outcome, detections, classifications } = JSON.parse(line);
      assert.equal(outcome, "local");
      const findings = (detections ? { detections } : { classifications }) as Findings;
      assertParity(findings, golden.images[pictures[i]!]!, pictures[i]!);
    }
  });
}

async function recognised(golden: Golden, path: string): Promise<Manifest> {
  const session = { threads: 1, provider: CPU };
  const { manifest } = recognise(await probe(path, session, undefined), {});
  const { score_threshold, iou_threshold, sha256, model: file } = golden;
  return {
    ...manifest,
    ...{ name: basename(path, ".onnx"), version: "1", file, license: "", source: "" },
    ...{ score_threshold, iou_threshold, sha256 },
  };
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
