/** Manifests and profiles for tests. */

import type { ModelProfile } from "../../core/model.ts";
import type { Manifest } from "../../models/manifest.ts";
import type { ModelOptions } from "../../models/model_options.ts";

/** A valid manifest, with what the test says otherwise. */
export function manifest(said: Partial<Manifest> = {}): Manifest {
  const name = said.name ?? "tiny";
  return {
    name,
    version: "1",
    service: "detection",
    file: `${name}.onnx`,
    sha256: "0".repeat(64),
    license: "MIT",
    source: "hand-made",
    input: input(),
    decoder: said.service === "classification" ? "classifier" : "yolox",
    labels: ["person", "car", "bus"],
    score_threshold: 0.3,
    iou_threshold: 0.5,
    ...said,
  };
}

/** A valid input of 32×32, with what the test says otherwise. */
export function input(said: Partial<Manifest["input"]> = {}): Manifest["input"] {
  return {
    width: 32,
    height: 32,
    color: "rgb",
    mean: [0, 0, 0],
    std: [1, 1, 1],
    layout: "nchw",
    type: "float32",
    fit: "stretch",
    pad: 0,
    multiple_of: 1,
    resample: "linear",
    ...said,
  };
}

/** A model on offer. */
export function profile(
  name: string,
  latencyMs: number | undefined,
  accuracy: number | undefined,
): ModelProfile {
  return { name, service: "detection", latencyMs, accuracy };
}

/** Every model of a directory. */
export function modelsOf(directory: string): ModelOptions {
  return { directory, detection: [], classification: [], scoreThreshold: undefined };
}
