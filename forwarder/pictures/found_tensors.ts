/** What was found, as tensors: what our server answers through the Open Inference Protocol. */

import type { Findings, Service } from "../../core/detection.ts";
import { SmarteyeError } from "../../core/errors.ts";
import type { OpenTensor, TensorHead } from "../../proto/open_inference_tensors.ts";

/** Objects of one picture, at most: as many as `FindingsReader` keeps, and classes of the largest sets. */
const FOUND_MAX = 30_000;

/** Names of the tensors, boxes first, which a classifier's answer does not have. */
const NAMES = ["boxes", "scores", "class_ids", "labels"] as const;

/** What a model answers whose outputs are such; nothing when they are not. */
export function serviceOfFound(outputs: readonly TensorHead[]): Service | undefined {
  const has = (name: string) => outputs.some((output) => output.name === name);
  if (!NAMES.slice(1).every(has)) return undefined;
  return has("boxes") ? "detection" : "classification";
}

/**
 * Findings from tensors: `boxes` `[n, 4]`, of detectors, `scores`, `class_ids` and `labels` `[n]`; each may
 * have an axis of one picture before.
 *
 * @param scoreThreshold least score of a detection.
 * @throws {SmarteyeError} `failed_precondition` when they do not fit together.
 */
export function findingsOfTensors(
  outputs: readonly OpenTensor[],
  scoreThreshold: number | undefined,
): Findings {
  const scores = numbers(outputs, "scores");
  const count = scores.length;
  if (count > FOUND_MAX) {
    throw refused(`it has found ${count} objects, at most ${FOUND_MAX} are taken`);
  }
  const classIds = numbers(outputs, "class_ids", count);
  const labels = labelsOf(outputs, count);
  const found = Array.from(
    { length: count },
    (_, i) => ({ label: labels[i]!, class_id: classIds[i]!, score: scores[i]! }),
  );
  const broken = found.find(({ score, class_id }) =>
    !Number.isFinite(score) || !Number.isSafeInteger(class_id)
  );
  if (broken) throw refused(`a score is ${broken.score}, of the class ${broken.class_id}`);
  if (!outputs.some(({ name }) => name === "boxes")) return { classifications: found };
  const boxes = numbers(outputs, "boxes", 4 * count);
  if (!boxes.every(Number.isFinite)) throw refused("a box has a side that is no number");
  const detections = found.map((one, i) => {
    const [x1, y1, x2, y2] = boxes.slice(4 * i, 4 * i + 4) as [number, number, number, number];
    return { ...one, box: [x1, y1, x2, y2] as const };
  });
  return { detections: detections.filter(({ score }) => score >= (scoreThreshold ?? 0)) };
}

/** The values of an output, as many as are wanted. */
function numbers(outputs: readonly OpenTensor[], name: string, wanted?: number): number[] {
  const output = outputs.find((one) => one.name === name);
  if (!output) throw refused(`it answers without the output "${name}"`);
  if (output.type === "bytes") throw refused(`its output ${name} is BYTES, numbers are wanted`);
  const { data } = output;
  if (data.length !== (wanted ?? data.length)) {
    throw refused(`its output ${name} has ${data.length} values, ${wanted} are wanted`);
  }
  return Array.from(data as ArrayLike<number | bigint>, Number);
}

function labelsOf(outputs: readonly OpenTensor[], wanted: number): string[] {
  const output = outputs.find(({ name }) => name === "labels");
  if (output?.type !== "bytes" || output.data.length !== wanted) {
    throw refused(`its output labels is not BYTES [${wanted}]`);
  }
  const decoder = new TextDecoder();
  return output.data.map((label) => decoder.decode(label));
}

/** Whether an answer's byte strings are few enough to be made. @throws {SmarteyeError} */
export function assertFewStrings(outputs: readonly TensorHead[]): void {
  for (const { name, datatype, shape } of outputs) {
    const count = shape.reduce((product, dim) => product * dim, 1);
    if (datatype !== "BYTES" || count <= FOUND_MAX) continue;
    throw refused(`its output ${name} has ${count} strings, at most ${FOUND_MAX} are taken`);
  }
}

function refused(problem: string): SmarteyeError {
  return new SmarteyeError("failed_precondition", problem);
}
