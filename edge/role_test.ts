/** The role with the program's own detector, and the rest of the world in the test's hands. */

import assert from "node:assert/strict";
import { systemClock } from "../core/clock.ts";
import { SmarteyeError } from "../core/errors.ts";
import { seededRng } from "../core/rng.ts";
import type { RoleDeps } from "../core/role.ts";
import { Folder } from "../tests/fakes/folder.ts";
import { refused } from "../tests/fakes/refused.ts";
import { FakeClock } from "../core/fake_clock.ts";
import { FakeSink } from "../tests/fakes/sink.ts";
import { CAPTURE_DEFAULTS } from "./capture/open_source.ts";
import { StreetSource } from "./capture/street.ts";
import type { EdgeOptions } from "./options.ts";
import { run } from "./role.ts";
import type { EdgeWorld } from "./runs.ts";
import { openFileSinks } from "./sink/file_sinks.ts";
import type { Summary } from "./statistics.ts";
import { modelsOf } from "../tests/fakes/models.ts";

const clear = () => Promise.resolve();
const FRAMES = 6;

/** A world with a short street, and what became of it. */
async function world(folder: Folder, said: Partial<EdgeOptions> = {}) {
  const source = await StreetSource.open(`synthetic:?width=128&height=96&frames=${FRAMES}`);
  const sink = new FakeSink({ pictures: true }, new FakeClock());
  const closed: string[] = [];
  const asked: unknown[] = [];
  const edge: EdgeWorld = {
    takePlaces: ({ sources }) => {
      const places = new Map(
        sources.map(({ name }) => [name, { directory: `the results of ${name}`, clear }]),
      );
      const giveBack = () => Promise.resolve(void closed.push("places"));
      return Promise.resolve({ places, [Symbol.asyncDispose]: giveBack });
    },
    openSource: (options) => {
      asked.push(options.source);
      return Promise.resolve(Object.assign(source, {
        close: () => Promise.resolve(void closed.push("source")),
      }));
    },
    openSinks: (options) => {
      asked.push(options.resultsDirectory);
      return Promise.resolve([sink]);
    },
  };
  const options: EdgeOptions = {
    sources: [{
      ...CAPTURE_DEFAULTS,
      name: "door",
      source: "the door",
      intervalMs: 0,
      framesMax: 0,
      controlPolicy: "always_local_fastest_model",
      overflow: "wait",
      resultsDirectory: "the results",
      images: "all",
      events: "none",
      zones: [],
    }],
    service: "detection",
    model: undefined,
    models: modelsOf(folder.path),
    edgeModels: [],
    queueLengthMax: 4,
    offloadsMax: 1,
    localWorkers: 1,
    cores: 1,
    policyParameters: {},
    seed: 1,
    decisionMs: 50,
    offloadHeight: 240,
    jpegQuality: 80,
    deadlineMs: 1000,
    onCloudFailure: "local",
    forwarderUrl: "http://127.0.0.1:9/image_handler",
    monitorIntervalMs: 60_000,
    overwrite: false,
    json: true,
    ...said,
  };
  const printed: string[] = [];
  const deps: RoleDeps = {
    clock: systemClock,
    rng: seededRng(1),
    drain: new AbortController().signal,
    print: (line) => void printed.push(line),
  };
  const start = () => run(options, deps, edge);
  return { start, options, deps, edge, sink, closed, asked, printed };
}

Deno.test("a node and a run of whatever source and sinks there are: all frames arrive, all is closed", async () => {
  await using folder = new Folder();
  const { start, sink, closed, asked, printed } = await world(folder);
  assert.equal(await start(), 0);
  assert.deepEqual(asked, ["the door", "the results of door"]);
  assert.deepEqual(sink.records.map(({ frame, outcome }) => [frame, outcome]), [
    [1, "local"],
    [2, "local"],
    [3, "local"],
    [4, "local"],
    [5, "local"],
    [6, "local"],
  ]);
  assert.deepEqual(JSON.parse(printed[0]!), JSON.parse(JSON.stringify(sink.closed?.summary)));
  assert.deepEqual([sink.closed?.summary?.frames.local, closed], [FRAMES, ["source", "places"]]);
});

Deno.test("where there is nothing to infer with, nothing is written, and what was opened is closed", async () => {
  await using folder = new Folder();
  const { start, sink, closed } = await world(folder, { model: "nonesuch" });
  assert.match(await refused(start, "invalid_argument"), /Cannot find the model "nonesuch"/);
  assert.deepEqual([sink.closed, closed], [undefined, ["source", "places"]]);
});

Deno.test("decisions are recorded, a line a frame, with no password of the camera's", async () => {
  await using folder = new Folder();
  const { options, deps, sink, edge } = await world(folder);
  const recording = { path: folder.file("recorded/door.decisions.jsonl"), overwrite: false };
  const [one] = options.sources;
  const source = "rtsp://viewer:hush-hush@192.0.2.1/1";
  const resultsDirectory = folder.file("results");
  const sources = [{ ...one!, source, recording, images: "none" as const }];
  const place = { directory: resultsDirectory, clear };
  const status = await run({ ...options, sources }, deps, {
    ...edge,
    takePlaces: () =>
      Promise.resolve({
        places: new Map([["door", place]]),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
    openSource: async (options, around) =>
      Object.assign(await edge.openSource(options, around), { description: source }),
    openSinks: async (...given) => [sink, ...await openFileSinks(...given)],
  });
  assert.equal(status, 0);
  const text = Deno.readTextFileSync(recording.path);
  assert.ok(!text.includes("hush-hush"), "no password");
  const [head, ...lines] = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(
    [head.source, head.policy, head.control_policy, head.seed],
    ["door", "always_local_fastest_model", "always_local_fastest_model", 1],
  );
  assert.deepEqual(lines.map(({ frame }) => frame), sink.records.map(({ frame }) => frame));
  assert.ok(
    lines.every(({ outcome, snapshot }) => outcome === "local" && snapshot.source === "door"),
  );
});

/** An edge of several sources: what each is called says how it behaves. */
async function several(names: readonly string[], said: Partial<EdgeOptions> = {}) {
  await using folder = new Folder();
  const { options, deps: known, printed } = await world(folder);
  const shown: string[] = [];
  const drain = new AbortController();
  const deps: RoleDeps = {
    ...{ ...known, drain: drain.signal },
    progress: (line) => void shown.push(line),
  };
  const events: string[] = [];
  const sinks = new Map<string, FakeSink>();
  const goodEnded = Promise.withResolvers<void>();
  const edge: EdgeWorld = {
    takePlaces: ({ sources }) => {
      events.push("places taken");
      const places = new Map(
        sources.map(({ name }) => [name, { directory: `there/${name}`, clear }]),
      );
      const giveBack = () => Promise.resolve(void events.push("places given back"));
      return Promise.resolve({ places, [Symbol.asyncDispose]: giveBack });
    },
    openSource: async ({ name }, { drain: unwanted }) => {
      events.push(`${name} opened`);
      if (name.startsWith("silent")) {
        if (names.includes("good")) await goodEnded.promise;
        drain.abort();
        assert.ok(unwanted?.aborted, "it is told");
        throw new SmarteyeError("unavailable", `Cannot read ${name}: it is not wanted any more`);
      }
      if (name.startsWith("slow")) await goodEnded.promise;
      if (name.startsWith("gone")) throw new SmarteyeError("unavailable", `Cannot reach ${name}`);
      const source = await StreetSource.open(`synthetic:?width=64&height=64&frames=${FRAMES}`);
      const broken = async function* (signal: AbortSignal) {
        for await (const picture of StreetSource.prototype.pictures.call(source, signal)) {
          yield picture;
          throw new SmarteyeError("unavailable", `Cannot read on: ${name} broke`);
        }
      };
      return Object.assign(source, {
        close: () => Promise.resolve(void events.push(`${name} closed`)),
        ...(name.startsWith("broken") ? { pictures: broken } : {}),
      });
    },
    openSinks: ({ name, resultsDirectory }) => {
      assert.equal(resultsDirectory, `there/${name}`);
      if (name.startsWith("full")) {
        return Promise.reject(new SmarteyeError("failed_precondition", "Cannot write: no space"));
      }
      const sink = new FakeSink({}, new FakeClock());
      const close = async (summary?: Summary) => {
        await FakeSink.prototype.close.call(sink, summary);
        goodEnded.resolve();
      };
      if (name === "good") Object.assign(sink, { close });
      sinks.set(name, sink);
      return Promise.resolve([sink]);
    },
  };
  const [one] = options.sources;
  const sources = names.map((name) => {
    const intervalMs = name.startsWith("paced") ? 80 : 0;
    return { ...one!, name, source: `rtsp://u:secret@${name}`, intervalMs };
  });
  const status = () => run({ ...options, sources, ...said }, deps, edge);
  return { status: await status().catch((error) => error), events, sinks, printed, shown };
}

Deno.test("several sources run at one node; each has its summary, and all have one", async () => {
  const { status, events, sinks, printed } = await several(["a", "b", "c"]);
  assert.equal(status, 0);
  assert.equal(events[0], "places taken", "before any camera is opened");
  assert.equal(events.at(-1), "places given back");
  assert.deepEqual(
    events.slice(1, -1).sort(),
    ["a", "b", "c"].flatMap((name) => [`${name} closed`, `${name} opened`]),
    "each is closed once",
  );
  const { sources, frames } = JSON.parse(printed[0]!);
  assert.equal(printed.length, 1);
  assert.deepEqual([frames.captured, frames.local, frames.failed], [18, 18, 0]);
  assert.deepEqual(Object.keys(sources), ["a", "b", "c"]);
  for (const [name, sink] of sinks) {
    assert.deepEqual(JSON.parse(JSON.stringify(sink.closed!.summary)), sources[name]);
    assert.equal(sources[name].source, name);
    assert.ok(sink.records.every(({ source }) => source === name));
  }
  const seeds = ["a", "b", "c"].map((name) => sources[name].seed);
  assert.equal(new Set(seeds).size, 3);
  assert.ok(seeds.every((seed) => seed >= 0 && seed < 2 ** 32), "as --seed takes it");
});

Deno.test("a source that fails ends no other, and the status tells it", async () => {
  for (const names of [["gone", "good", "broken"], ["broken", "good", "gone"]]) {
    const { status, events, sinks, printed } = await several(names);
    assert.equal(status, 1);
    const { sources, frames } = JSON.parse(printed[0]!);
    assert.deepEqual(Object.keys(sources), names);
    assert.deepEqual([sources.good.frames.local, sources.good.error], [FRAMES, undefined]);
    assert.deepEqual(
      [sources.broken.frames.local, sources.broken.error],
      [1, "Cannot read on: broken broke"],
    );
    assert.deepEqual(
      [sources.gone.frames.captured, sources.gone.error, sources.gone.input],
      [0, "Cannot reach gone", "rtsp://u:***@gone"],
    );
    assert.equal(frames.captured, FRAMES + 1);
    assert.equal(sinks.get("gone")!.closed!.summary!.error, "Cannot reach gone");
    assert.deepEqual(events.filter((event) => event.endsWith("closed")).length, 2);
  }
});

Deno.test("a source that was not open yet when the edge was stopped is no failure", async () => {
  for (const names of [["silent"], ["silent", "good"]]) {
    const { status, sinks, printed } = await several(names);
    assert.equal(status, 0, String(status));
    const { error, frames } = sinks.get("silent")!.closed!.summary!;
    assert.deepEqual([error, frames.captured], [undefined, 0]);
    assert.equal(JSON.parse(printed[0]!).frames.captured, names.length === 1 ? 0 : FRAMES);
  }
});

Deno.test("the progress line counts a source that could not be opened, and says that it is over", async () => {
  const { shown } = await several(["gone", "paced"]);
  assert.match(shown.at(-1) ?? "", /^2 sources · gone ended · /);
});

Deno.test("where no source can be opened, nothing else is, and the status tells it", async () => {
  const { status, printed } = await several(["gone1", "gone2"], { model: "nonesuch" });
  assert.equal(status, 1);
  assert.equal(JSON.parse(printed[0]!).sources.gone2.error, "Cannot reach gone2");
  const alone = await several(["gone"]);
  assert.match(String(alone.status), /Cannot reach gone/);
  assert.deepEqual([alone.printed, alone.events.at(-1)], [[], "places given back"]);
});

Deno.test("no source waits for another to open, nor for one whose results cannot be stored", async () => {
  const { status, printed, events } = await several(["good", "slow", "full"]);
  assert.equal(status, 1);
  const { sources } = JSON.parse(printed[0]!);
  assert.deepEqual(
    ["good", "slow", "full"].map((name) => [sources[name].frames.local, sources[name].error]),
    [[FRAMES, undefined], [FRAMES, undefined], [0, "Cannot write: no space"]],
  );
  assert.equal(events.filter((event) => event === "full closed").length, 1);
});

Deno.test("one source of its own has the seed that was given", async () => {
  const { printed } = await several(["a"], { seed: 7 });
  assert.equal(JSON.parse(printed[0]!).seed, 7);
});
