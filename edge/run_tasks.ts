/**
 * The frames of one run that were decided about and have not ended: they wait at the node's executors, are
 * inferred here or sent, and go from one place to the other when the cloud fails or a result is doubtful.
 */

import type { Clock } from "../core/clock.ts";
import type { Frame } from "../core/frame.ts";
import type { Thinned } from "../core/log.ts";
import type { Pending } from "./decision_engine.ts";
import { allIdle, type Lane, type LaneOptions } from "./executor.ts";
import { insteadOfCloud } from "./instead_of_cloud.ts";
import { LocalHedge } from "./local_hedge.ts";
import type { EdgeNode } from "./node.ts";
import type { EdgeOptions } from "./options.ts";
import type { Decided, Ending } from "./record.ts";
import type { RunMemory } from "./run_memory.ts";
import { secondLookOf } from "./second_look.ts";
import type { RunStatistics } from "./statistics.ts";
import {
  type CloudFailure,
  type CloudTask,
  inferHere,
  type LocalTask,
  offload,
  type TaskOptions,
  type TaskPlaces,
} from "./tasks.ts";

/** What a run's tasks are made of. */
export interface RunTasksParts {
  /** Whose executors they wait at. */
  readonly node: EdgeNode;
  /** Latencies are measured by it. */
  readonly clock: Clock;
  /** Remembers how large frames are when they are sent. */
  readonly memory: Pick<RunMemory, "noteSent">;
  /** The model that takes over when the cloud fails; `undefined` when the edge has none. */
  readonly fallbackModel: () => string | undefined;
  /** Counts what was done beside the decision. */
  readonly statistics: Pick<RunStatistics, "addHedge" | "addSecondLook">;
  /** Where it is said what fails, and what is dropped. */
  readonly warnings: Thinned;
  /** A cloud may fail for hours. */
  readonly cloudWarnings: Thinned;
  /** Takes a frame that ends: each once. */
  readonly settle: (frame: Frame, decided: Decided, ending: Ending) => void;
}

/** The options that belong to a run's tasks. */
export type RunTasksOptions =
  & TaskOptions
  & Pick<EdgeOptions, "onCloudFailure">
  & Pick<LaneOptions<unknown>, "queueLengthMax" | "overflow">;

/** The tasks of one run. */
export class RunTasks {
  readonly #local: Lane<LocalTask>;
  readonly #cloud: Lane<CloudTask>;
  readonly #places: TaskPlaces;
  readonly #pending = { local: 0, cloud: 0 };
  #fallbacksAtDoor = 0;
  #dropped = 0;

  /** Has none yet. @throws {RangeError} if `queueLengthMax` is not a whole number of at least 1. */
  constructor(private readonly parts: RunTasksParts, private readonly options: RunTasksOptions) {
    const { node, clock, memory } = parts;
    const { queueLengthMax, overflow } = options;
    this.#places = { node, clock, memory };
    const rule = { queueLengthMax, overflow, clock };
    this.#local = node.localTasks.lane({
      ...rule,
      perform: (task) => this.#inferHere(task),
      onDrop: (task, why) => this.#queueFull("local", task, why),
    });
    this.#cloud = node.offloads.lane({
      ...rule,
      perform: (task) => this.#offload(task),
      onDrop: (task, why) => this.#queueFull("cloud", task, why),
    });
  }

  /** Frames that were decided about and have no outcome yet. */
  get pending(): Pending {
    return { ...this.#pending };
  }

  /** Frames that wait for a place here, and to be sent. */
  get waiting(): Pending {
    return { local: this.#local.waiting, cloud: this.#cloud.waiting };
  }

  /** Frames that a queue dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Has a frame inferred here. Resolves when it has found a place in the queue. */
  async bringHere(task: LocalTask): Promise<void> {
    this.#count("local", +1);
    await this.#local.submit(task);
  }

  /** Has a frame inferred in the cloud, if it may be sent now; else what is done when the cloud fails. */
  async bringToCloud(task: Omit<CloudTask, "pass">): Promise<void> {
    const pass = this.parts.node.breaker.enter();
    if (pass) return await this.#bringCloud({ ...task, pass });
    const instead = this.#insteadOfCloud(task, this.#unsent());
    if (instead) await this.bringHere(instead);
  }

  /** Resolves when all frames have ended. @param onFailure hears what goes wrong with it, and at what */
  async finish(onFailure: (error: unknown, doing: string) => void): Promise<void> {
    await allIdle([this.#cloud, this.#local]);
    await this.#cloud.finish().catch((error) => onFailure(error, "offload"));
    await this.#local.finish().catch((error) => onFailure(error, "infer")); // fallbacks among them
  }

  #bringCloud(task: CloudTask): Promise<void> {
    this.#count("cloud", +1);
    return this.#cloud.submit(task);
  }

  #count(place: keyof Pending, by: 1 | -1): void {
    this.#pending[place] += by;
    this.parts.node.pending[place] += by;
  }

  /** Infers a frame on this machine, which ends it. */
  async #inferHere(task: LocalTask): Promise<void> {
    const { hedge } = task;
    if (hedge && !hedge.begin()) return this.#count("local", -1);
    const ending = await inferHere(task, this.#places, this.options);
    this.#count("local", -1);
    if (hedge) return hedge.done(ending);
    const again = this.#secondLook(task, ending);
    if (again) void this.#bringCloud(again); // its slot here is free for others meanwhile
    else this.#taskEnded(task, ending);
  }

  /** The frame as it is sent, where its result is doubtful; `undefined` where it counts as it is. */
  #secondLook({ frame, decided }: LocalTask, own: Ending): CloudTask | undefined {
    const sending = secondLookOf(decided.decision, own);
    // What waits for a place has its picture open: there are no more of these than may wait.
    if (!sending || !this.#cloud.hasRoom) return undefined;
    const pass = this.parts.node.breaker.enter();
    return pass && { frame, decided, ...sending, pass };
  }

  /** Has a frame inferred in the cloud, which ends it, unless the cloud fails. */
  async #offload(task: CloudTask): Promise<void> {
    const { pass, own } = task;
    const hedge = this.#hedge(task);
    const came = pass.holds ? await offload(task, this.#places, this.options) : this.#unsent();
    const here = await hedge?.end();
    if (here) this.parts.statistics.addHedge(came.outcome === "cloud_failed");
    if (own) this.parts.statistics.addSecondLook(came.outcome === "cloud");
    this.#count("cloud", -1);
    if (came.outcome !== "cloud_failed") {
      pass.end(came.outcome === "cloud" ? "success" : "ignored");
      return this.#taskEnded(task, came.outcome === "cloud" ? came : own ?? came);
    }
    const isIgnored = came.unsent || came.givenUp; // which says nothing about the cloud
    pass.end(isIgnored ? "ignored" : came.denied ? "denied" : "failed", came.why);
    if (here?.outcome === "local") {
      const cost = came.traffic ? { traffic: came.traffic } : {};
      return this.#taskEnded(task, { ...here, fallback: came.why, ...cost });
    }
    const instead = this.#insteadOfCloud(task, came);
    if (instead) void this.#fallBack(instead);
  }

  /** Has a frame inferred here as well, if the policy wants that and the cloud takes so long. */
  #hedge({ frame, decided, sending: { hedgeMs } }: CloudTask): LocalHedge | undefined {
    const model = this.parts.fallbackModel();
    if (hedgeMs === undefined || model === undefined) return undefined;
    const { clock } = this.parts;
    const inMs = frame.startAtMs + hedgeMs - clock.nowMs();
    const hedge: LocalHedge = new LocalHedge(Math.max(0, inMs), clock, () => {
      void this.bringHere({ frame, decided, model, hereAtMs: clock.nowMs(), hedge });
    });
    return hedge;
  }

  #taskEnded({ frame, decided }: LocalTask | CloudTask, ending: Ending): void {
    if (ending.outcome === "failed") this.parts.warnings.tell("a frame failed", ending.detail);
    this.parts.settle(frame, decided, ending);
  }

  /** What becomes of a frame that may not be sent: as if the cloud had failed on it. */
  #unsent(): CloudFailure {
    const why = `no frame is sent to it for now, ${this.parts.node.breaker.why}`;
    return { outcome: "cloud_failed", why, unsent: true };
  }

  /** What is done with a frame that the cloud failed on, unless that ends it, which is seen to. */
  #insteadOfCloud(task: Omit<CloudTask, "pass">, failure: CloudFailure): LocalTask | undefined {
    const { frame, decided } = task;
    const { onCloudFailure } = this.options;
    const [model, hereAtMs] = [this.parts.fallbackModel(), this.parts.clock.nowMs()];
    const instead = insteadOfCloud(task, failure, { onCloudFailure, model, hereAtMs });
    const cannot = `Cannot offload to ${this.parts.node.cloud.description}`;
    this.parts.cloudWarnings.tell(`${cannot}, ${instead.clause}`, failure.why);
    if ("task" in instead) return instead.task;
    return void this.parts.settle(frame, decided, instead.ending);
  }

  /**
   * Brings a fallback, which is a local task like any other and holds no offload slot. While one waits
   * for room, no frame is let in for the cloud: no more fallbacks can come to wait than offloads were
   * queued and under way.
   */
  async #fallBack(task: LocalTask): Promise<void> {
    this.#fallbacksAtDoor++;
    this.#cloud.hold();
    await this.bringHere(task);
    if (--this.#fallbacksAtDoor === 0) this.#cloud.release();
  }

  /** The rule of a place's queue dropped a task. */
  #queueFull(place: keyof Pending, dropped: LocalTask | CloudTask, why: string): void {
    const { frame, decided, ...task } = dropped;
    const { fallback, traffic, pass, hedge, own }: Partial<LocalTask & CloudTask> = task;
    this.#count(place, -1);
    if (hedge) return; // its frame is still on its way
    pass?.end("ignored");
    if (own) return this.parts.settle(frame, decided, own);
    this.#dropped++;
    this.parts.warnings.tell("frames are dropped: the queue is full, or too slow");
    const detail = fallback === undefined ? why : `the cloud failed: ${fallback}; ${why}`;
    const cost = traffic ? { traffic } : {};
    this.parts.settle(frame, decided, { outcome: "dropped", detail, ...cost });
  }
}
