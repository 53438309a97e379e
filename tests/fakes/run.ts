/** A pipeline whose world is fake: time, source, inference, cloud and store. */

import { NO_TIMINGS } from "../../core/infer.ts";
import type { Decision } from "../../policies/offload/policy.ts";
import type { ControlPolicy } from "../../policies/offload/policy.ts";
import type { Frame } from "../../core/frame.ts";
import { seededRng } from "../../core/rng.ts";
import { DecisionEngine } from "../../edge/decision_engine.ts";
import { Estimates } from "../../edge/estimates.ts";
import { type Offloaded, OffloadError } from "../../edge/offload_client.ts";
import { Pipeline, type PipelineOptions, type PipelineParts } from "../../edge/pipeline.ts";
import type { Ending, FrameRecord } from "../../edge/record.ts";
import { FakeClock } from "../../core/fake_clock.ts";
import { profile } from "./models.ts";
import { FakeSource, type SourceScript } from "./source.ts";

/** What a fake run is made of; what is not said is made of things that work. */
export interface RunScript {
  readonly source?: SourceScript;
  readonly policy?: ControlPolicy;
  readonly options?: Partial<PipelineOptions>;
  readonly infer?: (clock: FakeClock) => PipelineParts["infer"];
  readonly offload?: (clock: FakeClock) => PipelineParts["client"]["offload"];
  /** Stores a record; may throw. */
  readonly store?: (clock: FakeClock) => (record: FrameRecord) => void | Promise<void>;
  /** Virtual time after which the run is told to drain. */
  readonly drainAtMs?: number;
  readonly localModels?: readonly string[];
}

/** The one car that fake inference finds, in a picture of 640×360. */
export const FOUND = {
  detections: [{ label: "car", class_id: 2, score: 0.9, box: [64, 36, 128, 72] }],
} as const;

/** An answer of the cloud to a picture that was sent at 320×180. */
export const ANSWER: Offloaded = {
  findings: { detections: [{ label: "car", class_id: 2, score: 0.8, box: [32, 18, 64, 36] }] },
  model: "accurate",
  width: 320,
  height: 180,
  server: "s1",
  cloudMs: 20,
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

/** A run with fakes, and what it left behind. */
export class FakeRun {
  readonly clock = new FakeClock();
  readonly source: FakeSource;
  readonly pipeline: Pipeline;
  readonly estimates = new Estimates();
  /** What was stored, in that order. */
  readonly stored: { frame: Frame; ending: Ending; record: FrameRecord }[] = [];
  /** The most inferences, and offloads, that were under way at once. */
  readonly most = { local: 0, cloud: 0 };
  /** Records that are being stored. */
  storing = 0;
  /** Bytes that the offloads cost, those that failed too. */
  readonly spent = { up: 0, down: 0 };
  readonly #underWay = { local: 0, cloud: 0 };
  readonly #drain = new AbortController();

  constructor(private readonly script: RunScript, seed = 1) {
    const { clock } = this;
    this.source = new FakeSource(script.source ?? { frames: 5 }, clock);
    const options: PipelineOptions = {
      service: "detection",
      intervalMs: 0,
      framesMax: 0,
      queueLengthMax: 4,
      overflow: "wait",
      offloadsMax: 2,
      localWorkers: 1,
      deadlineMs: 1000,
      onCloudFailure: "local",
      models: { directory: "", detection: [], classification: [], scoreThreshold: undefined },
      ...script.options,
    };
    const engine = new DecisionEngine({
      policy: { name: "scripted", decide: script.policy ?? always(LOCAL) },
      localModels: (script.localModels ?? ["fast"]).map((name, i) => profile(name, 5 + i, 13)),
      cloud: { available: true, models: [profile("accurate", 20, 45)] },
      estimates: this.estimates,
      rng: seededRng(seed),
    }, { ...options, pendingThreshold: 2, offloadHeight: 180, jpegQuality: 70 });
    const infer = script.infer?.(clock) ?? (() =>
      Promise.resolve({
        findings: FOUND,
        timingsMs: NO_TIMINGS,
      }));
    const store = script.store?.(clock);
    const offload = script.offload?.(clock) ?? (() => Promise.resolve(ANSWER));
    this.pipeline = new Pipeline({
      source: this.source,
      engine,
      estimates: this.estimates,
      infer: (picture, request) => this.#counted("local", () => infer(picture, request)),
      client: {
        description: "http://cloud",
        offload: (request) => this.#counted("cloud", () => this.#charged(offload(request))),
      },
      store: async (frame, ending, record) => {
        this.stored.push({ frame, ending, record });
        this.storing++;
        try {
          await store?.(record);
        } finally {
          this.storing--;
        }
      },
      clock,
      drain: this.#drain.signal,
    }, options);
  }

  /** Runs to the end, in virtual time; gives what ended it early, if something did. */
  async run() {
    const { drainAtMs } = this.script;
    if (drainAtMs !== undefined) {
      void this.clock.sleep(drainAtMs).then(() => this.#drain.abort());
    }
    return await this.clock.until(this.pipeline.run());
  }

  /** The records, in the order of their frames. */
  get records(): FrameRecord[] {
    return this.stored.map(({ record }) => record).sort((a, b) => a.frame - b.frame);
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
    this.most[place] = Math.max(this.most[place], ++this.#underWay[place]);
    try {
      return await work();
    } finally {
      this.#underWay[place]--;
    }
  }
}
