/** One inference server: its channel, how it is, and what of ours it has. */

import { type Clock, OVER } from "../core/clock.ts";
import { isSmarteyeError, messageOf, SmarteyeError } from "../core/errors.ts";
import type { LoadReport, ModelStatus, ServerLoad } from "../core/model.ts";
import { isMeant, parseReference } from "../core/reference.ts";
import type { Rng } from "../core/rng.ts";
import { within } from "../core/within.ts";
import type { DispatchCandidate, ReportedRates } from "../policies/dispatch/policy.ts";
import type { NotOffered, ServerSeen } from "../proto/http_codec.ts";
import type { Backend, CallLimits, ServerNews } from "./backend.ts";
import { Ejection } from "./ejection.ts";
import { LatencyByLoad } from "./latency_by_load.ts";
import { type LatencySeen, slowness } from "./latency_outlier.ts";
import { Lease } from "./lease.ts";
import { PeakEwma } from "./peak_ewma.ts";
import { RecentLatencies } from "./recent_latency.ts";
import { ServerHistory } from "./server_history.ts";

/** `ready` takes requests; `draining` finishes what it has; `down` does not answer. */
export type ServerState =
  | { readonly kind: "ready" }
  | { readonly kind: "draining" }
  | { readonly kind: "down"; readonly why: string };

/** Told when a server becomes ready, draining or down; not when it stays so. */
export type StateListener = (server: string, state: ServerState) => void;

/** Why a model that draws is not offered. */
const DRAWS =
  "it draws on the frame and does not tell what it found: only the original's form is " +
  "answered with that";

/** What is known of one server, and the way to it. Down until the first look. */
export class Server {
  /** What became of it and of its requests, for people. */
  readonly history: ServerHistory;
  readonly #latency: PeakEwma;
  readonly #latencyByLoad: LatencyByLoad;
  readonly #ejection: Ejection;
  readonly #recent: RecentLatencies;
  #state: ServerState = { kind: "down", why: "not seen yet" };
  #announced = false;
  /** Since when it takes requests, on the clock's `nowMs`. */
  #readyAtMs = -Infinity;
  /** What its watch says; `undefined` without one. */
  #serving: boolean | undefined;
  #models: readonly ModelStatus[] = [];
  #drawing: readonly string[] = [];
  #notOffered: readonly NotOffered[] = [];
  #load: ServerLoad | undefined;
  #isLoadUntold = false;
  #inFlight = 0;
  #inFlightAtLoad = 0;
  #report: { readonly report: LoadReport; readonly atMs: number } | undefined;
  /** Times that it was found down, by a call or by a look. */
  #losses = 0;
  /** Aborted when a look finds that it hangs or is gone; another one from its next sign of life on. */
  #upTime = new AbortController();
  readonly #gone = new AbortController();
  #retired = false;
  #idle = Promise.withResolvers<void>();

  /** Takes over the channel: it is closed with the server. */
  constructor(
    /** `host:port`, as configured. */
    readonly name: string,
    /** Where its calls go. */
    readonly backend: Backend,
    private readonly clock: Clock,
    private readonly onState: StateListener,
    rng: Rng,
  ) {
    this.#latency = new PeakEwma(clock);
    this.#latencyByLoad = new LatencyByLoad(clock);
    this.#ejection = new Ejection(clock, rng);
    this.#recent = new RecentLatencies(clock);
    this.history = new ServerHistory(clock);
  }

  /** How it was when it was last heard, or why it was not. */
  get state(): ServerState {
    return this.#state;
  }

  /** Whether it takes requests now. */
  get isReady(): boolean {
    return this.#state.kind === "ready";
  }

  /** Whether it takes requests, but went wrong at so many that others are asked. */
  get isEjected(): boolean {
    return this.#ejection.why !== undefined;
  }

  /** Aborts when it leaves the pool: nothing more is to be known of it. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Milliseconds since it came up, or since it is passed over no more. */
  get servingForMs(): number {
    const { endedAtMs } = this.#ejection;
    const nowMs = this.clock.nowMs();
    // While it is passed over it may be asked all the same, for want of others.
    return nowMs - (endedAtMs > nowMs ? this.#readyAtMs : Math.max(this.#readyAtMs, endedAtMs));
  }

  /** Models that it could infer with when it was last heard. */
  get models(): readonly ModelStatus[] {
    return this.#models;
  }

  /** Requests of ours that it has not answered yet. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Whether it had the model, `name` or `name@version`, when it was last heard. */
  has(model: string): boolean {
    const meant = parseReference(model);
    return this.#models.some((one) => isMeant(meant, one));
  }

  /** Whether it had a model of that name, when it was last heard, that draws what it finds. */
  draws(model: string): boolean {
    return this.#drawing.includes(model);
  }

  /** What a dispatch policy is told of it. */
  candidate(): DispatchCandidate {
    return {
      name: this.name,
      inFlight: this.#inFlight,
      load: this.#load,
      inFlightAtLoad: this.#inFlightAtLoad,
      latencyMs: this.#latency.read(),
      latencyNowMs: this.#latencyByLoad.read(this.#inFlight),
      report: this.#reported(),
    };
  }

  /** What users are told of it. */
  seen(): ServerSeen {
    const state = this.#state;
    return {
      name: this.name,
      state: state.kind,
      detail: state.kind === "down" ? state.why : this.#ejection.why ?? "",
      inFlight: this.#inFlight,
      load: this.#load,
      isLoadUntold: this.#isLoadUntold,
      models: this.#models,
      notOffered: [
        ...this.#drawing.map((name) => ({ name, why: DRAWS })),
        ...this.#notOffered,
      ],
    };
  }

  /** What is known of how long its answers for a model take; nothing before the first request. */
  latencyOf(model: string): LatencySeen | undefined {
    return this.#recent.of(model);
  }

  /** Whether it was removed: it takes nothing new. */
  get isRetired(): boolean {
    return this.#retired;
  }

  /** Takes a place on it, for a model where that is known. @throws {SmarteyeError} `unavailable` when retired. */
  lease(model?: string): Lease {
    if (this.#retired) {
      throw new SmarteyeError("unavailable", `Cannot take a lease of ${this.name}: it was removed`);
    }
    const takenAtMs = this.clock.nowMs();
    const others = this.#inFlight++;
    if (others === 0) this.#idle = Promise.withResolvers();
    const recent = model === undefined ? undefined : this.#recent.asked(model);
    return new Lease(this.name, this.#upTime.signal, (outcome) => {
      const tookMs = this.clock.nowMs() - takenAtMs;
      if (outcome === "success") {
        this.#latency.observe(tookMs);
        this.#latencyByLoad.observe(others, tookMs);
        recent?.observe(tookMs, others);
      } else {
        this.#latency.atLeast(tookMs);
        // One that was lost or refused has not been waited for to the end.
        if (outcome === "ignored") recent?.atLeast(tookMs, others);
      }
      this.history.ended(outcome, tookMs);
      if (--this.#inFlight === 0) this.#idle.resolve();
    });
  }

  /** Notes that it answered a call. */
  noteSuccess(): void {
    this.#ejection.succeeded();
  }

  /** Notes that it failed a call. @returns why others are asked from now on, if that was one too many. */
  noteFailure(message: string): string | undefined {
    return this.#ejection.failed(message) ? this.#ejected() : undefined;
  }

  /**
   * Compares how long its answers for a model take with those of others.
   *
   * @returns why others are asked from now on, if they take too long.
   */
  noteSlowness(model: string, others: () => readonly LatencySeen[]): string | undefined {
    const recent = this.#recent.of(model);
    const why = recent && slowness(recent, others);
    if (why === undefined || !this.#ejection.slow(`with ${JSON.stringify(model)} ${why}`)) {
      return undefined;
    }
    recent!.restart();
    return this.#ejected();
  }

  /** Notes the load that it told along with an answer, if it did, while the answer's lease still runs. */
  noteLoad(load: ServerLoad | undefined): void {
    if (load === undefined) return;
    this.#load = load;
    this.#inFlightAtLoad = this.#inFlight;
  }

  /** Notes what it reported of its work, be it with an answer or with a refusal. */
  noteReport(report: LoadReport): void {
    this.#report = { report, atMs: this.clock.nowMs() };
  }

  /** Notes that it no longer has a model, until it says that it has. */
  forget(model: string): void {
    const meant = parseReference(model);
    this.#models = this.#models.filter((one) => !isMeant(meant, one));
    this.#drawing = this.#drawing.filter((name) => name !== model);
  }

  /**
   * Notes what its watch says: whether it takes requests, or `undefined` when there is nobody any more
   * who would tell. That it does not holds against looks, which may have been asked for before.
   */
  noteServing(serving: boolean | undefined): void {
    this.#serving = serving;
    if (serving !== false) return;
    this.#losses++;
    if (this.isReady) this.#change({ kind: "draining" });
  }

  /**
   * Passes over it from now until it is heard again, because it refused a call or did not answer.
   * Other calls go on: one that drains refuses what is new, and answers what it has.
   */
  passOver(why: string): void {
    this.#losses++;
    this.#change({ kind: "down", why });
  }

  /**
   * Asks it how it is. One that says nothing in time hangs or is gone: calls that it has are given
   * up. One that refuses only is passed over: it may be leaving, and answers what it has. An answer
   * that was asked for before a call failed does not bring it back. Never rejects.
   */
  async look(limits: CallLimits): Promise<void> {
    const lossesBefore = this.#losses;
    let status;
    try {
      status = await this.backend.status(limits);
    } catch (error) {
      if (limits.signal.aborted) return;
      if (!isSmarteyeError(error, "deadline_exceeded")) return this.passOver(messageOf(error));
      const why = `it did not say how it is within ${limits.deadlineMs} ms`;
      this.passOver(why);
      this.#upTime.abort(why);
      return;
    }
    this.#heard(status, lossesBefore);
  }

  /**
   * Takes no new lease, and closes the channel when the last one has ended. Calls that have no
   * answer after `graceMs` milliseconds are given up.
   */
  async retire(graceMs: number): Promise<void> {
    this.#leave();
    if (this.#inFlight > 0) await within(graceMs, this.#idle.promise, this.clock);
    this.close();
  }

  /** Closes the channel; calls that it has are given up. */
  close(): void {
    this.#leave();
    this.#upTime.abort("it was removed");
    this.backend.close();
  }

  #ejected(): string | undefined {
    const { why = "", endedAtMs } = this.#ejection;
    this.history.ejected(why, endedAtMs);
    return why;
  }

  #leave(): void {
    this.#retired = true;
    this.#gone.abort(OVER);
  }

  #reported(): ReportedRates | undefined {
    if (!this.#report) return undefined;
    const { report: { utilization, requestsPerSecond, failuresPerSecond }, atMs } = this.#report;
    const agoMs = this.clock.nowMs() - atMs;
    return { utilization, requestsPerSecond, failuresPerSecond, agoMs };
  }

  #heard(status: ServerNews, lossesBefore: number): void {
    this.history.heard();
    this.#isLoadUntold = status.load === undefined;
    this.noteLoad(status.load);
    this.#models = status.models;
    this.#drawing = status.drawing ?? [];
    this.#notOffered = status.notOffered ?? [];
    if (this.#losses !== lossesBefore || this.#retired) return;
    if (this.#upTime.signal.aborted) this.#upTime = new AbortController();
    const takes = !status.draining && this.#serving !== false;
    if (takes && !this.isReady) {
      const nowMs = this.clock.nowMs();
      // One that is seen for the first time may have been up for long.
      this.#readyAtMs = this.#announced ? nowMs : nowMs - (status.uptimeMs ?? 0);
    }
    this.#change({ kind: takes ? "ready" : "draining" });
  }

  #change(state: ServerState): void {
    const changed = !this.#announced || this.#state.kind !== state.kind;
    this.#state = state;
    this.#announced = true;
    if (changed) this.history.changed(state.kind, state.kind === "down" ? state.why : "");
    if (changed && !this.#retired) this.onState(this.name, state);
  }
}
