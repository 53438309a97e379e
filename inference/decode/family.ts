/** What an output family is: how it is told by its tensors, how it is fed, and what reads it. */

import type { Size } from "../../core/frame.ts";
import type { ClassifierName, DetectorName, ModelInput } from "../../models/manifest.ts";
import type { Decoder, OutputTensor } from "./decoder.ts";

/** What is known of a network beside its outputs. */
export interface Hints {
  /** How many classes are named, by the user or in the file. */
  readonly names?: number | undefined;
  /** The user says the family: then shapes must fit, and values need not. */
  readonly forced: boolean;
}

/** What a network with such outputs is taken for, until its manifest says otherwise. */
export interface Layout {
  /** Its models, in a few words. */
  readonly about: string;
  /**
   * How many classes outputs have if they lie like this, at that size of the input; `untold` where
   * such outputs do not tell.
   */
  readonly classesOf: (
    outputs: readonly OutputTensor[],
    size: Size,
    hints: Hints,
  ) => number | "untold" | undefined;
  /** How its published models are fed. */
  readonly input: Omit<ModelInput, "width" | "height" | "layout" | "type">;
  /** Labels of its published models, where they are no label set. */
  readonly labels?: readonly string[];
  /** Name of the label set of its published models where outputs do not tell; `coco80` when absent. */
  readonly labelSet?: string;
  /** A usual threshold of scores. */
  readonly scoreThreshold: number;
  /** A usual threshold of overlaps; 1 where the model suppresses by itself. */
  readonly iouThreshold: number;
}

/** A family whose outputs are objects. */
export interface DetectorFamily {
  /** What it answers. */
  readonly service: "detection";
  /** What a manifest calls it. */
  readonly name: DetectorName;
  /** How its outputs may lie; the first that fits is taken. */
  readonly layouts: readonly Layout[];
  /** Reads the outputs of one picture. */
  readonly decode: Decoder;
}

/** A class of the picture. */
export interface RankedClass {
  /** Place in the model's labels, from 0. */
  readonly classId: number;
  /** Probability, 0 to 1. */
  readonly score: number;
}

/** A family whose outputs are classes of the whole picture. */
export interface ClassifierFamily {
  /** What it answers. */
  readonly service: "classification";
  /** What a manifest calls it. */
  readonly name: ClassifierName;
  /** How its outputs may lie; the first that fits is taken. */
  readonly layouts: readonly Layout[];
  /** Reads the outputs of one picture: its classes, the surest first. */
  readonly rank: (outputs: readonly OutputTensor[], classes: number) => RankedClass[];
}

/** An output family. */
export type Family = DetectorFamily | ClassifierFamily;
