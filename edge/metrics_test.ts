import assert from "node:assert/strict";
import { systemClock } from "../core/clock.ts";
import { isSmarteyeError } from "../core/errors.ts";
import { always, ANSWER, CLOUD, FakeNode, FakeRun, INFERRED, LOCAL } from "../tests/fakes/run.ts";
import { readScrape, valueOf } from "../tests/fakes/scrape.ts";
import { SOURCE_STATES } from "./capture/source.ts";
import { EdgeMetrics, type Watched } from "./metrics.ts";
import { serveMetrics } from "./metrics_port.ts";
import { OffloadError } from "./cloud/offload_client.ts";
import { neverRead } from "./runs.ts";
import type { ZoneOptions } from "./zones/options.ts";

const ANY = { classes: [], dwellMs: 0, anchor: "bottom", sources: [] } as const;

/** A line and an area, for things of all kinds. */
const ZONES: readonly ZoneOptions[] = [
  { ...ANY, name: "gate", shape: { kind: "line", from: [0.5, 0], to: [0.5, 1] } },
  { ...ANY, name: "yard", shape: { kind: "polygon", points: [[0, 0], [1, 0], [1, 1]] } },
];

const scraped = async (metrics: EdgeMetrics) => readScrape(await (await metrics.answer()).text());

const RETENTION: NonNullable<Watched["retention"]> = {
  totals: {
    ...{ rows: 2, heldBytes: 5, freeBytes: 7, failures: 0 },
    gone: {
      age: { files: 1, bytes: 10 },
      size: { files: 2, bytes: 20 },
      free: { files: 3, bytes: 30 },
    },
  },
};

const RULE = {
  ...{ name: "any", labels: [], places: [], hours: [], minimumMs: 0, scoreMin: 0, cooldownMs: 0 },
  ...{ sinks: [], sources: [] },
};

/** An edge of two sources, one of which offloads, with all that there is to tell of it. */
function edge() {
  let offloads = 0;
  const fake = new FakeNode({
    infer: (clock) => async () => {
      await clock.sleep(30);
      return { findings: { detections: [] }, timingsMs: { queue: 0 } as never };
    },
    offload: (clock) => async () => {
      await clock.sleep(400);
      if (++offloads === 2) throw new OffloadError("it is late", ANSWER.traffic, "late");
      return ANSWER;
    },
  });
  const here = new FakeRun(
    {
      source: { frames: 5, unreadable: [2] },
      policy: always(LOCAL),
      options: { name: "door", zones: ZONES, rules: [RULE] },
      sinks: [{ tally: { name: "db", written: 5, dropped: 2, failed: 1 } }],
    },
    1,
    fake,
  );
  const there = new FakeRun(
    { source: { frames: 4 }, policy: always(CLOUD), options: { name: 'the "yard"' } },
    2,
    fake,
  );
  const watched: Watched = { node: fake.node, retention: RETENTION, runs: [here.run, there.run] };
  Object.assign(fake.cloud, { uplinkBytesPerSec: 125_000 });
  return { fake, here, there, metrics: new EdgeMetrics(watched, fake.clock) };
}

Deno.test("what a scrape tells of each source is what its run counted", async () => {
  const { fake, here, there, metrics } = edge();
  const before = await scraped(metrics);
  assert.equal(valueOf(before, "smarteye_edge_captured_frames_total"), 0);
  assert.deepEqual(before.get("smarteye_edge_newest_result_age_seconds")?.samples, []);

  const [one, two] = await fake.clock.until(Promise.all([here.run.run(), there.run.run()]));
  await fake.clock.advance(2000);
  const scrape = await scraped(metrics);
  const told = (name: string, labels = {}) => valueOf(scrape, `smarteye_edge_${name}`, labels);
  for (const [outcome, count] of [["written", 5], ["dropped", 2], ["failed", 1]] as const) {
    const labels = { source: "door", sink: "db", outcome };
    assert.equal(told("sink_records_total", labels), count);
  }
  assert.deepEqual([one.summary.sinks, two.summary.sinks], [
    { db: { written: 5, dropped: 2, failed: 1 } },
    {},
  ]);
  for (const { summary } of [one, two]) {
    const source = summary.source.replaceAll('"', '\\"');
    const { captured, ...outcomes } = summary.frames;
    assert.equal(told("captured_frames_total", { source }), captured);
    for (const [outcome, count] of Object.entries(outcomes)) {
      assert.equal(told("frames_total", { source, outcome }), count, outcome);
    }
    assert.equal(told("open_frames", { source }), 0);
    assert.equal(told("source_state", { source, state: "ended" }), 1, "a file, too");
    assert.equal(told("fallbacks_total", { source }), summary.fallbacks);
    assert.equal(told("sent_bytes_total", { source }), summary.bytes.up);
    assert.equal(told("received_bytes_total", { source }), summary.bytes.down);
    for (const place of ["local", "cloud"] as const) {
      assert.equal(told("latency_seconds", { source, place }), summary.frames[place]);
      assert.equal(told("queue_length", { source, place }), 0);
    }
    // The newest frame came to something when it was captured, 30 ms or a cloud's answer before the end.
    assert.ok(told("newest_result_age_seconds", { source }) >= 2);
  }
  assert.deepEqual([one.summary.frames.failed, two.summary.fallbacks], [1, 1], "of each kind one");
  const text = await (await metrics.answer()).text();
  const bucket = (le: string) =>
    new RegExp(`latency_seconds_bucket\\{le="${le}",source="door",place="local"\\} (\\d+)`)
      .exec(text)?.[1];
  assert.deepEqual([bucket("0.025"), bucket("\\+Inf")], ["0", "4"]);
});

Deno.test("frames that wait are told while they wait", async () => {
  const { fake, there, metrics } = edge();
  const running = there.run.run();
  await fake.clock.advance(100);
  const scrape = await scraped(metrics);
  const source = 'the \\"yard\\"';
  assert.equal(valueOf(scrape, "smarteye_edge_queue_length", { source, place: "cloud" }), 2);
  assert.equal(valueOf(scrape, "smarteye_edge_tasks_under_way", { place: "cloud" }), 2);
  assert.equal(valueOf(scrape, "smarteye_edge_open_frames", { source }), 4);
  await fake.clock.until(running);
});

Deno.test("what the source does and leaves out is told, one state at a time", async () => {
  const { fake, here: { run }, metrics } = edge();
  const states = async () =>
    (await scraped(metrics)).get("smarteye_edge_source_state")!.samples
      .filter(({ labels, value }) => labels["source"] === "door" && value === 1)
      .map(({ labels }) => labels["state"]);
  for (const state of SOURCE_STATES.slice(1)) { // a file is live from its beginning
    run.account.hear({ kind: "state", state, detail: "" });
    assert.deepEqual(await states(), [state]);
    await fake.clock.advance(1500);
  }
  run.account.hear({ kind: "left_out", what: "damaged packets", count: 3, detail: "" });
  run.account.passOver();
  const scrape = await scraped(metrics);
  const told = (name: string, labels = {}) => valueOf(scrape, `smarteye_edge_${name}`, labels);
  const source = "door";
  assert.equal(told("left_out_total", { source, what: "damaged packets" }), 3);
  assert.equal(told("passed_over_frames_total", { source }), 1);
  assert.equal(told("interruptions_total", { source }), 1);
  assert.equal(told("interruption_seconds_total", { source }), 3, "stalled, then waiting");
});

Deno.test("a source that could not be opened is told of as one that ended", async () => {
  const { fake, here } = edge();
  const watched: Watched = { node: fake.node, runs: [here.run, neverRead("gone")] };
  const scrape = await scraped(new EdgeMetrics(watched, fake.clock));
  const told = (name: string, labels = {}) =>
    valueOf(scrape, `smarteye_edge_${name}`, { source: "gone", ...labels });
  assert.equal(told("source_state", { state: "ended" }), 1);
  assert.equal(told("source_state"), 1, "no other");
  assert.equal(told("captured_frames_total"), 0);
});

Deno.test("what is known of the cloud is told, with the breaker's state", async () => {
  const { fake, metrics } = edge();
  const { breaker } = fake.node;
  const told = async (name: string, labels = {}) =>
    valueOf(await scraped(metrics), `smarteye_edge_${name}`, labels);
  assert.equal(await told("cloud_up"), 1);
  assert.equal(await told("uplink_bytes_per_second"), 125_000);
  assert.equal(await told("breaker_state", { state: "closed" }), 1);
  for (let i = 0; i < 3; i++) breaker.enter()!.end("failed", "it answers 500");
  Object.assign(fake.cloud, { answers: false, uplinkBytesPerSec: undefined });
  assert.equal(await told("breaker_state", { state: "open" }), 1);
  assert.equal(await told("cloud_up"), 0);
  await assert.rejects(told("uplink_bytes_per_second"), /there is no/);
  await fake.clock.advance(1000);
  const probe = breaker.enter()!;
  assert.equal(await told("breaker_state", { state: "half_open" }), 1);
  assert.equal(await told("breaker_state"), 1, "no other");
  probe.end("success");
  assert.equal(await told("breaker_state", { state: "closed" }), 1);
  assert.equal(await told("cloud_outages_total"), 1);
  assert.equal(await told("cloud_outage_seconds_total"), 1);
});

Deno.test("docs/metrics.md has every metric as a scrape tells it, and no other", async () => {
  const { here: { run }, metrics } = edge();
  run.statistics.add({ outcome: "filtered", detail: "" }, 1, 0);
  run.account.hear({ kind: "left_out", what: "damaged packets", count: 3, detail: "" });
  const text = await Deno.readTextFile(new URL("../docs/metrics.md", import.meta.url));
  const rows = text.split("\n").map((line) => line.split("|").map((cell) => cell.trim()))
    .filter(([, name]) => name?.startsWith("`smarteye_edge_"));
  const plain = (cell: string) => cell.replaceAll("`", "");
  const documented = rows.map(([, name, type, labels, meaning]) => [
    ...[plain(name!), type, plain(labels!).split(", ").filter(Boolean).sort(), meaning],
  ]);
  const told = [...await scraped(metrics)].map(([name, { type, labels, help }]) => [
    ...[name, type, labels, help],
  ]);
  assert.ok(documented.length > 15);
  assert.deepEqual(documented.toSorted(), told.toSorted());
});

Deno.test("metrics are served from before there is anything to tell", async () => {
  const watched: Watched = { runs: [] };
  const any = { host: "127.0.0.1", port: 0 };
  await using served = await serveMetrics(any, watched, systemClock);
  const at = `http://127.0.0.1:${served.address.port}`;
  const answer = await fetch(`${at}/metrics`);
  assert.match(answer.headers.get("content-type")!, /^text\/plain; version=0\.0\.4/);
  assert.ok(readScrape(await answer.text()).size > 15);
  assert.deepEqual(await (await fetch(`${at}/healthz`)).json(), { status: "alive" });
  const { fake, here } = edge();
  watched.node = fake.node;
  watched.runs.push(here.run);
  await systemClock.sleep(110); // an answer is given again for a moment
  const scrape = readScrape(await (await fetch(`${at}/metrics`)).text());
  assert.equal(valueOf(scrape, "smarteye_edge_captured_frames_total", { source: "door" }), 0);
  const taken = serveMetrics(served.address, watched, systemClock);
  await assert.rejects(taken, (error: unknown) => {
    assert.ok(isSmarteyeError(error, "already_in_use"));
    const wanted = /^Cannot listen on 127\.0\.0\.1:\d+: .* wanted \(--metrics \[HOST:\]PORT\)$/;
    assert.match(error.message, wanted);
    return true;
  });
});

Deno.test("what is asked otherwise is told what is wanted", async () => {
  await using served = await serveMetrics(
    { host: "127.0.0.1", port: 0 },
    { runs: [] },
    systemClock,
  );
  const ask = async (path: string, init?: RequestInit) => {
    const answer = await fetch(`http://127.0.0.1:${served.address.port}${path}`, init);
    const text = await answer.text();
    return [answer.status, text.length] as const;
  };
  assert.equal((await ask("/metrics", { method: "POST", body: "x".repeat(1e6) }))[0], 405);
  assert.equal((await ask("/healthz", { method: "DELETE" }))[0], 405);
  assert.deepEqual(await ask("/metrics", { method: "HEAD" }), [200, 0]);
  const [status, length] = await ask(`/${"x".repeat(8000)}`);
  assert.equal(status, 404);
  assert.ok(length < 300, "a path is not told back");
});

Deno.test("what is followed, and what zones and lines count, is told", async () => {
  const run = new FakeRun({
    source: { frames: 12 },
    infer: () => {
      let x = 0;
      return () => {
        x += 50;
        const detection = {
          label: "car",
          class_id: 2,
          score: 0.9,
          box: [x, 100, x + 80, 200],
        } as const;
        return Promise.resolve({ ...INFERRED, findings: { detections: [detection] } });
      };
    },
    options: {
      name: "door",
      zones: ZONES,
    },
    slots: 1,
  });
  await run.end();
  const watched: Watched = { runs: [run.run] };
  const scrape = await scraped(new EdgeMetrics(watched, run.clock));
  const told = (name: string, labels = {}) =>
    valueOf(scrape, `smarteye_edge_${name}`, { source: "door", ...labels });
  assert.equal(told("tracks_total"), 1);
  assert.equal(told("tracks"), 1);
  const crossed = ["in", "out"].map((direction) =>
    told("line_crossings_total", { line: "gate", direction })
  );
  assert.deepEqual(crossed.sort(), [0, 1]);
  assert.equal(told("zone_things", { zone: "yard" }), 0, "the run is over");
});
