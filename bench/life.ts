/**
 * Life against simulation: a real edge, forwarder and server, the link between them emulated, and the same
 * simulated on a profile of the same video that was taken on the same machine right before.
 *
 *   deno task bench:life [--rounds 3] [--video FILE [--truth FILE.jsonl]] [--edge-model NAME]
 *     [--cloud-model NAME] [--deadline 1000] [--network N --policy P]... [--keep DIR] [--json]
 *
 * Without a video it is the rendered street, 30 s at 8 frames a second. Edge, forwarder, server and decoding
 * share the cores of one machine, of which the simulation knows nothing: rates and models are to be such
 * that most of it is idle.
 */

import { basename, extname, join } from "node:path";
import { parseArgs } from "node:util";
import { percentile } from "../core/rolling_window.ts";
import { openNetwork } from "../lab/network/network.ts";
import { readLive } from "../lab/live/live_frames.ts";
import { readProfile } from "../lab/profile/profile_files.ts";
import { Recording } from "../lab/simulation/recording.ts";
import { type Score, scoreOf } from "../lab/simulation/score.ts";
import { simulate, type SimulatedFrame } from "../lab/simulation/simulate.ts";
import { LoadedPolicies } from "../lab/study/load_policies.ts";
import { givenParameters } from "../policies/given_parameters.ts";
import { done, type Started, started } from "./life/program.ts";
import { digits, spreadOf, table } from "./serve/table.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    video: { type: "string" },
    truth: { type: "string" },
    "edge-model": { type: "string", default: "smarteye_street" },
    "cloud-model": { type: "string", default: "smarteye_street" },
    deadline: { type: "string", default: "1000" },
    network: { type: "string", multiple: true },
    policy: { type: "string", multiple: true },
    keep: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

/** What is compared when nothing is said: a network and a policy each. */
const PAIRS = [
  ["constant:4mbit?delay=20", "always_local_fastest_model"],
  ["constant:4mbit?delay=20", "always_cloud_lowest_delay"],
  ["lte?delay=35", "always_cloud_lowest_delay"],
  ["steps:4mbit*4,300kbit*3?delay=30", "bench/life/slow_cloud_policy.ts"],
] as const;

const EDGE = { queueLengthMax: 10, offloadsMax: 4, offloadHeight: 240, jpegQuality: 80 };
const SEED = 1;

/** Share of the time in which somebody waited for a core, from which on a round is played again. */
const WAITING_MAX = 0.2;

/** Times that a profile is taken, at most, until the cores were free meanwhile. */
const PROFILES_MAX = 4;

const directory = values.keep ?? await Deno.makeTempDir({ prefix: "smarteye_life_" });
const deadlineMs = Number(values.deadline);
const models = [...new Set([values["edge-model"], values["cloud-model"]])];

/** Frames of a run, and what they are worth. */
interface Run {
  readonly frames: readonly SimulatedFrame[];
  readonly score: Score;
  /** Share of the time in which somebody waited for a core; `NaN` where the system does not tell. */
  readonly waiting?: number;
}

/** A network and a policy, lived and simulated. */
interface Compared {
  readonly network: string;
  readonly policy: string;
  readonly lives: readonly Run[];
  readonly simulated: Run;
}

/** What all processes go by. */
async function writeConfig(): Promise<string> {
  const path = join(directory, "life.ini");
  await Deno.mkdir(directory, { recursive: true });
  await Deno.writeTextFile(
    path,
    `[edge-setting]
queue_maxsize = ${EDGE.queueLengthMax}
worker_number = ${EDGE.offloadsMax}
offload_height = ${EDGE.offloadHeight}
jpeg_quality = ${EDGE.jpegQuality}
deadline_ms = ${deadlineMs}
local_workers = 1
seed = ${SEED}
[edge-model]
model1 = ${values["edge-model"]}
[preload-models]
model1 = ${values["cloud-model"]}
[object-detection]
${models.map((name, i) => `model${i + 1} = ${name}`).join("\n")}
[inference]
workers = 1
[models]
score_threshold = 0.3
`,
  );
  return path;
}

/** A video, and the labels of it where somebody made them. */
async function videoOf(config: string): Promise<readonly [video: string, truth: string[]]> {
  const { video, truth } = values;
  if (video) return [video, truth ? ["--truth", truth] : []];
  const path = join(directory, "street.mp4");
  const there = await Deno.stat(path).then(() => true, () => false);
  if (!there) await done(["sample", path, "--frames", "240", "--fps", "8"], config);
  return [path, ["--truth", path.replace(/\.mp4$/, ".truth.jsonl")]];
}

async function profiled(video: string, truth: readonly string[], config: string) {
  const out = join(directory, "profiles");
  const how = ["--heights", `${EDGE.offloadHeight}`, "--qualities", `${EDGE.jpegQuality}`];
  const what = ["-f", video, "-o", out, "--models", models.join(","), ...truth];
  for (let n = 1; n <= PROFILES_MAX; n++) {
    const [waitedMs, fromMs] = [await waitedForCoresMs(), performance.now()];
    await done(["lab", "profile", ...what, ...how], config);
    const waiting = (await waitedForCoresMs() - waitedMs) / (performance.now() - fromMs);
    if (!(waiting > WAITING_MAX) || n === PROFILES_MAX) break;
    await Deno.remove(out, { recursive: true });
  }
  return await readProfile(join(out, basename(video, extname(video))));
}

/** A real edge on the video, in real time. */
async function live(
  video: string,
  forwarder: Started,
  network: string,
  policy: string,
): Promise<Run> {
  const out = join(directory, "run");
  const [waitedMs, fromMs] = [await waitedForCoresMs(), performance.now()];
  await done([
    ...["edge", "-f", video, "--realtime", "--out", out, "--overwrite", "--no-images"],
    ...["--forwarder", `http://${forwarder.address}/image_handler`],
    ...["--emulate-network", network, "--policy", policy],
  ], join(directory, "life.ini"));
  const waiting = (await waitedForCoresMs() - waitedMs) / (performance.now() - fromMs);
  const { frames, recording } = await readLive(join(out, "results.jsonl"), profile);
  const score = scoreOf(recording, { edges: [frames], serverSeconds: 0 }, deadlineMs, SEED);
  return { frames, score, waiting };
}

/**
 * Has as many rounds as are wanted in which the cores were free for most of the time: up to thrice as many
 * are played, and those are kept in which others waited least. What came of them does not count.
 */
async function quietest(play: () => Promise<Run>): Promise<Run[]> {
  const rounds = Number(values.rounds);
  const played: Run[] = [];
  const isQuiet = ({ waiting = 0 }: Run) => !(waiting > WAITING_MAX);
  while (played.filter(isQuiet).length < rounds && played.length < 3 * rounds) {
    played.push(await play());
  }
  return played.toSorted((a, b) => (a.waiting ?? 0) - (b.waiting ?? 0)).slice(0, rounds);
}

/** Milliseconds in which somebody waited for a core, since the machine was started. */
async function waitedForCoresMs(): Promise<number> {
  const told = await Deno.readTextFile("/proc/pressure/cpu").catch(() => "");
  return Number(/^some .*total=(\d+)/.exec(told)?.[1] ?? NaN) / 1000;
}

/** The same, simulated. */
async function simulated(network: string, policy: string): Promise<Run> {
  const loaded = await policies.get(policy);
  const { frames } = profile;
  const machine = (model: string) => ({ workers: 1, speed: 1, models: [model] });
  const result = await simulate({
    ...{ recording, network: openNetwork(network, Deno.cwd()), policy: loaded },
    parameters: givenParameters(loaded, {}),
    setting: {
      ...{ deadlineMs, seed: SEED, edges: 1, frames: frames.length },
      edge: machine(values["edge-model"]),
      cloud: { servers: 1, ...machine(values["cloud-model"]) },
      options: { ...EDGE, overflow: "wait", onCloudFailure: "local", monitorIntervalMs: 2000 },
    },
  });
  if (result.failure) throw new Error(`Cannot simulate: ${result.failure}`);
  return { frames: result.edges[0]!, score: scoreOf(recording, result, deadlineMs, SEED) };
}

/** What is compared, of each run. */
const FIGURES = {
  "p95 ms": ({ latencyMs }: Score) => latencyMs?.p95 ?? NaN,
  "kB sent": ({ bytesUp }: Score) => bytesUp / 1000,
  "cloud %": ({ frames }: Score) => 100 * frames.cloud / frames.captured,
  "none %": ({ frames }: Score) => 100 * (frames.dropped + frames.failed) / frames.captured,
  "accuracy %": ({ accuracy }: Score) => 100 * accuracy.mean,
} as const;

/**
 * Mean latency, of each frame the median of the runs in which it had a result: what others did with the
 * cores in one of them does not count.
 */
function meanLatency(runs: readonly Run[]): number {
  const medians = runs[0]!.frames.flatMap((_, i) => {
    const had = runs.map(({ frames }) => frames[i]!).filter(({ point }) => point !== undefined);
    return percentile(had.map((frame) => frame.endedAtMs - frame.capturedAtMs), 50) ?? [];
  });
  return medians.reduce((sum, ms) => sum + ms, 0) / medians.length;
}

const config = await writeConfig();
const policies = new LoadedPolicies();
const [video, truth] = await videoOf(config);
const profile = await profiled(video, truth, config);
const recording = new Recording(profile);
const server = await started(["serve"], config);
const forwarder = await started(["forward", "--servers", server.address], config);
const given = values.network?.map((network, i) => [network, values.policy?.[i] ?? ""] as const);
const all: Compared[] = [];
try {
  for (const [network, policy] of given ?? PAIRS) {
    const lives = await quietest(() => live(video, forwarder, network, policy));
    all.push({ network, policy, lives, simulated: await simulated(network, policy) });
  }
} finally {
  await forwarder.stop();
  await server.stop();
  policies.close();
  if (!values.keep) await Deno.remove(directory, { recursive: true });
}

/** Figures of one network and policy, as rows. */
function rowsOf({ network, policy, lives, simulated }: Compared): string[][] {
  const [mean, means] = [meanLatency(lives), lives.map((run) => meanLatency([run]))];
  const before = meanLatency([simulated]);
  const range = [Math.min(...means), Math.max(...means)].map((ms) => digits(ms, 1)).join("–");
  const waiting = lives.map(({ waiting = NaN }) => digits(100 * waiting, 0)).join(", ");
  return [
    [
      ...[`${network}, ${basename(policy, ".ts")}`, "latency ms"],
      ...[`${digits(mean, 1)} (${range})`, digits(before, 1)],
      `${digits(100 * (before - mean) / mean, 1)} %`,
    ],
    ...Object.entries(FIGURES).map(([name, of]) => {
      const lived = lives.map(({ score }) => of(score));
      const [a, b] = [percentile(lived, 50)!, of(simulated.score)];
      const difference = name.endsWith("%")
        ? `${digits(b - a, 1)} points`
        : `${digits(100 * (b - a) / a, 1)} %`;
      return ["", name, spreadOf(lived, 1), digits(b, 1), difference];
    }),
    ["", "waiting for a core, % of the time", waiting, "", ""],
  ];
}

if (values.json) console.log(JSON.stringify(all));
else {
  const { head: { name, fps, models: known } } = profile;
  const service = known.map((model) => `${model.name} ${digits(model.serviceMs, 1)} ms`).join(", ");
  console.log(
    `${name}: ${profile.frames.length} frames, ${digits(fps, 1)}/s; at a Worker: ${service}\n`,
  );
  console.log(
    table(["network, policy", "what", "live", "simulated", "difference"], all.flatMap(rowsOf)),
  );
}
