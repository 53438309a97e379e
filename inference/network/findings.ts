/** From a network's outputs for one picture to findings in that picture's pixels. */

import type { Detection, Findings } from "../../core/detection.ts";
import type { Size } from "../../core/frame.ts";
import { labelsOf } from "../../models/catalogue.ts";
import type { Manifest } from "../../models/manifest.ts";
import type { Candidate, OutputTensor } from "../decode/decoder.ts";
import { familyOf } from "../decode/families.ts";
import type { Family } from "../decode/family.ts";
import { runLengths } from "../decode/mask.ts";
import { suppress } from "../decode/suppress.ts";
import { boxInSource, type Fit } from "./fit.ts";

/** Reads what a manifest's network puts out. */
export class FindingsReader {
  readonly #family: Family;
  readonly #labels: readonly string[];

  /**
   * Finds the manifest's family and labels.
   *
   * @throws {SmarteyeError} `invalid_argument` when the manifest names a label set that is not there.
   */
  constructor(private readonly manifest: Manifest) {
    this.#family = familyOf(manifest.decoder);
    this.#labels = labelsOf(manifest);
  }

  /**
   * Decodes outputs, suppresses what is one object, and names the classes.
   *
   * @param fit how the picture lay in the network's input.
   * @param source size of the picture: boxes are in its pixels.
   * @param scoreThreshold least score of a detection; the manifest's own when absent.
   * @throws {SmarteyeError} `failed_precondition` when the outputs are not the manifest's family's.
   */
  read(
    outputs: readonly OutputTensor[],
    fit: Fit,
    source: Size,
    scoreThreshold: number = this.manifest.score_threshold,
  ): Findings {
    const family = this.#family;
    const classes = this.#labels.length;
    switch (family.service) {
      case "classification": {
        const ranked = family.rank(outputs, classes);
        return {
          classifications: ranked.map(({ classId, score }) => ({ ...this.#class(classId), score })),
        };
      }
      case "detection": {
        const context = { input: fit.tensor, classes, scoreThreshold };
        const kept = suppress(family.decode(outputs, context), this.manifest.iou_threshold);
        return { detections: kept.flatMap((candidate) => this.#detection(candidate, fit, source)) };
      }
    }
  }

  #detection({ classId, score, box, mask }: Candidate, fit: Fit, source: Size): Detection[] {
    const inSource = boxInSource(box, fit, source);
    if (!inSource) return [];
    const outline = mask ? { mask: runLengths(mask(), fit) } : {};
    return [{ ...this.#class(classId), score, box: inSource, ...outline }];
  }

  #class(classId: number): { label: string; class_id: number } {
    return { label: this.#labels[classId] ?? `class ${classId}`, class_id: classId };
  }
}
