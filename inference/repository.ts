/** The models of a node: which are known, which are loaded, and inference with them. */

import type { Clock } from "../core/clock.ts";
import type { Findings, Service } from "../core/detection.ts";
import { messageOf, SmarteyeError } from "../core/errors.ts";
import type { Picture } from "../core/frame.ts";
import { logger } from "../core/log.ts";
import { type InferTimings, timingsOf } from "../core/infer.ts";
import type { ModelProfile, ModelState, ModelStatus } from "../core/model.ts";
import { rankedAccuracy } from "../models/accuracy.ts";
import type { Catalogue, CatalogueEntry } from "../models/catalogue.ts";
import type { ProfileCache } from "./profile_cache.ts";
import type { SessionOptions } from "./session.ts";
import type { WorkerPool } from "./worker_pool.ts";

const log = logger("models");

/** What is asked of a model. */
export interface InferRequest {
  /** Name of a loaded model. */
  readonly model: string;
  /** When given, a model of another service is refused. */
  readonly service?: Service | undefined;
  /** Least score that is reported; the manifest's own when absent. */
  readonly scoreThreshold?: number | undefined;
  /** Time of `clock.nowMs()` after which nobody waits for the answer. */
  readonly deadlineMs?: number | undefined;
  /** Aborts when nobody waits for the answer: work that has not begun is not begun. */
  readonly signal?: AbortSignal | undefined;
}

/** Findings in pixels of the picture, and where the time went. */
export interface Inferred {
  /** Boxes are cut at the picture's edges. */
  readonly findings: Findings;
  /** `decode` is from the picture to its pixels. */
  readonly timingsMs: InferTimings;
}

/** What a repository is made of. */
export interface RepositoryParts {
  /** What may be loaded. */
  readonly catalogue: Catalogue;
  /** Holds what is loaded, and runs it. Whoever made it closes it. */
  readonly pool: WorkerPool;
  /** Asked before a loaded model is measured. */
  readonly profiles: ProfileCache;
  /** How the pool runs its sessions: latencies are kept by it. */
  readonly session: SessionOptions;
  /** Timings are measured by it. */
  readonly clock: Clock;
}

type Held =
  | { readonly state: "loading"; readonly loading: Promise<void> }
  | { readonly state: "ready"; readonly entry: CatalogueEntry; readonly latencyMs: number }
  | { readonly state: "failed"; readonly detail: string };

/** Loads, ranks and runs the models of a catalogue. */
export class ModelRepository {
  readonly #held = new Map<string, Held>();

  /** Begins with nothing loaded. */
  constructor(private readonly parts: RepositoryParts) {}

  /**
   * Loads a model and measures its latency; returns when it can be used. A load that is under way
   * is joined, a loaded model is left alone, a failed one is tried again.
   *
   * @throws {SmarteyeError} `not_found` or `failed_precondition`.
   */
  async load(name: string): Promise<void> {
    const held = this.#held.get(name);
    if (held?.state === "ready") return;
    if (held?.state === "loading") return await held.loading;
    const loading = this.#load(this.parts.catalogue.require(name));
    this.#held.set(name, { state: "loading", loading });
    await loading;
  }

  /** Gives a model's memory back. Does nothing for one that is not loaded. */
  async unload(name: string): Promise<void> {
    const held = this.#held.get(name);
    if (held?.state === "loading") await held.loading.catch(() => {}); // told by whoever loads it
    if (!this.#held.delete(name) || held?.state === "failed") return;
    await this.parts.pool.unload(name);
    log.info("{name} is unloaded", { name });
  }

  /** Every known model and its state. */
  list(): ModelStatus[] {
    return this.parts.catalogue.list().map((entry) => {
      const held = this.#held.get(entry.manifest.name);
      const state: ModelState = held?.state ?? "unloaded";
      const detail = held?.state === "failed" ? held.detail : "";
      const latencyMs = held?.state === "ready" ? held.latencyMs : undefined;
      return { ...profileOf(entry, latencyMs), state, detail };
    });
  }

  /** The models that can infer now. */
  ready(service?: Service): ModelProfile[] {
    return [...this.#held.values()].flatMap((held) => {
      if (held.state !== "ready") return [];
      if (service !== undefined && held.entry.manifest.service !== service) return [];
      return [profileOf(held.entry, held.latencyMs)];
    });
  }

  /**
   * Infers a picture with a loaded model.
   *
   * @throws {SmarteyeError} `not_found` when the model is not loaded, `invalid_argument` when it is of
   * another service or the picture is broken, and what `WorkerPool.infer` throws.
   */
  async infer(picture: Picture, request: InferRequest): Promise<Inferred> {
    const { clock, pool } = this.parts;
    const startMs = clock.nowMs();
    this.#assertLoaded(request.model, request.service);
    const pixels = await picture.rgb();
    const decode = clock.nowMs() - startMs;
    const { findings, workedMs } = await pool.infer({ ...request, pixels });
    return { findings, timingsMs: timingsOf({ decode, ...workedMs }, clock.nowMs() - startMs) };
  }

  async #load(entry: CatalogueEntry): Promise<void> {
    const { pool, profiles, session } = this.parts;
    const { name } = entry.manifest;
    try {
      await pool.load(entry);
      const latency = await profiles.latency(entry.manifest, session, () => pool.measure(name));
      this.#held.set(name, { state: "ready", entry, latencyMs: latency.p50Ms });
      log.info("{name} is ready, {latency} ms an inference", {
        name,
        latency: latency.p50Ms.toFixed(1),
      });
    } catch (error) {
      this.#held.set(name, { state: "failed", detail: messageOf(error) });
      throw error;
    }
  }

  #assertLoaded(name: string, service: Service | undefined): void {
    const held = this.#held.get(name);
    if (held?.state !== "ready") {
      const names = this.ready().map((model) => model.name).join(", ") || "none";
      throw new SmarteyeError(
        "not_found",
        `Cannot infer with the model "${name}": it is not loaded, one of ${names} is wanted`,
      );
    }
    const own = held.entry.manifest.service;
    if (service === undefined || service === own) return;
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
