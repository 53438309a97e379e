/** What an edge tells Prometheus: of each source what its run counts, and of the node what it knows. */

import type { Clock } from "../core/clock.ts";
import { type LabelValues, MetricsRegistry, named, type Reading } from "../web/metrics.ts";
import { SOURCE_STATES } from "./capture/source.ts";
import type { ClipCounts } from "./clips/clips.ts";
import { BREAKER_STATES } from "./cloud/circuit_breaker.ts";
import type { EdgeNode } from "./node.ts";
import type { EdgeRetention } from "./retention/edge_retention.ts";
import { tellRetention } from "./retention/retention_metrics.ts";
import type { Scene } from "./scene/scene.ts";
import type { SinkTally } from "./sink/sink.ts";
import type { SourceAccount } from "./source_account.ts";
import type { SourceRun } from "./source_run.ts";

/** Sources and kinds of what they leave out that are told apart. */
const LABEL_VALUES_MAX = 1000;

const OUTCOMES = ["local", "cloud", "filtered", "dropped", "failed"] as const;
const SINK_OUTCOMES = ["written", "dropped", "failed"] as const;
const CLIP_OUTCOMES = ["written", "failed"] as const;
const PLACES = ["local", "cloud"] as const;
const SEEN = ["nothing", "little", "change"] as const;

/** What a scrape reads of a run. */
export interface WatchedRun
  extends Pick<SourceRun, "name" | "ledger" | "statistics" | "waiting" | "picturesLeftOut"> {
  /** What its frames show. */
  readonly scene: Pick<Scene, "tracks" | "totals" | "occupancy">;
  /** What became of its results at sinks that may lose some. */
  readonly sinks: readonly SinkTally[];
  /** What became of its clips. */
  readonly clips: ClipCounts;
  /** What its source is doing. */
  readonly account: Pick<SourceAccount, "state" | "totals">;
}

/** What is told: it may grow while it is served. */
export interface Watched {
  /** What the runs share; absent until it is open. */
  node?: EdgeNode;
  /** What keeps results from filling the disk; absent until it is there. */
  retention?: Pick<EdgeRetention, "totals">;
  /** One for each source, those that have ended or could not be opened among them; their names differ. */
  readonly runs: WatchedRun[];
}

/** Metrics of an edge, read from its runs and its node whenever they are asked for. */
export class EdgeMetrics {
  readonly #registry = new MetricsRegistry("smarteye_edge_", LABEL_VALUES_MAX);

  /** Reads nothing yet. @param clock that of the runs. */
  constructor(private readonly watched: Watched, private readonly clock: Clock) {
    this.#frames();
    this.#source();
    this.#scene();
    this.#traffic();
    this.#queues();
    this.#cloud();
    this.#rules();
    this.#sinks();
    tellRetention(this.#registry, () => watched.retention?.totals);
  }

  /** What `GET /metrics` answers. */
  answer(): Promise<Response> {
    return this.#registry.answer();
  }

  #frames(): void {
    this.#registry.counted(
      named("captured_frames_total", "Frames captured", ["source"]),
      this.#eachRun(({ ledger }) => ledger.counts().captured),
    );
    this.#registry.counted(
      named("frames_total", "Captured frames that ended, by how", ["source", "outcome"]),
      this.#eachOf("outcome", OUTCOMES, ({ ledger }, outcome) => ledger.counts()[outcome]),
    );
    this.#registry.counted(
      named("filter_frames_total", "Frames that the filter looked at, by what it saw in them", [
        "source",
        "saw",
      ]),
      this.#eachOf("saw", SEEN, ({ statistics }, saw) => statistics.looks[saw]),
    );
    this.#registry.gauge(
      named("open_frames", "Captured frames that have not ended yet", ["source"]),
      this.#eachRun(({ ledger }) => ledger.pending),
    );
    this.#registry.counted(
      named("fallbacks_total", "Frames inferred here since the cloud failed on them", ["source"]),
      this.#eachRun(({ statistics }) => statistics.fallbacks),
    );
    this.#registry.counted(
      named("late_decisions_total", "Frames that the policy was late for", ["source"]),
      this.#eachRun(({ statistics }) => statistics.lateDecisions),
    );
    this.#registry.distribution(
      named("latency_seconds", "From capture to result, by where a frame was inferred", [
        "source",
        "place",
      ]),
      this.#eachOf("place", PLACES, ({ statistics }, place) => statistics.latencies[place]),
    );
    this.#registry.gauge(
      named(
        "newest_result_age_seconds",
        "Since the capture of the newest frame that was inferred or filtered",
        ["source"],
      ),
      () =>
        this.watched.runs.flatMap(({ name, statistics: { newestAtMs } }) =>
          newestAtMs === undefined
            ? []
            : [[{ source: name }, (this.clock.nowMs() - newestAtMs) / 1000] as const]
        ),
    );
  }

  #source(): void {
    this.#registry.gauge(
      named("source_state", "1 for what the source is doing, 0 for all else", ["source", "state"]),
      this.#eachOf("state", SOURCE_STATES, ({ account }, state) => account.state === state ? 1 : 0),
    );
    this.#registry.counted(
      named("passed_over_frames_total", "Frames of a live source that were not captured", [
        "source",
      ]),
      this.#eachRun(({ account }) => account.totals().passed_over),
    );
    this.#registry.counted(
      named("left_out_total", "What the source had and did not deliver, by what it is", [
        "source",
        "what",
      ]),
      () =>
        this.watched.runs.flatMap(({ name, account }) =>
          Object.entries(account.totals().left_out).map(([what, count]) =>
            [{ source: name, what }, count] as const
          )
        ),
    );
    this.#registry.counted(
      named("interruptions_total", "Times that a live source was stalled or lost", ["source"]),
      this.#eachRun(({ account }) => account.totals().interruptions.count),
    );
    this.#registry.counted(
      named("interruption_seconds_total", "How long a live source was stalled or lost", ["source"]),
      this.#eachRun(({ account }) => account.totals().interruptions.seconds),
    );
  }

  #scene(): void {
    this.#registry.counted(
      named("tracks_total", "Things that were followed", ["source"]),
      this.#eachRun(({ scene }) => scene.totals().tracks),
    );
    this.#registry.gauge(
      named("tracks", "Things that are followed, in the latest result", ["source"]),
      this.#eachRun(({ scene }) => scene.tracks),
    );
    this.#registry.gauge(
      named("zone_things", "Things that are in a zone", ["source", "zone"]),
      () =>
        this.watched.runs.flatMap(({ name, scene }) =>
          Object.entries(scene.occupancy()).map(([zone, things]) =>
            [{ source: name, zone }, things] as const
          )
        ),
    );
    this.#registry.counted(
      named("line_crossings_total", "Things that crossed a line", ["source", "line", "direction"]),
      () =>
        this.watched.runs.flatMap(({ name, scene }) =>
          Object.entries(scene.totals().lines).flatMap(([line, counts]) =>
            (["in", "out"] as const).map((direction) =>
              [{ source: name, line, direction }, counts[direction]] as const
            )
          )
        ),
    );
  }

  #traffic(): void {
    this.#registry.counted(
      named("sent_bytes_total", "Bytes of frames sent to the cloud, with HTTP headers", ["source"]),
      this.#eachRun(({ statistics }) => statistics.traffic.bytesUp),
    );
    this.#registry.counted(
      named("received_bytes_total", "Bytes of the cloud's answers, with HTTP headers", ["source"]),
      this.#eachRun(({ statistics }) => statistics.traffic.bytesDown),
    );
  }

  #queues(): void {
    this.#registry.gauge(
      named("queue_length", "Frames that wait to be inferred here, or to be sent", [
        "source",
        "place",
      ]),
      this.#eachOf("place", PLACES, ({ waiting }, place) => waiting[place]),
    );
    this.#registry.gauge(
      named("tasks_under_way", "Frames being inferred here, or sent, of all sources", ["place"]),
      this.#ofNode(({ localTasks, offloads }) => [
        [{ place: "local" }, localTasks.running],
        [{ place: "cloud" }, offloads.running],
      ]),
    );
  }

  #cloud(): void {
    this.#registry.gauge(
      named("cloud_up", "1 if the forwarder answers, else 0", []),
      this.#ofNode(({ cloud }) => [[{}, cloud.answers ? 1 : 0]]),
    );
    this.#registry.gauge(
      named("breaker_state", "1 for what the breaker before the cloud is, 0 for all else", [
        "state",
      ]),
      this.#ofNode(({ breaker }) =>
        BREAKER_STATES.map((state) => [{ state }, breaker.state === state ? 1 : 0])
      ),
    );
    this.#registry.counted(
      named("cloud_outages_total", "Times that no frame was sent since the cloud failed", []),
      this.#ofNode(({ breaker }) => [[{}, breaker.outages.count]]),
    );
    this.#registry.counted(
      named("cloud_outage_seconds_total", "How long no frame was sent since the cloud failed", []),
      this.#ofNode(({ breaker }) => [[{}, breaker.outages.totalMs / 1000]]),
    );
    this.#registry.gauge(
      named("uplink_bytes_per_second", "What the link to the cloud carries, where it is known", []),
      this.#ofNode(({ cloud: { uplinkBytesPerSec } }) =>
        uplinkBytesPerSec === undefined ? [] : [[{}, uplinkBytesPerSec]]
      ),
    );
  }

  #rules(): void {
    this.#registry.counted(
      named("rule_alerts_total", "Times that a rule was met, by whether that was told", [
        "source",
        "rule",
        "outcome",
      ]),
      () =>
        this.watched.runs.flatMap(({ name, scene }) =>
          Object.entries(scene.totals().rules).flatMap(([rule, { alerts, suppressed }]) =>
            ([["told", alerts], ["suppressed", suppressed]] as const).map(([outcome, count]) =>
              [{ source: name, rule, outcome }, count] as const
            )
          )
        ),
    );
    this.#registry.counted(
      named("clips_total", "Clips of events, by what became of them", ["source", "outcome"]),
      this.#eachOf("outcome", CLIP_OUTCOMES, ({ clips }, outcome) => clips[outcome]),
    );
  }

  #sinks(): void {
    this.#registry.counted(
      named("sink_records_total", "Results given to sinks that may lose some, by what became", [
        "source",
        "sink",
        "outcome",
      ]),
      () =>
        this.watched.runs.flatMap(({ name, sinks }) =>
          sinks.flatMap((tally) =>
            SINK_OUTCOMES.map((outcome) =>
              [{ source: name, sink: tally.name, outcome }, tally[outcome]] as const
            )
          )
        ),
    );
    this.#registry.counted(
      named("pictures_left_out_total", "Pictures not written, to keep a disk's room free", [
        "source",
      ]),
      this.#eachRun(({ picturesLeftOut }) => picturesLeftOut),
    );
  }

  /** A reading of each run. */
  #eachRun(read: (run: WatchedRun) => number): () => Reading<"source">[] {
    return () => this.watched.runs.map((run) => [{ source: run.name }, read(run)]);
  }

  /** A reading of each run for each value of a label. */
  #eachOf<Label extends string, const Value extends string, Read>(
    label: Label,
    values: readonly Value[],
    read: (run: WatchedRun, value: Value) => Read,
  ): () => Reading<"source" | Label, Read>[] {
    return () =>
      this.watched.runs.flatMap((run) =>
        values.map((value) =>
          [
            { source: run.name, [label]: value } as LabelValues<"source" | Label>,
            read(run, value),
          ] as const
        )
      );
  }

  /** Readings of the node, once there is one. */
  #ofNode<Label extends string>(
    read: (node: EdgeNode) => Reading<Label>[],
  ): () => Reading<Label>[] {
    return () => this.watched.node ? read(this.watched.node) : [];
  }
}
