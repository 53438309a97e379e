/**
 * One source from its first frame to its last result: capture → filter → decide → infer here | offload →
 * settle. What it shares with other runs is its node's.
 */

import { asSmarteyeError, messageOf, type SmarteyeError } from "../core/errors.ts";
import type { Frame } from "../core/frame.ts";
import { logger, MINUTE_MS, SECOND_MS, Thinned } from "../core/log.ts";
import { readFrames } from "./capture/pace.ts";
import type { RunEnd, RunOptions, RunParts } from "./run_parts.ts";
import { type ClipCounts, Clips, NO_CLIPS } from "./clips/clips.ts";
import { outagesSince } from "./cloud/circuit_breaker.ts";
import { DecisionEngine, type Pending } from "./decision_engine.ts";
import { Delivery } from "./delivery.ts";
import type { FrameFilter } from "./filter/frame_filter.ts";
import { FrameLedger } from "./ledger.ts";
import type { Decided, Ending } from "./record.ts";
import { type AskedPolicy, ChangeLog, type RunChange, toldOf } from "./run_change.ts";
import { RunTasks } from "./run_tasks.ts";
import type { SinkTally } from "./sink/sink.ts";
import { Scene } from "./scene/scene.ts";
import { SourceAccount } from "./source_account.ts";
import { nothingInferred, RunStatistics } from "./statistics.ts";
import type { ZoneOptions } from "./zones/options.ts";
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
  readonly #tasks: RunTasks;
  readonly #delivery: Delivery;
  readonly #clips: Clips | undefined;
  readonly #warnings: Thinned;
  /** A cloud may fail for hours. */
  readonly #cloudWarnings: Thinned;
  readonly #stop = new AbortController();
  readonly #changes = new ChangeLog();
  /** What is to be changed before the next frame. */
  readonly #due: RunChange[] = [];
  #filter: FrameFilter | undefined;
  #asked: AskedPolicy;
  #failure: SmarteyeError | undefined;

  /**
   * Starts nothing before `run`.
   *
   * @throws {RangeError} if `queueLengthMax` is not a whole number of at least 1.
   */
  constructor(private readonly parts: RunParts, private readonly options: RunOptions) {
    const { node, sinks, policy, parameters, seed, clock } = parts;
    const { estimates, breaker, cloud, local } = node;
    // What waits gets old: of a live source the newest is to be next.
    const queueLengthMax = parts.source.live ? LIVE_QUEUE_MAX : options.queueLengthMax;
    this.name = options.name;
    this.#filter = parts.filter;
    this.#asked = { policy: parts.policy, parameters: parts.parameters };
    const { areStills = false } = parts.source;
    if (!(options.track ?? !areStills) && (options.rules ?? []).length > 0) {
      const { name } = this;
      log.warn("{name}: no rule is ever met, since things are not followed (track)", { name });
    }
    this.scene = new Scene({
      ...{ source: this.name, zones: options.zones ?? [], rules: options.rules ?? [] },
      ...{ track: options.track ?? !areStills, isOneScene: areStills },
    });
    this.#engine = new DecisionEngine({
      ...{ source: this.name, tracks: () => this.scene.tracks, policy, parameters, seed },
      ...{ local, cloud, breaker, estimates, clock },
    }, options);
    const warn = (message: string) => log.warn("{message}", { message });
    this.#warnings = new Thinned(warn, SECOND_MS, clock);
    this.#cloudWarnings = new Thinned(warn, MINUTE_MS, clock);
    this.#tasks = new RunTasks({
      ...{ node, clock, memory: this.#engine.memory, statistics: this.statistics },
      fallbackModel: () => this.#engine.fallbackModel(),
      ...{ warnings: this.#warnings, cloudWarnings: this.#cloudWarnings },
      settle: (frame, decided, ending) => this.#settle(frame, decided, ending),
    }, { ...options, queueLengthMax });
    this.#delivery = new Delivery({
      sinks,
      see: (ended) => {
        const result = this.scene.resultOf(ended);
        this.#clips?.see(result);
        return result;
      },
      pictures: node.pictures.share(),
      warnings: this.#warnings,
      onFailure: (error) => this.#fail(error, "store the results"),
    });
    this.#clips = this.#clipsOn(parts);
    this.account = new SourceAccount({
      ...{ name: this.name, live: parts.source.live, clock, warnings: this.#warnings },
      captured: () => this.ledger.counts().captured,
      note: (event) => this.#delivery.note(event),
    });
  }

  /** Frames that were decided about and have no outcome yet. */
  get pending(): Pending {
    return this.#tasks.pending;
  }

  /** Frames that wait for a place here, and to be sent. */
  get waiting(): Pending {
    return this.#tasks.waiting;
  }

  /** The policy that the next frame is decided by, and the model that is used wherever it is there, if one is. */
  get decides(): { readonly policy: string; readonly model: string | undefined } {
    const { policy, model } = this.#meant();
    return { policy: policy.name, model };
  }

  /** The zones and lines that count from the next frame on. */
  get zones(): readonly ZoneOptions[] {
    const due = this.#due.findLast(({ what }) => what === "zones");
    return due?.what === "zones" ? due.zones : this.scene.zones;
  }

  /** Why it has ended, or is about to; `undefined` where nothing is wrong. */
  get failure(): SmarteyeError | undefined {
    return this.#failure;
  }

  /**
   * Changes something from the next frame on. It is said, noted where results go, and told in the summary.
   *
   * @throws {SmarteyeError} `invalid_argument` when frames could not be decided about any more.
   */
  async change(change: RunChange): Promise<void> {
    const { policy, parameters, model } = this.#meant();
    if (change.what === "policy") await this.#engine.tryOut(change, model);
    if (change.what === "model") await this.#engine.tryOut({ policy, parameters }, change.model);
    this.#due.push(change);
  }

  /** What became of its clips. */
  get clips(): ClipCounts {
    return this.#clips?.counts ?? NO_CLIPS;
  }

  /** What became of its results at sinks that may lose some. */
  get sinks(): readonly SinkTally[] {
    return this.parts.sinks.flatMap(({ tally }) => tally ?? []);
  }

  /** Pictures that its sinks did not write, to keep the last room of a disk free. */
  get picturesLeftOut(): number {
    return this.parts.sinks.reduce((sum, { leftOut = 0 }) => sum + leftOut, 0);
  }

  /**
   * Runs to the end of the source, or until told to drain; then finishes what is under way and closes
   * the sinks. Other runs of the node go on.
   */
  async run(): Promise<RunEnd> {
    const { node: { breaker }, source, clock, seed } = this.parts;
    const startAtMs = clock.nowMs();
    const before = breaker.outages;
    await this.#capture().catch((error) => this.#fail(error, "read the source"));
    this.account.end();
    await this.#tasks.finish((error, doing) => this.#fail(error, doing));
    await this.#delivery.drain(async () => {
      const notes = this.scene.end();
      for (const note of notes) this.#delivery.note(note);
      await this.#clips?.end(notes);
    });
    this.#warnings.flush();
    this.#cloudWarnings.flush();
    const summary = this.statistics.summary({
      source: this.name,
      input: source.description,
      policy: this.#engine.policy,
      seed,
      ledger: this.ledger,
      outages: outagesSince(before, breaker.outages),
      totals: this.account.totals(),
      scene: this.scene.totals(),
      picturesLeftOut: this.picturesLeftOut,
      deleted: this.parts.deleted?.(),
      ...{ sinks: this.sinks, clips: this.clips, changes: this.#changes.records },
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

  #clipsOn({ tape, clock }: RunParts): Clips | undefined {
    const { rules = [], resultsDirectory: directory } = this.options;
    if (!tape || directory === undefined) return undefined;
    return new Clips({
      ...{ source: this.name, directory, rules, tape, clock, warnings: this.#warnings },
      tell: (note) => this.#delivery.noteAfter(note),
    });
  }

  /** Reads frames and decides about each, until there are no more or none are wanted. */
  async #capture(): Promise<void> {
    const { source, clock, drain } = this.parts;
    const { intervalMs, framesMax } = this.options;
    const signal = AbortSignal.any([drain, this.#stop.signal]);
    const frames = readFrames(source, {
      intervalMs,
      framesMax,
      dropped: () => this.#tasks.dropped,
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
    for (const change of this.#due.splice(0)) this.#apply(change, frame.index - 1);
    const { unreadable } = frame.picture;
    if (unreadable) {
      this.#warnings.tell("a frame cannot be read", unreadable.message);
      return this.#settle(frame, undefined, { outcome: "failed", detail: unreadable.message });
    }
    if (await this.#isKeptBack(frame)) return;
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
        return await this.#tasks.bringHere({ frame, decided, model, hereAtMs: frame.startAtMs });
      }
      case "cloud":
        return await this.#tasks.bringToCloud({ frame, decided, sending: decision });
      case "filter":
        return this.#settle(frame, decided, { outcome: "filtered", detail: decision.reason });
      default:
        return decision satisfies never;
    }
  }

  /** What holds for the next frame, with all that is to be changed before it. */
  #meant(): AskedPolicy & { readonly model: string | undefined } {
    let meant = { ...this.#asked, model: this.#engine.model };
    for (const change of this.#due) {
      if (change.what === "policy") meant = { ...meant, ...change };
      if (change.what === "model") meant = { ...meant, model: change.model };
    }
    return meant;
  }

  /** Changes what is due, between two frames. */
  #apply(change: RunChange, frame: number): void {
    switch (change.what) {
      case "policy":
        this.#asked = change;
        this.#engine.ask(change);
        change.onApplied?.();
        break;
      case "model":
        this.#engine.force(change.model);
        break;
      case "filter":
        this.#filter = change.filter;
        break;
      case "zones":
        this.scene.watch(change.zones);
        break;
      default:
        return change satisfies never;
    }
    const [{ what }, to] = [change, toldOf(change)];
    const at = new Date(this.parts.clock.epochMs()).toISOString();
    this.#changes.add({ what, to, frame, at });
    log.info("{name}: the {what} is {to} from now on", { name: this.name, what, to });
    this.account.noteChange(what, to, frame);
  }

  /** Has the filter look at the frame, which ends it where there is nothing to be inferred. */
  async #isKeptBack(frame: Frame): Promise<boolean> {
    const verdict = await this.#filter?.look(frame);
    if (!verdict) return false;
    this.statistics.addLook(verdict);
    const { skip, still } = verdict;
    if (skip === undefined) return false;
    const asItWas = still ? { still } as const : {};
    this.#settle(frame, undefined, { outcome: "filtered", detail: skip, ...asItWas });
    return true;
  }

  /** Puts a frame's outcome in the ledger and hands its result on. */
  #settle(frame: Frame, decided: Decided | undefined, ending: Ending): void {
    const latencyMs = this.parts.clock.nowMs() - frame.startAtMs;
    this.ledger.settle(frame.index, ending.outcome);
    this.statistics.add(ending, latencyMs, frame.startAtMs);
    this.#engine.settled(frame, ending, decided);
    this.#filter?.settled(frame.index, "findings" in ending ? ending : undefined);
    this.#delivery.add({ frame, decided, ending, latencyMs });
  }

  /** Ends the run early: no more frames are captured, what is under way is finished. */
  #fail(error: unknown, doing: string): void {
    this.#failure ??= asSmarteyeError(error, doing);
    this.#stop.abort();
  }
}
