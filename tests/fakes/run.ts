/** A node and runs whose world is fake: time, sources, inference, cloud and sinks. */

import { FakeClock } from "../../core/fake_clock.ts";
import { type InferRequest, NO_TIMINGS } from "../../core/infer.ts";
import { seededRng } from "../../core/rng.ts";
import type { CloudLink } from "../../edge/cloud/cloud_link.ts";
import type { LocalInference } from "../../edge/local_inference.ts";
import { EdgeNode } from "../../edge/node.ts";
import { type Offloaded, OffloadError } from "../../edge/cloud/offload_client.ts";
import type { FrameFilter } from "../../edge/filter/frame_filter.ts";
import type { FrameRecord } from "../../edge/record.ts";
import type { Sink } from "../../edge/sink/sink.ts";
import type { RunEnd, RunOptions } from "../../edge/run_parts.ts";
import { SourceRun } from "../../edge/source_run.ts";
import type { ControlPolicy, ControlSnapshot, Decision } from "../../policies/offload/policy.ts";
import type { LoadedPolicy } from "../../policies/loaded_policy.ts";
import { modelsOf, profile } from "./models.ts";
import { FakeSink, type SinkScript } from "./sink.ts";
import { FakeSource, type SourceScript } from "./source.ts";

/** What a fake node is made of; what is not said is made of things that work. */
export interface NodeScript {
  readonly infer?: (clock: FakeClock) => LocalInference["infer"];
  readonly offload?: (clock: FakeClock) => CloudLink["offload"];
  readonly localModels?: readonly string[];
  /** Local tasks at once. */
  readonly slots?: number;
  readonly offloadsMax?: number;
}

/** What a run at a fake node is made of. */
export interface SourceScripts {
  readonly source?: SourceScript;
  readonly policy?: ControlPolicy;
  /** One that is loaded, in place of `policy`. */
  readonly loaded?: Pick<LoadedPolicy<ControlSnapshot>, "name" | "ask" | "needs">;
  readonly options?: Partial<RunOptions>;
  readonly filter?: FrameFilter;
  /** What takes the results; one that keeps them, if not said. */
  readonly sinks?: readonly SinkScript[];
  /** Virtual time after which the run is told to drain. */
  readonly drainAtMs?: number;
}

/** A node with one run. */
export type RunScript = NodeScript & SourceScripts;

/** The one car that fake inference finds, in a picture of 640×360. */
export const FOUND = {
  detections: [{ label: "car", class_id: 2, score: 0.9, box: [64, 36, 128, 72] }],
} as const;

/** What fake inference comes to. */
export const INFERRED = { findings: FOUND, timingsMs: NO_TIMINGS };

/** An answer of the cloud to a picture that was sent at 320×180. */
export const ANSWER: Offloaded = {
  findings: { detections: [{ label: "car", class_id: 2, score: 0.8, box: [32, 18, 64, 36] }] },
  model: "accurate",
  width: 320,
  height: 180,
  server: "s1",
  timingsMs: { network: 100, queue: 3, infer: 15, answer: 2, total: 120 },
  traffic: { bytesUp: 1200, bytesDown: 300 },
};

/** A policy that always decides the same. */
export const always = (decision: Decision): ControlPolicy => () => decision;
export const LOCAL: Decision = { place: "local", model: "fast", reason: "here" };
export const CLOUD: Extract<Decision, { place: "cloud" }> = {
  place: "cloud",
  model: "accurate",
  height: 180,
  quality: 70,
  reason: "there",
};

/** A policy that is ready to be asked. */
export function scripted(policy: ControlPolicy, name = "scripted") {
  return {
    name,
    needs: [],
    ask: (snapshot: ControlSnapshot, seed: number) => policy(snapshot, seededRng(seed)),
  };
}

/** A node with fakes, and what it was asked for. */
export class FakeNode {
  readonly node: EdgeNode;
  /** The way to the cloud: what it says of itself may be changed. */
  readonly cloud: CloudLink;
  /** The most inferences, and offloads, that were under way at once. */
  readonly most = { local: 0, cloud: 0 };
  /** Inferences and offloads that are under way. */
  readonly underWay = { local: 0, cloud: 0 };
  /** Bytes that the offloads cost, those that failed too. */
  readonly spent = { up: 0, down: 0 };

  constructor(script: NodeScript = {}, readonly clock: FakeClock = new FakeClock()) {
    // Their types are said: which one is inferred depends on what the checker has seen before.
    const infer: LocalInference["infer"] = script.infer?.(clock) ??
      (() => Promise.resolve(INFERRED));
    const offload: CloudLink["offload"] = script.offload?.(clock) ??
      (() => Promise.resolve(ANSWER));
    this.cloud = {
      description: "http://cloud",
      offloadsMax: script.offloadsMax ?? 2,
      available: true,
      why: "",
      answers: true,
      models: [profile("accurate", 20, 45)],
      uplinkBytesPerSec: undefined,
      roundTripMs: undefined,
      retries: { sent: 0, denied: 0 },
      usedBytes: 0,
      allowanceBytes: 0,
      servers: () => [],
      offload: (request) => this.#counted("cloud", () => this.#charged(offload(request))),
    };
    this.node = new EdgeNode(
      {
        slots: script.slots ?? 2,
        workers: Math.ceil((script.slots ?? 2) / 2),
        models: (script.localModels ?? ["fast"]).map((name, i) => profile(name, 5 + i, 13)),
        infer: (picture, request: InferRequest) =>
          this.#counted("local", () => infer(picture, request)),
      },
      this.cloud,
      clock,
    );
  }

  async #charged(offloading: Promise<Offloaded>): Promise<Offloaded> {
    const charge = ({ bytesUp, bytesDown }: Offloaded["traffic"]) => {
      this.spent.up += bytesUp;
      this.spent.down += bytesDown;
    };
    try {
      const answer = await offloading;
      charge(answer.traffic);
      return answer;
    } catch (error) {
      if (error instanceof OffloadError) charge(error.traffic);
      throw error;
    }
  }

  async #counted<T>(place: "local" | "cloud", work: () => Promise<T>): Promise<T> {
    this.most[place] = Math.max(this.most[place], ++this.underWay[place]);
    try {
      return await work();
    } finally {
      this.underWay[place]--;
    }
  }
}

/** A run with fakes, and what it left behind. */
export class FakeRun {
  readonly clock: FakeClock;
  readonly source: FakeSource;
  readonly sinks: readonly FakeSink[];
  readonly run: SourceRun;
  readonly #drain = new AbortController();

  constructor(
    private readonly script: RunScript = {},
    seed = 1,
    readonly fake: FakeNode = new FakeNode(script),
    moreSinks: readonly Sink[] = [],
  ) {
    const { clock, node } = fake;
    this.clock = clock;
    this.source = new FakeSource(script.source ?? { frames: 5 }, clock);
    this.sinks = (script.sinks ?? [{}]).map((sink) => new FakeSink(sink, clock));
    const options: RunOptions = {
      name: "fake",
      service: "detection",
      intervalMs: 0,
      framesMax: 0,
      queueLengthMax: 4,
      overflow: "wait",
      offloadsMax: node.cloud.offloadsMax,
      deadlineMs: 1000,
      onCloudFailure: "local",
      models: modelsOf(""),
      offloadHeight: 180,
      jpegQuality: 70,
      ...script.options,
    };
    this.run = new SourceRun({
      node,
      source: this.source,
      sinks: [...this.sinks, ...moreSinks],
      policy: script.loaded ?? scripted(script.policy ?? always(LOCAL)),
      filter: script.filter,
      parameters: {},
      seed,
      clock,
      drain: this.#drain.signal,
    }, options);
  }

  /** Runs to the end, in virtual time. */
  async end(): Promise<RunEnd> {
    const { drainAtMs } = this.script;
    if (drainAtMs !== undefined) {
      void this.clock.sleep(drainAtMs).then(() => this.#drain.abort());
    }
    return await this.clock.until(this.run.run());
  }

  /** The records that the first sink was given, in that order. */
  get records(): readonly FrameRecord[] {
    return this.sinks[0]!.records;
  }
}
