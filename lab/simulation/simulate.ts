/**
 * Edges, their link and their cloud in simulated time. What decides, queues, sends, waits and learns is
 * the live edge's own code; only what is around it is simulated.
 */

import { FakeClock } from "../../core/fake_clock.ts";
import { seededRng, seedOf } from "../../core/rng.ts";
import { type CloudOptions, openCloudLink } from "../../edge/cloud/cloud_link.ts";
import { EdgeNode } from "../../edge/node.ts";
import type { RunOptions } from "../../edge/run_parts.ts";
import type { FrameResult, Sink } from "../../edge/sink/sink.ts";
import { SourceRun } from "../../edge/source_run.ts";
import type { LoadedPolicy } from "../../policies/loaded_policy.ts";
import type { ControlSnapshot } from "../../policies/offload/policy.ts";
import type { ParameterValues } from "../../policies/parameters.ts";
import type { Network } from "../network/network.ts";
import { SharedWay } from "../network/shared_way.ts";
import { CollectingSink } from "./collecting_sink.ts";
import type { Place, PointIndex, Recording } from "./recording.ts";
import { type CloudShape, SimulatedCloud } from "./simulated_cloud.ts";
import { type Machine, SimulatedLocal } from "./simulated_local.ts";
import { type RecordedPicture, SimulatedSource } from "./simulated_source.ts";
import { SimulatedTransport } from "./simulated_transport.ts";

/** What policies are compared in: everything but the policy, the video and the network. */
export interface Setting {
  /** Milliseconds after which a frame's result is of no use. */
  readonly deadlineMs: number;
  /** Of all that is left to chance. */
  readonly seed: number;
  /** Edges that share the link and the cloud. */
  readonly edges: number;
  /** Frames of each edge. */
  readonly frames: number;
  /** Each edge. */
  readonly edge: Machine;
  /** What all edges share. */
  readonly cloud: CloudShape;
  /** As the live edge's options of these names. */
  readonly options:
    & Pick<RunOptions, "offloadsMax" | "queueLengthMax" | "overflow" | "onCloudFailure">
    & Pick<RunOptions, "offloadHeight" | "jpegQuality">
    & Pick<CloudOptions, "monitorIntervalMs">;
}

/** A policy as it is asked in a simulation. */
export interface Contestant {
  /** Asked once a frame. */
  readonly policy: Pick<LoadedPolicy<ControlSnapshot>, "name" | "ask" | "needs">;
  /** Its own parameters. */
  readonly parameters: ParameterValues;
}

/** One simulation. */
export interface Scenario extends Contestant {
  /** What the cameras see. */
  readonly recording: Recording;
  /** Between the edges and their cloud. */
  readonly network: Network;
  /** All else. */
  readonly setting: Setting;
}

/** How a frame ended. `passed_over`: a newer one came before anybody had time for it. */
export type FrameOutcome = FrameResult["record"]["outcome"] | "passed_over";

/** What became of a frame that a camera delivered. */
export interface SimulatedFrame {
  /** Which frame of the recording. */
  readonly place: Place;
  /** When it was delivered, milliseconds. */
  readonly capturedAtMs: number;
  /** How it ended. */
  readonly outcome: FrameOutcome;
  /** When it ended. */
  readonly endedAtMs: number;
  /** How it was inferred; `undefined` when it was not. */
  readonly point: PointIndex | undefined;
  /** Whether it was meant for the cloud. */
  readonly toCloud: boolean;
  /** Bytes that were sent for it. */
  readonly bytesUp: number;
  /** What the policy said; empty where it was not asked. */
  readonly reason: string;
}

/** What came of a simulation. */
export interface Simulated {
  /** Of each edge, every frame in order of capture. */
  readonly edges: readonly (readonly SimulatedFrame[])[];
  /** Seconds that servers were at work, of all their Workers. */
  readonly serverSeconds: number;
  /** Frames that were encoded otherwise than was measured: their findings are those of the nearest. */
  readonly offGrid: number;
  /** What ended an edge early; `undefined` when nothing did. */
  readonly failure: string | undefined;
}

/** An edge of a simulation, before it runs. */
export interface EdgeToRun {
  /** Which one, from 1 on. */
  readonly edge: number;
  /** What its run calls its source. */
  readonly source: string;
  /** Of all that is left to chance in its run. */
  readonly seed: number;
}

/** Opens what takes an edge's results beside the simulation itself; its run closes it. */
export type OpenSinks = (edge: EdgeToRun) => Promise<readonly Sink[]>;

/**
 * Simulates. The same scenario comes to the same, to the last bit, whoever listens.
 *
 * @param openSinks what they write takes no simulated time.
 * @throws what it throws.
 */
export async function simulate(scenario: Scenario, openSinks?: OpenSinks): Promise<Simulated> {
  const { recording, network, setting } = scenario;
  const { seed, cloud: shape } = setting;
  const clock = new FakeClock();
  const cloud = new SimulatedCloud(recording, shape, clock, seededRng(seedOf(seed, 1)));
  const link = {
    up: new SharedWay(network.up, clock, seededRng(seedOf(seed, 2))),
    down: new SharedWay(network.down, clock, seededRng(seedOf(seed, 3))),
  };
  const edges = Array.from(
    { length: setting.edges },
    (_, i) => {
      const transport = new SimulatedTransport(link, cloud, clock, setting.edge.speed);
      return new SimulatedEdge(scenario, i, clock, transport);
    },
  );
  const ends = await clock.until(Promise.all(edges.map((edge) => edge.run(openSinks))));
  return {
    edges: edges.map((edge) => edge.frames()),
    serverSeconds: cloud.serverSeconds,
    offGrid: edges.reduce((sum, { offGrid }) => sum + offGrid, 0),
    failure: ends.find((failure) => failure !== undefined),
  };
}

/** One edge with one camera. */
class SimulatedEdge {
  /** Frames that were encoded otherwise than was measured. */
  offGrid = 0;
  readonly #sink = new CollectingSink();
  readonly #from: Place;
  readonly #afterMs: number;

  constructor(
    private readonly scenario: Scenario,
    private readonly index: number,
    private readonly clock: FakeClock,
    private readonly transport: SimulatedTransport,
  ) {
    const { recording: { profile: { frames, head } }, setting } = scenario;
    // Cameras see other things, and their frames do not come at the same instant.
    this.#from = Math.floor(index * frames.length / setting.edges);
    this.#afterMs = index * 1000 / (head.fps * setting.edges);
  }

  /** Plays the recording to its end. @returns what ended it early. */
  async run(openSinks: OpenSinks = () => Promise.resolve([])): Promise<string | undefined> {
    const { recording, setting, policy, parameters } = this.scenario;
    const { clock } = this;
    const options = optionsOf(setting);
    const seed = seedOf(setting.seed, 100 + this.index);
    const told = { edge: this.index + 1, source: options.name, seed };
    const sinks = await clock.outside(openSinks(told));
    const link = await openCloudLink(options, NO_MODELS, clock, this.transport);
    const node = new EdgeNode(new SimulatedLocal(recording, setting.edge, clock), link, clock);
    const source = new SimulatedSource(recording, {
      ...{ clock, speed: setting.edge.speed, from: this.#from, frames: setting.frames },
      afterMs: this.#afterMs,
      onEncoded: (encoding) => void (this.offGrid += recording.isMeasured(encoding) ? 0 : 1),
    });
    const run = new SourceRun({
      ...{ node, source, policy: inSimulatedTime(policy, clock), parameters, seed, clock },
      sinks: [this.#sink, ...sinks.map((sink) => outsideTime(sink, clock))],
      drain: NEVER,
    }, options);
    const { failure } = await run.run();
    await link.close();
    await node.close();
    return failure?.message;
  }

  /** What became of every frame. */
  frames(): readonly SimulatedFrame[] {
    const { recording, setting } = this.scenario;
    const { fps } = recording.profile.head;
    const ended = new Map(this.#sink.results.map((result) => [
      (result.frame.picture as RecordedPicture).place,
      result,
    ]));
    return Array.from({ length: setting.frames }, (_, i): SimulatedFrame => {
      const place = this.#from + i;
      const result = ended.get(place);
      if (result) return simulatedFrame(recording, place, result);
      const capturedAtMs = this.#afterMs + i * 1000 / fps;
      return {
        ...{ place, capturedAtMs, endedAtMs: capturedAtMs, outcome: "passed_over" },
        ...{ point: undefined, toCloud: false, bytesUp: 0, reason: "" },
      };
    });
  }
}

function simulatedFrame(
  recording: Recording,
  place: Place,
  { frame, ending, record }: FrameResult,
): SimulatedFrame {
  const { decision, outcome, latency_ms, bytes_up } = record;
  const [height, quality] = [decision?.height ?? undefined, decision?.quality ?? undefined];
  const encoding = height === undefined || quality === undefined ? undefined : { height, quality };
  const point = ending.outcome === "local"
    ? recording.wholePoint(ending.model)
    : ending.outcome === "cloud" && encoding
    ? recording.sentPoint(ending.model, encoding)
    : undefined;
  return {
    place,
    capturedAtMs: frame.startAtMs,
    outcome,
    endedAtMs: frame.startAtMs + latency_ms,
    point,
    toCloud: encoding !== undefined,
    bytesUp: bytes_up,
    reason: decision?.reason ?? "",
  };
}

/** One that answers from a thread of its own: no simulated time passes until it does. */
function inSimulatedTime(policy: Contestant["policy"], clock: FakeClock): Contestant["policy"] {
  return {
    ...{ name: policy.name, needs: policy.needs },
    ask: (snapshot, seed) => {
      const answer = policy.ask(snapshot, seed);
      return answer instanceof Promise ? clock.outside(answer) : answer;
    },
  };
}

/** One that writes to somewhere real: no simulated time passes until it has. */
function outsideTime(sink: Sink, clock: FakeClock): Sink {
  const { description, queueLengthMax, overflow, atOnce } = sink;
  return {
    ...{ description, queueLengthMax, overflow, atOnce },
    needsPicture: (ending, index) => sink.needsPicture(ending, index),
    write: (result) => clock.outside(sink.write(result)),
    flush: () => clock.outside(sink.flush?.() ?? Promise.resolve()),
    close: (summary) => clock.outside(sink.close(summary)),
  };
}

const NEVER = new AbortController().signal;

/** An edge that reckons with nothing until its forwarder says what it has. */
const NO_MODELS = { list: () => [], select: () => ({ chosen: [], missing: [] }) };

function optionsOf({ deadlineMs, options }: Setting): RunOptions & CloudOptions {
  return {
    ...options,
    ...{ deadlineMs, name: "camera", service: "detection", intervalMs: 0, framesMax: 0 },
    model: undefined,
    models: { directory: "", detection: [], classification: [], scoreThreshold: undefined },
    forwarderUrl: "http://forwarder:5000/image_handler",
  };
}
