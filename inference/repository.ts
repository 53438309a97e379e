/** The models of a node: which are known, which are loaded, and inference with them. */

import type { Findings, Service } from "../core/detection.ts";
import { SmarteyeError } from "../core/errors.ts";
import type { Picture, Size } from "../core/frame.ts";
import type { ImageLimits } from "../core/image.ts";
import {
  type InferRequest,
  type InferTimings,
  type Patience,
  type Priority,
  timingsOf,
} from "../core/infer.ts";
import type { ModelProfile, ModelStatus } from "../core/model.ts";
import { referenceOf } from "../core/reference.ts";
import { within } from "../core/within.ts";
import type { Catalogue } from "../models/catalogue.ts";
import type { HoldingParts, Loaded } from "./held_model.ts";
import { HeldModels, profileOf } from "./held_models.ts";
import { type ModelListener, ModelNews } from "./model_news.ts";
import type { Inspection } from "./network/inspection.ts";
import type { Measured, MeasureEffort } from "./network/measurement.ts";
import type { InferJob, Scheduler } from "./scheduler.ts";
import type { Manifest } from "../models/manifest.ts";
import type { Tensor } from "../core/tensor.ts";
import type { ModelTensors } from "./network/tensors.ts";
import type {
  OutputOf,
  PictureInput,
  TensorsInput,
  WorkerInput,
} from "./workers/worker_messages.ts";

/** What a job of a model counts for whose latency nobody measures, in milliseconds. */
const UNKNOWN_COST_MS = 1;

/** How long an answer is waited for, and how urgent it is: `interactive` when absent. */
export interface Urgency extends Patience {
  /** Background work takes what the others leave. */
  readonly priority?: Priority | undefined;
}

/** A picture to infer: what has pixels when it is asked, or a file that a Worker decodes. */
export type InferPicture =
  | Pick<Picture, "rgb">
  | { readonly encoded: Uint8Array; readonly limits: ImageLimits };

/** Findings in pixels of the picture, and where the time went. */
export interface Inferred extends Size {
  /** Pictures that went through the network together with it, itself among them. */
  readonly together: number;
  /** Boxes are cut at the picture's edges. */
  readonly findings: Findings;
  /** `decode` is from the picture to its pixels. */
  readonly timingsMs: InferTimings;
}

/** A network's outputs, and where the time went. */
export interface Ran {
  /** One for each output, in the file's order. */
  readonly tensors: readonly Tensor[];
  /** There is no decoding, and no pre- or postprocessing in them. */
  readonly timingsMs: InferTimings;
}

/** What a repository is made of. */
export interface RepositoryParts extends HoldingParts {
  /** What may be loaded. */
  readonly catalogue: Catalogue;
  /** Runs what is loaded, in the pool's Workers. */
  readonly scheduler: Scheduler;
  /** Pictures that go through a network together at most; 0: as many as was measured to pay. */
  readonly batchMax: number;
}

/** Milliseconds that the model directory may take to be read, which may lie far away. */
export const LOOK_MS = 10_000;

/**
 * Loads, ranks and runs the models of a catalogue. A model is meant by a reference: `name@version`, or
 * `name` for the newest version, which is the newest that is ready where something is inferred.
 */
export class ModelRepository {
  #catalogue: Catalogue;
  readonly #held: HeldModels;
  readonly #news = new ModelNews();
  /** References of what was unloaded, and not asked for since. */
  readonly #declined = new Set<string>();
  /** Asks take effect in the order in which they come, also where the directory is read before. */
  #asked: Promise<unknown> = Promise.resolve();

  /** Begins with nothing loaded. */
  constructor(private readonly parts: RepositoryParts) {
    this.#catalogue = parts.catalogue;
    this.#held = new HeldModels(parts, () => this.#tell());
    parts.pool.onWorkers(() => this.#tell());
  }

  /**
   * Loads what the model directory has of a model now, and measures its latency where that is not
   * known; returns when it can be used. A model that infers already is left alone, unless its files
   * have changed: then they are loaded beside, and take over. One that has failed is tried again.
   *
   * @returns how the model then is.
   * @throws {SmarteyeError} `not_found` or `failed_precondition`, `unavailable` when the directory
   * cannot be read.
   */
  async load(reference: string): Promise<ModelStatus> {
    const { held, loading } = await this.#begin(reference);
    await loading;
    return this.#held.statusOf(held.ready?.entry ?? this.#catalogue.known(held.reference));
  }

  /**
   * Loads a model and measures its latency, known or not. What was measured is kept.
   *
   * @throws {SmarteyeError} as `load` does.
   */
  async measure(reference: string, effort: MeasureEffort): Promise<Measured> {
    const { loading } = await this.#begin(reference, effort);
    return (await loading)!;
  }

  /**
   * Gives a model's memory back, when what was asked of it has ended; a name means every version. One
   * that is being loaded is loaded first; one that is not loaded is let be. A load that is asked for
   * meanwhile begins afterwards.
   *
   * @throws {SmarteyeError} `not_found` for one that there is not.
   */
  async unload(reference: string): Promise<void> {
    const { done } = await this.#inTurn(() => {
      const held = this.#held.meant(reference);
      if (this.#catalogue.find(reference)) this.#declined.add(reference);
      else if (held.length === 0) this.#catalogue.require(reference); // which throws
      return Promise.resolve({ done: Promise.all(held.map((each) => each.unload())) });
    });
    await done;
  }

  /**
   * Reads the model directory again. What is loaded stays as it is.
   *
   * @throws {SmarteyeError} `invalid_argument` or `unavailable` when it cannot be read.
   */
  async look(): Promise<Catalogue> {
    const read = this.#catalogue.reread();
    if (!await within(LOOK_MS, read, this.parts.clock)) {
      throw new SmarteyeError(
        "unavailable",
        `Cannot read the model directory "${this.#catalogue.directory}": no answer within ` +
          `${LOOK_MS} ms`,
      );
    }
    this.#catalogue = await read;
    this.#held.forgetUnknown(this.#catalogue);
    this.#tell();
    return this.#catalogue;
  }

  /**
   * Loads what the directory was seen to have of a model, as `load` does, where it is loaded or has
   * failed to be, or else if it `isWanted` and was not unloaded by request. One whose file is gone
   * stays, which is noted.
   *
   * @param reference with a version.
   * @throws {SmarteyeError} `failed_precondition`: what there is stays.
   */
  async follow(reference: string, isWanted: boolean): Promise<void> {
    const entry = this.#catalogue.find(reference);
    const held = this.#held.find(reference);
    if (!entry?.present) return held?.noteGone(entry?.path ?? `the manifest of ${reference}`);
    const isHeld = held !== undefined && held.state !== "unloaded" && held.state !== "unloading";
    const { name } = entry.manifest;
    const isDeclined = this.#declined.has(reference) || this.#declined.has(name);
    if (isHeld || isWanted && !isDeclined) await this.#held.of(reference).load(entry);
  }

  /** Every known version of every model and its state, by name, and of a name the older first. */
  list(): ModelStatus[] {
    return this.#held.statuses(this.#catalogue);
  }

  /** The models that can infer now, of each name the newest version. */
  ready(service?: Service): ModelProfile[] {
    return this.#held.allReady()
      .filter(({ entry }) => service === undefined || entry.manifest.service === service)
      .map(({ entry, latencyMs }) => profileOf(entry, latencyMs));
  }

  /**
   * Calls `listener` with the status of every known model now, and with that of one whenever it has
   * changed. One that is no longer known is told as unloaded.
   *
   * @returns what ends it.
   */
  onModel(listener: ModelListener): () => void {
    return this.#news.listen(listener, this.list());
  }

  /**
   * Infers a picture with a loaded model.
   *
   * @param picture decoded, or asked for its pixels, when a Worker is about to begin, not before.
   * @throws {SmarteyeError} `not_found` when the model is not loaded, `invalid_argument` when it is of
   * another service or the picture is broken, and what `Scheduler.run` throws.
   */
  async infer(
    picture: InferPicture,
    request: InferRequest,
    urgency: Urgency = {},
  ): Promise<Inferred> {
    const { clock } = this.parts;
    const { scoreThreshold } = request;
    const startAtMs = clock.nowMs();
    let convertMs = 0;
    const { findings, size, together, workedMs } = await this.#schedule(
      this.#ready(request.model, request.service),
      { ...urgency, isPicture: true, isRepeatable: "encoded" in picture },
      async (): Promise<PictureInput> => {
        if ("encoded" in picture) {
          const bytes = new Uint8Array(picture.encoded); // a copy: a second Worker may need them
          return { kind: "encoded", bytes, limits: picture.limits, scoreThreshold };
        }
        const beganAtMs = clock.nowMs();
        const pixels = await picture.rgb();
        convertMs = clock.nowMs() - beganAtMs;
        return { kind: "pixels", pixels, scoreThreshold };
      },
    );
    const worked = { ...workedMs, decode: workedMs.decode + convertMs };
    return { findings, together, ...size, timingsMs: timingsOf(worked, clock.nowMs() - startAtMs) };
  }

  /**
   * Runs a loaded model's network on tensors as it has them, whatever they mean. Their buffers are
   * gone afterwards.
   *
   * @throws {SmarteyeError} `not_found` when the model is not loaded, `invalid_argument` when the
   * tensors are not what its inputs take, and what `Scheduler.run` throws.
   */
  async run(model: string, tensors: readonly Tensor[], urgency: Urgency = {}): Promise<Ran> {
    const startAtMs = this.parts.clock.nowMs();
    const input: TensorsInput = { kind: "tensors", tensors };
    const ready = this.#ready(model, undefined);
    const ran = await this.#schedule(ready, urgency, () => Promise.resolve(input));
    const total = this.parts.clock.nowMs() - startAtMs;
    return { tensors: ran.tensors, timingsMs: timingsOf(ran.workedMs, total) };
  }

  /**
   * The manifest of a loaded model, and what its network takes and gives.
   *
   * @throws {SmarteyeError} `not_found` when it is not loaded.
   */
  describe(model: string): { readonly manifest: Manifest; readonly tensors: ModelTensors } {
    const { key, entry: { manifest } } = this.#ready(model, undefined);
    const tensors = this.parts.pool.tensorsOf(key);
    if (tensors) return { manifest, tensors };
    throw new SmarteyeError(
      "unavailable",
      `Cannot describe "${model}": no worker holds it just now`,
    );
  }

  /** Has a loaded model infer when it is its turn; it is not unloaded before that has ended. */
  async #schedule<Input extends WorkerInput>(
    { key, latencyMs: costMs = UNKNOWN_COST_MS, batch, users }: Loaded,
    { isPicture, priority = "interactive", ...patience }:
      & Urgency
      & Pick<InferJob, "isRepeatable">
      & { isPicture?: true },
    prepare: () => Promise<Input>,
  ): Promise<OutputOf<Input>> {
    const end = users.begin();
    const { pool, batchMax: most } = this.parts;
    const batchMax = isPicture
      ? Math.min(pool.tensorsOf(key)?.batchMax ?? 1, most === 0 ? batch : most)
      : 1;
    try {
      return await this.parts.scheduler.run(
        { ...patience, model: key, costMs, batchMax, priority, prepare },
      );
    } finally {
      end();
    }
  }

  /**
   * Infers a picture with a loaded model, and tells what there was on the way.
   *
   * @throws {SmarteyeError} as `infer` does.
   */
  async inspect(picture: Pick<Picture, "rgb">, model: string): Promise<Inspection> {
    const { key, users } = this.#ready(model, undefined);
    const end = users.begin();
    try {
      return await this.parts.pool.inspect(key, await picture.rgb());
    } finally {
      end();
    }
  }

  /** Asks for a load when it is its turn. @returns what is loaded, which is then under way. */
  #begin(reference: string, effort?: MeasureEffort) {
    return this.#inTurn(async () => {
      const entry = (await this.look()).require(reference);
      const held = this.#held.of(referenceOf(entry.manifest));
      this.#want(entry.manifest);
      return { held, loading: held.load(entry, effort) };
    });
  }

  /** Forgets that a version was unloaded; others of its name stay so. */
  #want({ name, version }: Manifest): void {
    if (this.#declined.delete(name)) {
      for (const { manifest } of this.#catalogue.list()) {
        if (manifest.name === name) this.#declined.add(referenceOf(manifest));
      }
    }
    this.#declined.delete(referenceOf({ name, version }));
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#asked.then(act);
    this.#asked = done.catch(() => {}); // told to whoever asked
    return done;
  }

  #tell(): void {
    this.#news.tell(this.list());
  }

  #ready(reference: string, service: Service | undefined): Loaded {
    const loaded = this.#held.ready(reference);
    if (!loaded) {
      const names = this.ready().map((model) => model.name).join(", ") || "none";
      throw new SmarteyeError(
        "not_found",
        `Cannot infer with the model "${reference}": it is not loaded, one of ${names} is wanted`,
      );
    }
    const own = loaded.entry.manifest.service;
    if (service === undefined || service === own) return loaded;
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot infer with the model "${reference}": it does ${own}, ${service} is asked for`,
    );
  }
}
