/** The models of a node: which are known, which are loaded, and inference with them. */

import type { Clock } from "../core/clock.ts";
import type { Findings, Service } from "../core/detection.ts";
import { messageOf, SmarteyeError } from "../core/errors.ts";
import { givenBytes } from "../core/bytes.ts";
import type { Picture, Size } from "../core/frame.ts";
import { logger } from "../core/log.ts";
import type { ImageLimits } from "../core/image.ts";
import {
  type InferRequest,
  type InferTimings,
  type Patience,
  type Priority,
  timingsOf,
} from "../core/infer.ts";
import type { ModelProfile, ModelState, ModelStatus } from "../core/model.ts";
import { rankedAccuracy } from "../models/accuracy.ts";
import type { Catalogue, CatalogueEntry } from "../models/catalogue.ts";
import type { Inspection } from "./network/inspection.ts";
import { AT_START, type Measured, type MeasureEffort } from "./network/measurement.ts";
import type { ProfileCache } from "./profile_cache.ts";
import type { Scheduler } from "./scheduler.ts";
import type { SessionOptions } from "./network/session.ts";
import type { Manifest } from "../models/manifest.ts";
import type { Tensor } from "../core/tensor.ts";
import type { ModelTensors } from "./network/tensors.ts";
import type {
  OutputOf,
  PictureInput,
  TensorsInput,
  WorkerInput,
} from "./workers/worker_messages.ts";
import type { WorkerPool } from "./workers/worker_pool.ts";

const log = logger("models");

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
export interface RepositoryParts {
  /** What may be loaded. */
  readonly catalogue: Catalogue;
  /** Holds what is loaded. */
  readonly pool: WorkerPool;
  /** Runs it, in the pool's Workers. */
  readonly scheduler: Scheduler;
  /** Latencies that are known, and kept; without it, a loaded model is not measured. */
  readonly profiles: ProfileCache | undefined;
  /** How the pool runs its sessions: latencies are kept by it. */
  readonly session: SessionOptions;
  /** Timings are measured by it. */
  readonly clock: Clock;
}

type Held =
  | { readonly state: "loading"; readonly loading: Promise<unknown> }
  /** It is on its way out: `gone` resolves when its memory was given back. */
  | { readonly state: "unloaded"; readonly gone: Promise<void> }
  | { readonly state: "ready"; readonly entry: CatalogueEntry; readonly latencyMs?: number }
  | { readonly state: "failed"; readonly detail: string };

/** Loads, ranks and runs the models of a catalogue. */
export class ModelRepository {
  readonly #held = new Map<string, Held>();

  /** Begins with nothing loaded. */
  constructor(private readonly parts: RepositoryParts) {}

  /**
   * Loads a model, and measures its latency where that is not known; returns when it can be used. A
   * load that is under way is joined, a loaded model is left alone, a failed one is tried again.
   *
   * @throws {SmarteyeError} `not_found` or `failed_precondition`.
   */
  async load(name: string): Promise<void> {
    const held = this.#stateOf(name);
    if (held?.state === "ready") return;
    if (held?.state === "loading") return void await held.loading;
    await this.#hold(this.parts.catalogue.require(name), (entry) => this.#load(entry));
  }

  /**
   * Loads a model and measures its latency, known or not. What was measured is kept.
   *
   * @throws {SmarteyeError} `not_found` or `failed_precondition`.
   */
  async measure(name: string, effort: MeasureEffort): Promise<Measured> {
    let measured: Measured | undefined;
    await this.#hold(this.parts.catalogue.require(name), async (entry) => {
      measured = await this.parts.pool.load(entry, effort);
      return await this.#keep(entry, measured!);
    });
    return measured!;
  }

  /**
   * Gives a model's memory back; one that is being loaded is loaded first. Does nothing for one that is
   * not loaded. A load that is asked for meanwhile begins afterwards.
   */
  async unload(name: string): Promise<void> {
    const held = this.#held.get(name);
    if (held?.state === "unloaded") return await held.gone;
    if (!held || held.state === "failed") return void this.#held.delete(name);
    const gone = this.#letGo(name, held.state === "loading" ? held.loading : undefined);
    const leaving: Held = { state: "unloaded", gone };
    this.#held.set(name, leaving);
    try {
      await gone;
    } finally {
      if (this.#held.get(name) === leaving) this.#held.delete(name);
    }
  }

  /** Every known model and its state. */
  list(): ModelStatus[] {
    return this.parts.catalogue.list().map((entry) => {
      const held = this.#stateOf(entry.manifest.name);
      const state: ModelState = held?.state ?? "unloaded";
      const detail = held?.state === "failed" ? held.detail : "";
      const latencyMs = held?.state === "ready" ? held.latencyMs : undefined;
      return { ...profileOf(entry, latencyMs), state, detail };
    });
  }

  /** The models that can infer now. */
  ready(service?: Service): ModelProfile[] {
    return [...this.#held.keys()].flatMap((name) => {
      const held = this.#stateOf(name);
      if (held?.state !== "ready") return [];
      if (service !== undefined && held.entry.manifest.service !== service) return [];
      return [profileOf(held.entry, held.latencyMs)];
    });
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
    this.#ready(request.model, request.service);
    let convertMs = 0;
    const { findings, size, workedMs } = await this.#schedule(
      request.model,
      urgency,
      async (): Promise<PictureInput> => {
        if ("encoded" in picture) {
          const bytes = givenBytes(picture.encoded);
          return { kind: "encoded", bytes, limits: picture.limits, scoreThreshold };
        }
        const beganAtMs = clock.nowMs();
        const pixels = await picture.rgb();
        convertMs = clock.nowMs() - beganAtMs;
        return { kind: "pixels", pixels, scoreThreshold };
      },
    );
    const worked = { ...workedMs, decode: workedMs.decode + convertMs };
    return { findings, ...size, timingsMs: timingsOf(worked, clock.nowMs() - startAtMs) };
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
    const ran = await this.#schedule(model, urgency, () => Promise.resolve(input));
    const total = this.parts.clock.nowMs() - startAtMs;
    return { tensors: ran.tensors, timingsMs: timingsOf(ran.workedMs, total) };
  }

  /**
   * The manifest of a loaded model, and what its network takes and gives.
   *
   * @throws {SmarteyeError} `not_found` when it is not loaded.
   */
  describe(model: string): { readonly manifest: Manifest; readonly tensors: ModelTensors } {
    const { entry: { manifest } } = this.#ready(model, undefined);
    const tensors = this.parts.pool.tensorsOf(model);
    if (tensors) return { manifest, tensors };
    throw new SmarteyeError(
      "unavailable",
      `Cannot describe "${model}": no worker holds it just now`,
    );
  }

  /** Has a loaded model infer when it is its turn. */
  async #schedule<Input extends WorkerInput>(
    model: string,
    { priority = "interactive", deadlineAtMs, signal }: Urgency,
    prepare: () => Promise<Input>,
  ): Promise<OutputOf<Input>> {
    const { latencyMs: costMs = UNKNOWN_COST_MS } = this.#ready(model, undefined);
    return await this.parts.scheduler.run(
      { model, costMs, priority, deadlineAtMs, signal, prepare },
    );
  }

  /**
   * Infers a picture with a loaded model, and tells what there was on the way.
   *
   * @throws {SmarteyeError} as `infer` does.
   */
  async inspect(picture: Pick<Picture, "rgb">, model: string): Promise<Inspection> {
    this.#ready(model, undefined);
    return await this.parts.pool.inspect(model, await picture.rgb());
  }

  /** A model that Workers have lost, and could not load again, is not ready any more. */
  #stateOf(name: string): Held | undefined {
    const held = this.#held.get(name);
    const lost = held?.state === "ready" ? this.parts.pool.whyNever(name) : undefined;
    return lost ? { state: "failed", detail: lost.message } : held;
  }

  /** @param loading what is waited for before; where it fails, there is nothing to give back. */
  async #letGo(name: string, loading: Promise<unknown> | undefined): Promise<void> {
    try {
      await loading;
    } catch {
      return; // told by whoever loads it
    }
    await this.parts.pool.unload(name);
    log.info("{name} is unloaded", { name });
  }

  /**
   * Keeps a model's state while it is loaded by `load`, which returns its latency if that is known. A
   * state that came after it stays.
   */
  async #hold(
    entry: CatalogueEntry,
    load: (entry: CatalogueEntry) => Promise<number | undefined>,
  ): Promise<void> {
    const { name } = entry.manifest;
    const before = this.#held.get(name);
    const loading = before?.state === "unloaded"
      ? before.gone.catch(() => {}).then(() => load(entry)) // told by whoever unloads it
      : load(entry);
    const held: Held = { state: "loading", loading };
    this.#held.set(name, held);
    const become = (next: Held) => {
      if (this.#held.get(name) === held) this.#held.set(name, next);
    };
    try {
      const latencyMs = await loading;
      become({
        state: "ready",
        entry,
        ...(latencyMs === undefined ? {} : { latencyMs }),
      });
      const said = latencyMs === undefined ? "" : `, ${latencyMs.toFixed(1)} ms an inference`;
      log.info("{name} is ready{said}", { name, said });
    } catch (error) {
      become({ state: "failed", detail: messageOf(error) });
      throw error;
    }
  }

  async #load(entry: CatalogueEntry): Promise<number | undefined> {
    const { pool, profiles, session } = this.parts;
    const known = await profiles?.find(entry.manifest, session);
    const measured = await pool.load(entry, profiles && !known ? AT_START : undefined);
    return measured ? await this.#keep(entry, measured) : known?.p50Ms;
  }

  async #keep({ manifest }: CatalogueEntry, measured: Measured): Promise<number> {
    const { profiles, session } = this.parts;
    return (await profiles?.keep(manifest, session, measured) ?? measured).p50Ms;
  }

  #ready(name: string, service: Service | undefined): Extract<Held, { state: "ready" }> {
    const held = this.#held.get(name);
    if (held?.state !== "ready") {
      const names = this.ready().map((model) => model.name).join(", ") || "none";
      throw new SmarteyeError(
        "not_found",
        `Cannot infer with the model "${name}": it is not loaded, one of ${names} is wanted`,
      );
    }
    const own = held.entry.manifest.service;
    if (service === undefined || service === own) return held;
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot infer with the model "${name}": it does ${own}, ${service} is asked for`,
    );
  }
}

/** What is known of a model, for whoever chooses one. */
export function profileOf(
  { manifest }: CatalogueEntry,
  latencyMs: number | undefined,
): ModelProfile {
  const { name, service } = manifest;
  return { name, service, accuracy: rankedAccuracy(manifest), latencyMs };
}
