/** What an inference server does, in core's terms, whatever protocol carries it. */

import project from "../deno.json" with { type: "json" };
import { givenBytes } from "../core/bytes.ts";
import type { Clock } from "../core/clock.ts";
import type { Service } from "../core/detection.ts";
import { asSmarteyeError, type ErrorCode, isSmarteyeError, SmarteyeError } from "../core/errors.ts";
import type { Pixels, Size } from "../core/frame.ts";
import { SENT_FORMATS } from "../core/image_formats.ts";
import type { LoadReport, ModelStatus, ServerLoad } from "../core/model.ts";
import type { InferReply, InferRequest, InferTimings, SentImage } from "../core/infer.ts";
import { isMeant, parseReference } from "../core/reference.ts";
import type { ServerStatus } from "../core/server_status.ts";
import { labelsOf } from "../models/catalogue.ts";
import type { InferenceEngine } from "./engine.ts";
import type { MachineLoadMeter } from "./machine_load.ts";
import type { Tensor } from "../core/tensor.ts";
import type { ModelListener } from "./model_news.ts";
import type { ModelTensors } from "./network/tensors.ts";
import { RequestRates } from "./request_rates.ts";
import type { InferPicture, ModelRepository, Ran, Urgency } from "./repository.ts";
import { annotateSpan } from "../core/tracing.ts";
import type { Protocol, Telemetry, TelemetrySource } from "./telemetry.ts";

/** What the service is made of. */
export interface ServiceParts {
  /** Read for every answer. */
  readonly machine: MachineLoadMeter;
  /** Uptime goes by it. */
  readonly clock: Clock;
  /** Pixels (width × height) that an image may have. */
  readonly pixelsMax: number;
  /** Least score for requests that name none, 0 to 1; absent: the model's own. */
  readonly scoreThreshold: number | undefined;
  /** Told of every request. */
  readonly telemetry?: Telemetry | undefined;
}

/** A loaded model, for whoever calls it by its tensors. */
export interface ModelDescription extends ModelTensors {
  /** As its manifest has it. */
  readonly name: string;
  /** Which of that name it is. */
  readonly version: string;
  /** The one service that it does. */
  readonly service: Service;
  /** Names of its classes, by their number. */
  readonly labels: readonly string[];
}

/** What a server is not weighed by: the caller is wrong, or left. */
const CALLERS_FAULTS: readonly ErrorCode[] = [
  ...["invalid_argument", "payload_too_large", "unsupported_media_type", "not_found"] as const,
  "cancelled",
];

/** Who asks, and how urgent it is. */
export interface Caller extends Urgency {
  /** How the request came. */
  readonly protocol: Protocol;
}

/** A server is `starting` until its models are loaded, and `draining` once it was told to stop. */
export type ServiceState = "starting" | "serving" | "draining";

/** Admits what can be inferred, infers it, and tells how busy the server is. */
export class InferenceService {
  readonly #startedAtMs: number;
  readonly #listeners: ((state: ServiceState) => void)[] = [];
  /** Those who have listened before there were models. */
  readonly #modelListeners: ModelListener[] = [];
  readonly #rates: RequestRates;
  /** Failures that are counted. */
  readonly #told = new WeakSet<object>();
  #state: ServiceState = "starting";
  #engine: InferenceEngine | undefined;

  /** Refuses all work until `serve`. */
  constructor(private readonly parts: ServiceParts) {
    this.#startedAtMs = parts.clock.nowMs();
    this.#rates = new RequestRates(
      parts.clock,
      (thrown) => !isSmarteyeError(thrown, ...CALLERS_FAULTS),
    );
  }

  /** What it does at the moment. */
  get state(): ServiceState {
    return this.#state;
  }

  /** Pixels (width × height) that an image may have. */
  get pixelsMax(): number {
    return this.parts.pixelsMax;
  }

  /** Requests that have no outcome yet. */
  get underWay(): number {
    return this.#engine?.underWay ?? 0;
  }

  /** Calls `listener` with the state, now and whenever it changes. */
  onState(listener: (state: ServiceState) => void): void {
    this.#listeners.push(listener);
    listener(this.#state);
  }

  /** Takes work from now on, with the models that `engine` has loaded. */
  serve(engine: InferenceEngine): void {
    this.#engine = engine;
    for (const listener of this.#modelListeners.splice(0)) engine.repository.onModel(listener);
    this.#become("serving");
  }

  /** Refuses new work from now on; what is under way is finished. */
  drain(): void {
    this.#become("draining");
  }

  /**
   * Infers one image. What cannot be taken is refused before it is looked at. Raw
   * pixels are given away: they go on to a Worker without being copied. A file is copied, so that
   * another Worker can have it where the first one stops before it has begun.
   *
   * @throws {SmarteyeError} `unavailable` when starting or draining, `overloaded` when too many wait,
   * `payload_too_large`, and what `ModelRepository.infer` throws.
   */
  async infer(image: SentImage, request: InferRequest, caller: Caller): Promise<InferReply> {
    const { scoreThreshold = this.parts.scoreThreshold } = request;
    const bytes = image.kind === "raw" ? image.rgb.length : image.bytes.length;
    const { together: _, ...inferred } = await this.#counted(
      request.model,
      bytes,
      caller,
      (repository) =>
        repository.infer(this.#pictureOf(image), { ...request, scoreThreshold }, caller),
    );
    const { name } = parseReference(request.model);
    return { model: name, ...inferred, load: this.load() };
  }

  /**
   * Runs a model's network on tensors as it has them. Their buffers are gone afterwards.
   *
   * @throws {SmarteyeError} as `infer` does; `invalid_argument` when the tensors are not what the
   * network's inputs take.
   */
  async run(model: string, tensors: readonly Tensor[], caller: Caller): Promise<Ran> {
    const bytes = tensors.reduce((sum, { data }) => sum + data.byteLength, 0);
    return await this.#counted(
      model,
      bytes,
      caller,
      (repository) => repository.run(model, tensors, caller),
    );
  }

  /**
   * What a loaded model is, and what its network takes and gives.
   *
   * @throws {SmarteyeError} `not_found` when it is not loaded, `unavailable` while starting.
   */
  describe(model: string): ModelDescription {
    const { manifest, tensors } = this.#started().repository.describe(model);
    const { name, version, service } = manifest;
    return { name, version, service, labels: labelsOf(manifest), ...tensors };
  }

  /** Does what a request asks for; one that fails before it comes to be inferred is counted as well. */
  async request<T>(reference: string, protocol: Protocol, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      this.#settled(reference, protocol, thrown);
      throw thrown;
    }
  }

  /** What the server says of itself. @throws {SmarteyeError} `unavailable` while starting. */
  status(): ServerStatus {
    return {
      version: project.version,
      uptimeMs: this.parts.clock.nowMs() - this.#startedAtMs,
      provider: this.#started().provider,
      load: this.load(),
      models: this.models().filter(({ state }) => state === "ready"),
      draining: this.#state === "draining",
    };
  }

  /** Whether a model can infer now; of a name without a version, whether any of it can. */
  isReady(reference: string): boolean {
    const meant = parseReference(reference);
    if (this.#state !== "serving") return false;
    return this.#engine?.repository.list()
      .some((model) => model.state === "ready" && isMeant(meant, model)) ?? false;
  }

  /** How busy the server is, for balancers; nothing while it is starting. */
  loadReport(): LoadReport | undefined {
    if (!this.#engine) return undefined;
    const load = this.load();
    return {
      load,
      utilization: this.#rates.meanUnderWay / Math.max(1, load.workers),
      requestsPerSecond: this.#rates.endedPerSecond,
      failuresPerSecond: this.#rates.failedPerSecond,
    };
  }

  /** What is told with the metrics; nothing while it is starting. */
  reading(): TelemetrySource | undefined {
    if (!this.#engine) return undefined;
    const { waiting, running, workers, workerCrashes, repository } = this.#engine;
    return { waiting, running, workers, workerCrashes, models: repository.list() };
  }

  /** How busy the server is. @throws {SmarteyeError} `unavailable` while starting. */
  load(): Required<ServerLoad> {
    const { workers, running, waiting } = this.#started();
    return { ...this.parts.machine.read(), queueLength: waiting, running, workers };
  }

  /** Every model of the repository. @throws {SmarteyeError} `unavailable` while starting. */
  models(): ModelStatus[] {
    return this.#started().repository.list();
  }

  /**
   * Loads what the model directory has of a model now.
   *
   * @throws {SmarteyeError} `unavailable`, `not_found` or `failed_precondition`.
   */
  async loadModel(reference: string): Promise<ModelStatus> {
    return await this.#open().repository.load(reference);
  }

  /** Gives a model's memory back. @throws {SmarteyeError} `not_found`; `unavailable` while starting. */
  async unloadModel(reference: string): Promise<void> {
    await this.#started().repository.unload(reference);
  }

  /**
   * Calls `listener` with the status of every model once the models are served, and with that of one
   * whenever it has changed.
   */
  onModel(listener: ModelListener): void {
    if (this.#engine) this.#engine.repository.onModel(listener);
    else this.#modelListeners.push(listener);
  }

  /** Counts a request from when it came to its outcome. */
  async #counted<Answer extends { readonly timingsMs: InferTimings; readonly together?: number }>(
    reference: string,
    bytes: number,
    { protocol }: Caller,
    infer: (repository: ModelRepository) => Promise<Answer>,
  ): Promise<Answer> {
    const { telemetry } = this.parts;
    telemetry?.received(protocol, bytes);
    const model = this.#known(reference);
    try {
      const answer = await this.#rates.count(() =>
        Promise.try(() => infer(this.#open().repository))
      );
      const { timingsMs, together } = answer;
      annotateSpan(() => ({ "smarteye.model": reference, ...stagesOf(timingsMs) }));
      const workerMs = this.#started().workerMs(timingsMs, together);
      telemetry?.settled({ model, protocol, outcome: "ok", timingsMs, workerMs, together });
      return answer;
    } catch (thrown) {
      this.#settled(reference, protocol, thrown);
      throw thrown;
    }
  }

  /** Counts a failure, once. */
  #settled(reference: string, protocol: Protocol, thrown: unknown): void {
    const error = asSmarteyeError(thrown, "infer");
    if (this.#told.has(thrown as object)) return;
    if (thrown instanceof Object) this.#told.add(thrown);
    const model = this.#known(reference);
    this.parts.telemetry?.settled({ model, protocol, outcome: error.code });
  }

  /** A model's name for metrics, which callers cannot make up. */
  #known(reference: string): string {
    const { name } = parseReference(reference);
    return this.#engine?.repository.ready().some((model) => model.name === name) ? name : "unknown";
  }

  #become(state: ServiceState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }

  #open(): InferenceEngine {
    if (this.#state === "draining") throw stopping();
    return this.#started();
  }

  #started(): InferenceEngine {
    if (this.#engine) return this.#engine;
    if (this.#state === "draining") throw stopping();
    throw new SmarteyeError(
      "unavailable",
      "Cannot infer yet: the server is starting, its models are being loaded",
    );
  }

  #pictureOf(image: SentImage): InferPicture {
    const { pixelsMax } = this.parts;
    if (image.kind === "encoded") {
      return { encoded: image.bytes, limits: { pixelsMax, formats: SENT_FORMATS } };
    }
    return {
      rgb: () => Promise.try(() => checkedPixels(image.size, image.rgb, pixelsMax)),
    };
  }
}

/** Where the time went, as attributes of a span. */
function stagesOf(timingsMs: InferTimings): Record<string, number> {
  return Object.fromEntries(
    Object.entries(timingsMs).map(([stage, ms]) => [`smarteye.${stage}_ms`, ms]),
  );
}

function stopping(): SmarteyeError {
  return new SmarteyeError("unavailable", "Cannot infer: the server is stopping");
}

function checkedPixels({ width, height }: Size, rgb: Uint8Array, pixelsMax: number): Pixels {
  if (width * height > pixelsMax) {
    throw new SmarteyeError(
      "payload_too_large",
      `Cannot read the image: it has ${width}×${height} pixels, at most ${pixelsMax} are allowed`,
    );
  }
  if (width < 1 || height < 1 || rgb.length !== width * height * 3) {
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot read the raw image: ${rgb.length} bytes for ${width}×${height} pixels, ` +
        `${width * height * 3} are wanted`,
    );
  }
  return { width, height, data: givenBytes(rgb) };
}
