/**
 * The way of a frame: capture → decide → infer here | offload → results. Wires the stages in this
 * order and owns the frame ledger and the draining.
 */

import { BoundedQueue } from "../core/bounded_queue.ts";
import type { Clock } from "../core/clock.ts";
import { scaleFindings } from "../core/detection.ts";
import { asSmarteyeError, messageOf, type SmarteyeError } from "../core/errors.ts";
import { type Frame, type Picture, scaledToHeight } from "../core/frame.ts";
import { logger, OncePerSecond } from "../core/log.ts";
import type { InferRequest } from "../core/infer.ts";
import type { Inferred } from "../inference/repository.ts";
import type { Decision } from "../policies/offload/policy.ts";
import { readFrames } from "./capture/pace.ts";
import type { FrameSource } from "./capture/source.ts";
import type { DecisionEngine } from "./decision_engine.ts";
import type { Estimates } from "./estimates.ts";
import { FrameLedger } from "./ledger.ts";
import { type OffloadClient, OffloadError } from "./offload_client.ts";
import type { EdgeOptions } from "./options.ts";
import { type Decided, type Ending, type FrameRecord, recordOf, type Traffic } from "./record.ts";
import { RunStatistics } from "./statistics.ts";

const log = logger("edge");

/** Local tasks under way for each worker: the one that it runs, and the next one being scaled. */
const TASKS_PER_WORKER = 2;

/** What a pipeline is made of. Tests put fakes in their place. */
export interface PipelineParts {
  /** Read to its end, and not closed: that is up to whoever opened it. */
  readonly source: FrameSource;
  /** Asked once a frame, in order of capture. */
  readonly engine: DecisionEngine;
  /** Fed with what the frames say about delays and bandwidth. */
  readonly estimates: Estimates;
  /** Inference here. */
  readonly infer: (picture: Picture, request: InferRequest) => Promise<Inferred>;
  /** Inference in the cloud. */
  readonly client: Pick<OffloadClient, "offload" | "description">;
  /** Where results go. */
  readonly store: (frame: Frame, ending: Ending, record: FrameRecord) => Promise<void>;
  /** Latencies are measured by it. */
  readonly clock: Clock;
  /** Aborts when no more frames are to be captured. */
  readonly drain: AbortSignal;
}

/** The options of an edge run that the pipeline reads. */
export type PipelineOptions = Pick<
  EdgeOptions,
  | "service"
  | "intervalMs"
  | "framesMax"
  | "queueLengthMax"
  | "overflow"
  | "offloadsMax"
  | "localWorkers"
  | "deadlineMs"
  | "onCloudFailure"
  | "models"
>;

interface Task<D extends Decision = Decision> {
  readonly frame: Frame;
  readonly decided: Decided & { readonly decision: D };
}
type LocalTask = Task<Extract<Decision, { place: "local" }>>;
type CloudTask = Task<Extract<Decision, { place: "cloud" }>>;

/** One run from the source's first frame to the last result. */
export class Pipeline {
  /** Counts the frames of this run; while it runs, some have no outcome yet. */
  readonly ledger: FrameLedger = new FrameLedger();
  /** Adds up the frames that have their outcome. */
  readonly statistics: RunStatistics = new RunStatistics();
  readonly #stop = new AbortController();
  readonly #local: BoundedQueue<LocalTask>;
  readonly #cloud: BoundedQueue<CloudTask>;
  readonly #told = new OncePerSecond((message) => log.warn("{message}", { message }));
  #localPending = 0;
  #cloudPending = 0;
  #settling: Promise<void>[] = [];
  #failure: SmarteyeError | undefined;

  /**
   * Starts nothing before `run`.
   *
   * @throws {RangeError} if `queueLengthMax` is not a whole number of at least 1.
   */
  constructor(private readonly parts: PipelineParts, private readonly options: PipelineOptions) {
    const { queueLengthMax, overflow } = options;
    const queueFull = (task: Task) => {
      this.#told.tell("frames are dropped: the queue is full");
      this.#keep(this.#settle(task.frame, task.decided, {
        outcome: "dropped",
        detail: `the queue of ${queueLengthMax} frames was full (overflow = ${overflow})`,
      }));
    };
    this.#local = new BoundedQueue(queueLengthMax, overflow, (task: LocalTask) => {
      this.#localPending--;
      queueFull(task);
    });
    this.#cloud = new BoundedQueue(queueLengthMax, overflow, (task: CloudTask) => {
      this.#cloudPending--;
      queueFull(task);
    });
  }

  /** Frames that wait or are being inferred. */
  get pending(): number {
    return this.#localPending + this.#cloudPending;
  }

  /**
   * Runs to the end of the source, or until told to drain; then finishes what is under way.
   *
   * @returns what ended the run early, if something did. The results up to there are stored.
   */
  async run(): Promise<SmarteyeError | undefined> {
    const { localWorkers, offloadsMax } = this.options;
    const workers = [
      ...Array.from({ length: localWorkers * TASKS_PER_WORKER }, () => this.#inferQueued()),
      ...Array.from({ length: offloadsMax }, () => this.#offloadQueued()),
    ];
    await this.#capture().catch((error) => this.#fail(error, "read the source"));
    this.#local.close();
    this.#cloud.close();
    await Promise.all(workers);
    await Promise.all(this.#settling);
    this.#told.flush();
    return this.#failure;
  }

  /** Reads frames and decides about each, until there are no more or none are wanted. */
  async #capture(): Promise<void> {
    const { source, clock, drain } = this.parts;
    const { intervalMs, framesMax } = this.options;
    const frames = readFrames(source, {
      intervalMs,
      framesMax,
      clock,
      signal: AbortSignal.any([drain, this.#stop.signal]),
      onCaptured: (frame) => this.ledger.open(frame.index),
      onPassedOver: (frame) =>
        this.#keep(this.#settle(frame, undefined, {
          outcome: "dropped",
          detail: "a newer frame of the live source was taken",
        })),
    });
    for await (const frame of frames) await this.#decide(frame);
  }

  /** Asks the policy what is done with the frame, and sees to it. */
  async #decide(frame: Frame): Promise<void> {
    const { unreadable } = frame.picture;
    if (unreadable) {
      this.#told.tell("a frame cannot be read", unreadable.message);
      const detail = unreadable.message;
      return await this.#settle(frame, undefined, { outcome: "failed", detail });
    }
    let decided: Decided;
    try {
      const pending = { local: this.#localPending, cloud: this.#cloudPending };
      decided = this.parts.engine.decide(frame, pending);
    } catch (error) {
      this.#fail(error, "decide");
      return await this.#settle(frame, undefined, { outcome: "failed", detail: messageOf(error) });
    }
    const { policy, decision } = decided;
    switch (decision.place) {
      case "local":
        this.#localPending++;
        return await this.#local.push({ frame, decided: { policy, decision } });
      case "cloud":
        this.#cloudPending++;
        return await this.#cloud.push({ frame, decided: { policy, decision } });
      case "filter":
        return await this.#settle(frame, decided, {
          outcome: "filtered",
          detail: decision.reason,
        });
      default:
        return decision satisfies never;
    }
  }

  async #inferQueued(): Promise<void> {
    for (let task = await this.#local.take(); task; task = await this.#local.take()) {
      const { frame, decided } = task;
      const ending = await this.#inferHere(frame, decided.decision.model);
      this.#localPending--;
      await this.#settle(frame, decided, ending);
    }
  }

  async #offloadQueued(): Promise<void> {
    for (let task = await this.#cloud.take(); task; task = await this.#cloud.take()) {
      const ending = await this.#offload(task);
      this.#cloudPending--;
      await this.#settle(task.frame, task.decided, ending);
    }
  }

  /** Infers a frame on this machine. */
  async #inferHere(frame: Frame, model: string): Promise<Ending> {
    const { service, models } = this.options;
    try {
      const { scoreThreshold } = models;
      const { findings } = await this.parts.infer(frame.picture, {
        model,
        service,
        scoreThreshold,
      });
      this.parts.estimates.addLocal(this.parts.clock.nowMs() - frame.startMs);
      return { outcome: "local", model, findings };
    } catch (error) {
      this.#told.tell("a frame failed", messageOf(error));
      return { outcome: "failed", detail: messageOf(error) };
    }
  }

  /** Has a frame inferred in the cloud, or sees to it that the cloud's failure has an outcome. */
  async #offload({ frame, decided: { decision } }: CloudTask): Promise<Ending> {
    const { clock, client } = this.parts;
    const { service, deadlineMs } = this.options;
    const { picture } = frame;
    const { model, height, quality } = decision;
    let jpeg: Uint8Array;
    try {
      jpeg = await picture.jpeg(scaledToHeight(picture, height), quality);
    } catch (error) {
      this.#told.tell("a frame failed", messageOf(error));
      return { outcome: "failed", detail: messageOf(error) };
    }
    const sentMs = clock.nowMs();
    try {
      const answer = await client.offload({ jpeg, model, service, frame: frame.index, deadlineMs });
      const nowMs = clock.nowMs();
      this.parts.estimates.addCloud(nowMs - frame.startMs, nowMs - sentMs, answer);
      const findings = scaleFindings(answer.findings, answer, picture);
      const { traffic, server } = answer;
      return { outcome: "cloud", model: answer.model, findings, server, traffic };
    } catch (error) {
      const traffic = error instanceof OffloadError ? error.traffic : undefined;
      return await this.#cloudFailed(frame, messageOf(error), traffic);
    }
  }

  async #cloudFailed(frame: Frame, why: string, traffic: Traffic | undefined): Promise<Ending> {
    const sent = traffic ? { traffic } : {};
    const cannot = `Cannot offload to ${this.parts.client.description}`;
    if (this.options.onCloudFailure === "drop") {
      this.#told.tell(`${cannot}, frames are dropped (on_cloud_failure = drop)`, why);
      return { outcome: "dropped", detail: `the cloud failed: ${why}`, ...sent };
    }
    const model = this.parts.engine.fallbackModel();
    if (model === undefined) {
      this.#told.tell(`${cannot}, and the edge has no model of its own`, why);
      return { outcome: "failed", detail: `the cloud failed: ${why}; no model here`, ...sent };
    }
    this.#told.tell(`${cannot}, frames are inferred here (on_cloud_failure = local)`, why);
    this.#localPending++;
    const ending = await this.#inferHere(frame, model);
    this.#localPending--;
    return ending.outcome === "local"
      ? { ...ending, fallback: why, ...sent }
      : { ...ending, ...sent };
  }

  /** Puts a frame's outcome in the ledger and its results where they go, and lets the picture go. */
  async #settle(frame: Frame, decided: Decided | undefined, ending: Ending): Promise<void> {
    const latencyMs = this.parts.clock.nowMs() - frame.startMs;
    this.ledger.settle(frame.index, ending.outcome);
    this.statistics.add(ending, latencyMs);
    try {
      await this.parts.store(frame, ending, recordOf(frame, decided, ending, latencyMs));
    } catch (error) {
      this.#fail(error, "store the results");
    } finally {
      frame.picture.close();
    }
  }

  /** Keeps hold of a settlement that nobody awaits, until the run's end. */
  #keep(settling: Promise<void>): void {
    this.#settling.push(settling);
    settling.finally(() => this.#settling = this.#settling.filter((other) => other !== settling));
  }

  /** Ends the run early: no more frames are captured, what is under way is finished. */
  #fail(error: unknown, doing: string): void {
    this.#failure ??= asSmarteyeError(error, doing);
    this.#stop.abort();
  }
}
