/** `smarteye.v1.Inference`: each call in core's terms, whatever carries it. */

import type { Clock } from "../core/clock.ts";
import { SmarteyeError } from "../core/errors.ts";
import type { Picture, Pixels, Size } from "../core/frame.ts";
import { EncodedImage, PixelPicture } from "../core/image.ts";
import { SENT_FORMATS } from "../core/image_formats.ts";
import type { ModelStatus, ServerLoad } from "../core/model.ts";
import type { InferReply, SentImage } from "../core/infer.ts";
import type { MachineLoadMeter } from "./machine_load.ts";
import type { InferRequest, ModelRepository } from "./repository.ts";
import type { WorkerPool } from "./worker_pool.ts";

/** What the service is made of. */
export interface ServiceParts {
  /** Loads models and infers with them. */
  readonly repository: ModelRepository;
  /** The repository's own: only its Workers are counted here. */
  readonly pool: WorkerPool;
  /** Read for every answer. */
  readonly machine: MachineLoadMeter;
  /** Timings are measured by it. */
  readonly clock: Clock;
  /** Requests that may wait for a Worker, beside those that are at one. */
  readonly queueLengthMax: number;
  /** Pixels (width × height) that an image may have. */
  readonly pixelsMax: number;
}

/** Admits what can be inferred in time, infers it, and tells how busy the server is. */
export class InferenceService {
  #underWay = 0;
  #draining = false;

  /** Takes work at once. */
  constructor(private readonly parts: ServiceParts) {}

  /** Requests that have no answer yet. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Whether new work is refused because the server is stopping. */
  get draining(): boolean {
    return this.#draining;
  }

  /** Refuses new work from now on. */
  drain(): void {
    this.#draining = true;
  }

  /**
   * Infers one image. Admission comes first: what cannot be taken is refused before it is decoded.
   *
   * @throws {SmarteyeError} `unavailable` when draining, `overloaded` when the queue is full,
   * `payload_too_large`, and what `ModelRepository.infer` throws.
   */
  async infer(image: SentImage, request: InferRequest): Promise<InferReply> {
    this.#admit();
    this.#underWay++;
    let reply: Omit<InferReply, "load">;
    try {
      reply = await this.#infer(image, request);
    } finally {
      this.#underWay--;
    }
    return { ...reply, load: this.load() };
  }

  /** How busy the server is. */
  load(): ServerLoad {
    const { pool, machine } = this.parts;
    const running = Math.min(pool.running, this.#underWay);
    return {
      ...machine.read(),
      queueLength: this.#underWay - running,
      running,
      workers: pool.workers,
    };
  }

  /** Every model of the repository. */
  models(): ModelStatus[] {
    return this.parts.repository.list();
  }

  /** Loads a model. @throws {SmarteyeError} `not_found` or `failed_precondition`. */
  async loadModel(name: string): Promise<ModelStatus> {
    if (this.#draining) throw draining();
    await this.parts.repository.load(name);
    return this.models().find((model) => model.name === name)!;
  }

  /** Gives a model's memory back. */
  unloadModel(name: string): Promise<void> {
    return this.parts.repository.unload(name);
  }

  #admit(): void {
    if (this.#draining) throw draining();
    const { pool, queueLengthMax } = this.parts;
    if (this.#underWay < pool.workers + queueLengthMax) return;
    throw new SmarteyeError(
      "overloaded",
      `Cannot infer now: ${this.#underWay} requests are under way, which is the limit`,
    );
  }

  async #infer(image: SentImage, request: InferRequest): Promise<Omit<InferReply, "load">> {
    const startMs = this.parts.clock.nowMs();
    const picture = await this.#open(image);
    const openedAtMs = this.parts.clock.nowMs();
    const { findings, timingsMs } = await this.parts.repository.infer(picture, request);
    const total = this.parts.clock.nowMs() - startMs;
    return {
      model: request.model,
      width: picture.width,
      height: picture.height,
      findings,
      timingsMs: { ...timingsMs, decode: timingsMs.decode + openedAtMs - startMs, total },
    };
  }

  #open(image: SentImage): Promise<Picture> {
    const { pixelsMax } = this.parts;
    if (image.kind === "encoded") {
      return EncodedImage.open(image.bytes, { pixelsMax, formats: SENT_FORMATS });
    }
    return Promise.resolve(new PixelPicture(checkedPixels(image.size, image.rgb, pixelsMax)));
  }
}

function draining(): SmarteyeError {
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
  return { width, height, data: new Uint8Array(rgb) };
}
