/** Which models are meant, and where they are. */

/** Where models are and which ones are meant. */
export interface ModelOptions {
  /** Directory with weights, and with manifests of the user's own. */
  readonly directory: string;
  /** Names of the detectors that are meant; empty means every one that is there. */
  readonly detection: readonly string[];
  /** Names of the classifiers that are meant; empty means every one that is there. */
  readonly classification: readonly string[];
  /** Least score of a detection that is reported, 0 to 1; a manifest's own value where absent. */
  readonly scoreThreshold: number | undefined;
}
