/** The role with the program's own detector, and the rest of the world in the test's hands. */

import assert from "node:assert/strict";
import { systemClock } from "../core/clock.ts";
import { seededRng } from "../core/rng.ts";
import type { RoleDeps } from "../core/role.ts";
import { Folder } from "../tests/fakes/folder.ts";
import { refused } from "../tests/fakes/refused.ts";
import { FakeClock } from "../core/fake_clock.ts";
import { FakeSink } from "../tests/fakes/sink.ts";
import { CAPTURE_DEFAULTS } from "./capture/open_source.ts";
import { StreetSource } from "./capture/street.ts";
import type { EdgeOptions } from "./options.ts";
import { type EdgeWorld, run } from "./role.ts";
import { modelsOf } from "../tests/fakes/models.ts";

const FRAMES = 6;

/** A world with a short street, and what became of it. */
async function world(folder: Folder, said: Partial<EdgeOptions> = {}) {
  const source = await StreetSource.open(`synthetic:?width=128&height=96&frames=${FRAMES}`);
  const sink = new FakeSink({ pictures: true }, new FakeClock());
  const closed: string[] = [];
  const asked: unknown[] = [];
  const edge: EdgeWorld = {
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
    }],
    service: "detection",
    model: undefined,
    models: modelsOf(folder.path),
    edgeModels: [],
    queueLengthMax: 4,
    offloadsMax: 1,
    localWorkers: 1,
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
  return { start: () => run(options, deps, edge), sink, closed, asked, printed };
}

Deno.test("a node and a run of whatever source and sinks there are: all frames arrive, all is closed", async () => {
  await using folder = new Folder();
  const { start, sink, closed, asked, printed } = await world(folder);
  assert.equal(await start(), 0);
  assert.deepEqual(asked, ["the door", "the results"]);
  assert.deepEqual(sink.records.map(({ frame, outcome }) => [frame, outcome]), [
    [1, "local"],
    [2, "local"],
    [3, "local"],
    [4, "local"],
    [5, "local"],
    [6, "local"],
  ]);
  assert.deepEqual(JSON.parse(printed[0]!), JSON.parse(JSON.stringify(sink.closed?.summary)));
  assert.deepEqual([sink.closed?.summary?.frames.local, closed], [FRAMES, ["source"]]);
});

Deno.test("where there is nothing to infer with, what was opened is closed again", async () => {
  await using folder = new Folder();
  const { start, sink, closed } = await world(folder, { model: "nonesuch" });
  assert.match(await refused(start, "invalid_argument"), /Cannot find the model "nonesuch"/);
  assert.deepEqual([sink.closed, closed], [{ summary: undefined }, ["source"]]);
});
