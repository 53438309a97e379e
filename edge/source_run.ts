/**
 * One source from its first frame to its last result: capture → decide → infer here | offload →
 * settle. What it shares with other runs is its node's.
 */

import { asSmarteyeError, messageOf, type SmarteyeError } from "../core/errors.ts";
import type { Frame } from "../core/frame.ts";
import { logger, MINUTE_MS, SECOND_MS, Thinned } from "../core/log.ts";
import { readFrames } from "./capture/pace.ts";
import type { RunEnd, RunOptions, RunParts } from "./run_parts.ts";
import { outagesSince } from "./cloud/circuit_breaker.ts";
import { DecisionEngine, type Pending } from "./decision_engine.ts";
import { insteadOfCloud } from "./instead_of_cloud.ts";
import { secondLookOf } from "./second_look.ts";
import { Delivery } from "./delivery.ts";
import { allIdle, type Lane } from "./executor.ts";
import { FrameLedger } from "./ledger.ts";
import { LocalHedge } from "./local_hedge.ts";
import type { Decided, Ending } from "./record.ts";
import { Scene } from "./scene/scene.ts";
import { SourceAccount } from "./source_account.ts";
import { nothingInferred, RunStatistics } from "./statistics.ts";
import {
  type CloudFailure,
  type CloudTask,
  inferHere,
  type LocalTask,
  offload,
  type TaskPlaces,
} from "./tasks.ts";

const log = logger("edge");

/** Frames of a live source that wait for a place to be inferred: each that comes after is newer. */
const LIVE_QUEUE_MAX = 1;

/** A run over one source. */
export class SourceRun {
  /** What its records name as their source. */
  readonly name: string;
  /** Counts the frames of this run; while it runs, some have no outcome yet. */
  readonly ledger: FrameLedger = new FrameLedger();
  /** What its source is doing, and what it left out. */
  readonly account: SourceAccount;
  /** Adds up the frames that have their outcome. */
  readonly statistics: RunStatistics = new RunStatistics();
  /** What its frames show. */
  readonly scene: Scene;
  readonly #engine: DecisionEngine;
  readonly #local: Lane<LocalTask>;
  readonly #cloud: Lane<CloudTask>;
  readonly #delivery: Delivery;
  readonly #places: TaskPlaces;
  readonly #warnings: Thinned;
  /** A cloud may fail for hours. */
  readonly #cloudWarnings: Thinned;
  readonly #stop = new AbortController();
  readonly #pending = { local: 0, cloud: 0 };
  #fallbacksAtDoor = 0;
  /** Frames that a queue dropped. */
  #unlooked = 0;
  #failure: SmarteyeError | undefined;

  /**
   * Starts nothing before `run`.
   *
   * @throws {RangeError} if `queueLengthMax` is not a whole number of at least 1.
   */
  constructor(private readonly parts: RunParts, private readonly options: RunOptions) {
    const { node, sinks, policy, parameters, seed, clock } = parts;
    const { estimates, breaker, cloud, local } = node;
    const { overflow } = options;
    // What waits gets old: of a live source the newest is to be next.
    const queueLengthMax = parts.source.live ? LIVE_QUEUE_MAX : options.queueLengthMax;
    this.name = options.name;
    const { areStills = false } = parts.source;
    this.scene = new Scene({
      ...{ source: this.name, zones: options.zones },
      ...{ track: options.track ?? !areStills, isOneScene: areStills },
    });
    this.#engine = new DecisionEngine({
      ...{ source: this.name, tracks: () => this.scene.tracks, policy, parameters, seed },
      ...{ local, cloud, breaker, estimates, clock },
    }, options);
    const warn = (message: string) => log.warn("{message}", { message });
    this.#warnings = new Thinned(warn, SECOND_MS, clock);
    this.#cloudWarnings = new Thinned(warn, MINUTE_MS, clock);
    this.#places = { node, clock, memory: this.#engine.memory };
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
    this.#delivery = new Delivery({
      sinks,
      see: (ended) => this.scene.resultOf(ended),
      pictures: node.pictures.share(),
      warnings: this.#warnings,
      onFailure: (error) => this.#fail(error, "store the results"),
    });
    this.account = new SourceAccount({
      ...{ name: this.name, live: parts.source.live, clock, warnings: this.#warnings },
      captured: () => this.ledger.counts().captured,
      note: (event) => this.#delivery.note(event),
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

  /**
   * Runs to the end of the source, or until told to drain; then finishes what is under way and closes
   * the sinks. Other runs of the node go on.
   */
  async run(): Promise<RunEnd> {
    const { node: { breaker }, source, clock, policy, seed } = this.parts;
    const startAtMs = clock.nowMs();
    const before = breaker.outages;
    await this.#capture().catch((error) => this.#fail(error, "read the source"));
    this.account.end();
    await allIdle([this.#cloud, this.#local]);
    await this.#cloud.finish().catch((error) => this.#fail(error, "offload"));
    await this.#local.finish().catch((error) => this.#fail(error, "infer")); // fallbacks among them
    await this.#delivery.drain(() => this.scene.end());
    this.#warnings.flush();
    this.#cloudWarnings.flush();
    const summary = this.statistics.summary({
      source: this.name,
      input: source.description,
      policy: policy.name,
      seed,
      ledger: this.ledger,
      outages: outagesSince(before, breaker.outages),
      totals: this.account.totals(),
      scene: this.scene.totals(),
      wallMs: clock.nowMs() - startAtMs,
      ...(this.#failure ? { error: this.#failure.message } : {}),
    });
    await this.#delivery.close(summary).catch((error) => {
      // It ended for another reason, and nothing on disk says so.
      if (this.#failure) log.warn("{message}", { message: messageOf(error) });
      this.#fail(error, "store the results");
    });
    return { summary, failure: this.#failure ?? nothingInferred(summary) };
  }

  /** Reads frames and decides about each, until there are no more or none are wanted. */
  async #capture(): Promise<void> {
    const { source, clock, drain } = this.parts;
    const { intervalMs, framesMax } = this.options;
    const signal = AbortSignal.any([drain, this.#stop.signal]);
    const frames = readFrames(source, {
      intervalMs,
      framesMax,
      dropped: () => this.#unlooked,
      clock,
      signal,
      room: () => this.#delivery.room(signal),
      onCaptured: (frame) => {
        this.ledger.open(frame.index);
        this.#delivery.opened(frame);
      },
      onPassedOver: () => this.account.passOver(),
      tell: (event) => this.account.hear(event),
    });
    for await (const frame of frames) await this.#decide(frame);
  }

  /** Asks the policy what is done with the frame, and sees to it. */
  async #decide(frame: Frame): Promise<void> {
    const { unreadable } = frame.picture;
    if (unreadable) {
      this.#warnings.tell("a frame cannot be read", unreadable.message);
      return this.#settle(frame, undefined, { outcome: "failed", detail: unreadable.message });
    }
    let decided: Decided;
    try {
      decided = await this.#engine.decide(frame, this.parts.node.pending);
    } catch (error) {
      this.#fail(error, "decide");
      return this.#settle(frame, undefined, { outcome: "failed", detail: messageOf(error) });
    }
    const { decision, shadow } = decided;
    if (shadow) this.statistics.addShadow(shadow);
    if (decided.late) {
      this.statistics.addLateDecision();
      this.#warnings.tell("the policy is late, frames go without it", decision.reason);
    }
    switch (decision.place) {
      case "local": {
        const { model } = decision;
        return await this.#bringHere({ frame, decided, model, hereAtMs: frame.startAtMs });
      }
      case "cloud": {
        const pass = this.parts.node.breaker.enter();
        const task = { frame, decided, sending: decision };
        if (pass) return await this.#bringCloud({ ...task, pass });
        const instead = this.#insteadOfCloud(task, this.#unsent());
        return instead && await this.#bringHere(instead);
      }
      case "filter":
        return this.#settle(frame, decided, { outcome: "filtered", detail: decision.reason });
      default:
        return decision satisfies never;
    }
  }

  #bringHere(task: LocalTask): Promise<void> {
    this.#count("local", +1);
    return this.#local.submit(task);
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
    if (here) this.statistics.addHedge(came.outcome === "cloud_failed");
    if (own) this.statistics.addSecondLook(came.outcome === "cloud");
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
    const model = this.#engine.fallbackModel();
    if (hedgeMs === undefined || model === undefined) return undefined;
    const { clock } = this.parts;
    const inMs = frame.startAtMs + hedgeMs - clock.nowMs();
    const hedge: LocalHedge = new LocalHedge(Math.max(0, inMs), clock, () => {
      void this.#bringHere({ frame, decided, model, hereAtMs: clock.nowMs(), hedge });
    });
    return hedge;
  }

  #taskEnded({ frame, decided }: LocalTask | CloudTask, ending: Ending): void {
    if (ending.outcome === "failed") this.#warnings.tell("a frame failed", ending.detail);
    this.#settle(frame, decided, ending);
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
    const [model, hereAtMs] = [this.#engine.fallbackModel(), this.parts.clock.nowMs()];
    const instead = insteadOfCloud(task, failure, { onCloudFailure, model, hereAtMs });
    const cannot = `Cannot offload to ${this.parts.node.cloud.description}`;
    this.#cloudWarnings.tell(`${cannot}, ${instead.clause}`, failure.why);
    if ("task" in instead) return instead.task;
    return void this.#settle(frame, decided, instead.ending);
  }

  /**
   * Brings a fallback, which is a local task like any other and holds no offload slot. While one waits
   * for room, no frame is let in for the cloud: no more fallbacks can come to wait than offloads were
   * queued and under way.
   */
  async #fallBack(task: LocalTask): Promise<void> {
    this.#fallbacksAtDoor++;
    this.#cloud.hold();
    await this.#bringHere(task);
    if (--this.#fallbacksAtDoor === 0) this.#cloud.release();
  }

  /** The rule of a place's queue dropped a task. */
  #queueFull(place: keyof Pending, dropped: LocalTask | CloudTask, why: string): void {
    const { frame, decided, ...task } = dropped;
    const { fallback, traffic, pass, hedge, own }: Partial<LocalTask & CloudTask> = task;
    this.#count(place, -1);
    if (hedge) return; // its frame is still on its way
    pass?.end("ignored");
    if (own) return this.#settle(frame, decided, own);
    this.#unlooked++;
    this.#warnings.tell("frames are dropped: the queue is full, or too slow");
    const detail = fallback === undefined ? why : `the cloud failed: ${fallback}; ${why}`;
    const cost = traffic ? { traffic } : {};
    this.#settle(frame, decided, { outcome: "dropped", detail, ...cost });
  }

  /** Puts a frame's outcome in the ledger and hands its result on. */
  #settle(frame: Frame, decided: Decided | undefined, ending: Ending): void {
    const latencyMs = this.parts.clock.nowMs() - frame.startAtMs;
    this.ledger.settle(frame.index, ending.outcome);
    this.statistics.add(ending, latencyMs, frame.startAtMs);
    this.#engine.settled(frame, ending, decided);
    this.#delivery.add({ frame, decided, ending, latencyMs });
  }

  /** Ends the run early: no more frames are captured, what is under way is finished. */
  #fail(error: unknown, doing: string): void {
    this.#failure ??= asSmarteyeError(error, doing);
    this.#stop.abort();
  }
}
