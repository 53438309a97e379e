/** Who wants to hear how models are: told once of each, and then of what has changed. */

import { isDeepStrictEqual } from "node:util";
import { messageOf } from "../core/errors.ts";
import { logger } from "../core/log.ts";
import type { ModelStatus } from "../core/model.ts";
import { referenceOf } from "../core/reference.ts";

const log = logger("models");

/** Told a model's status whenever it has changed. */
export type ModelListener = (model: ModelStatus) => void;

/** What was told last, and to whom. */
export class ModelNews {
  readonly #listeners = new Set<ModelListener>();
  #told: ReadonlyMap<string, ModelStatus> = new Map();

  /**
   * Tells `listener` how every model is now, and of each that changes from then on.
   *
   * @returns what ends it.
   */
  listen(listener: ModelListener, models: readonly ModelStatus[]): () => void {
    this.tell(models);
    this.#listeners.add(listener);
    for (const status of models) tell(listener, status);
    return () => void this.#listeners.delete(listener);
  }

  /** Tells what is not as it was told; of a model that is no longer among them, that it is unloaded. */
  tell(models: readonly ModelStatus[]): void {
    const before = this.#told;
    const now = this.#told = new Map(models.map((status) => [referenceOf(status), status]));
    const gone = [...before].filter(([reference]) => !now.has(reference))
      .map(([, status]): ModelStatus => ({ ...status, state: "unloaded", detail: "" }));
    const changed = models.filter((status) =>
      !isDeepStrictEqual(before.get(referenceOf(status)), status)
    );
    for (const status of [...changed, ...gone]) {
      for (const listener of this.#listeners) tell(listener, status);
    }
  }
}

function tell(listener: ModelListener, status: ModelStatus): void {
  try {
    listener(status);
  } catch (error) { // what it does with that is not the model's fault
    log.error("a listener to models failed: {error}", { error: messageOf(error) });
  }
}
