import assert from "node:assert/strict";
import { SmarteyeError } from "../../core/errors.ts";
import { FakeClock } from "../../core/fake_clock.ts";
import { ServersAnswer } from "../../proto/http_codec.ts";
import { loadOf } from "../../tests/fakes/backend.ts";
import { IDLE_LOAD as load } from "../../tests/fakes/forwarder_server.ts";
import { profile } from "../../tests/fakes/models.ts";
import { ANSWER } from "../../tests/fakes/run.ts";
import { ExchangeError } from "./http_exchange.ts";
import { type Offloaded, OffloadError, type OffloadFailure } from "./offload_client.ts";
import { CloudView, type Wanted } from "./cloud_view.ts";

/** A server as the forwarder tells of it. */
const server = (
  name: string,
  state: "ready" | "draining" | "down",
  ...models: [name: string, latency_ms: number, service?: string][]
) => ({
  ...{ name, state, detail: "", in_flight: 0, load },
  models: models.map(([name, latency_ms, service = "detection"]) => (
    { name, service, accuracy: 40, latency_ms }
  )),
});
const UP = { servers: [server("s", "ready", ["a", 20])] };
const DOWN = { servers: [server("s", "down", ["a", 20])] };
const gone = new SmarteyeError("unavailable", "Cannot ask http://cloud: connection refused", {
  cause: new Error("connection refused"),
});

/** How long a question is under way. */
const ASKING_MS = 100;

/** A view of a forwarder that answers with what `answers` says, one after the other. */
function viewOf(answers: unknown[], wanted: Wanted = { service: "detection" }) {
  const asked: number[] = [];
  const clock = new FakeClock();
  const client = {
    description: "http://cloud",
    async servers(deadlineMs: number) {
      asked.push(deadlineMs);
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      await clock.sleep(ASKING_MS);
      if (answer instanceof Error) throw answer;
      return ServersAnswer.parse(answer);
    },
  };
  const view = new CloudView(client, [profile("expected", undefined, 30)], wanted, clock);
  return { view, asked, clock, refresh: () => clock.until(view.refresh()) };
}

const names = (view: CloudView) => view.models.map(({ name }) => name);

Deno.test("until the forwarder has named models, the expected ones are reckoned with", async () => {
  for (const answer of [gone, { servers: [] }, DOWN]) {
    const { view, refresh } = viewOf([answer]);
    assert.deepEqual([view.available, names(view)], [false, ["expected"]]);
    await refresh();
    assert.deepEqual([view.available, names(view)], [false, ["expected"]], JSON.stringify(answer));
  }
});

Deno.test("models are those of the ready servers, each once with its best latency", async () => {
  const { view, asked, refresh } = viewOf([{
    servers: [
      server("s1", "ready", ["a", 20], ["b", 9]),
      server("s2", "ready", ["a", 12]),
      server("s3", "down", ["c", 1]),
    ],
  }]);
  await refresh();
  assert.ok(view.available);
  assert.deepEqual(view.models.map(({ name, latencyMs }) => [name, latencyMs]), [
    ["a", 12],
    ["b", 9],
  ]);
  assert.deepEqual(asked, [2000]);
});

Deno.test("the cloud is available when a ready server offers what this edge may use", async () => {
  const none = "no server of the forwarder offers";
  const notReady = "none of the forwarder's servers is ready";
  const classifies = server("s", "ready", ["c", 3, "classification"]);
  const cases: [answer: unknown, wanted: Wanted, why: string][] = [
    [UP, { service: "detection" }, ""],
    [UP, { service: "detection", model: undefined }, ""],
    [UP, { service: "detection", model: "a" }, ""],
    [UP, { service: "detection", model: "b" }, `${none} the detection model "b"`],
    [UP, { service: "classification" }, `${none} a classification model`],
    [{ servers: [classifies] }, { service: "detection" }, `${none} a detection model`],
    [{ servers: [server("s", "ready")] }, { service: "detection" }, `${none} a detection model`],
    [{ servers: [] }, { service: "detection" }, notReady],
    [DOWN, { service: "detection" }, notReady],
    [{ servers: [server("s", "draining", ["a", 1])] }, { service: "detection" }, notReady],
    [gone, { service: "detection" }, "the forwarder does not answer (connection refused)"],
  ];
  for (const [answer, wanted, why] of cases) {
    const { view, refresh } = viewOf([answer], wanted);
    await refresh();
    assert.deepEqual([view.available, view.why], [why === "", why]);
    assert.equal(view.answers, answer !== gone);
  }
});

Deno.test("a forwarder that does not let this edge in says so, and a question that was not asked nothing", async () => {
  const failed = (cause: Error) => new SmarteyeError("unavailable", "Cannot ask", { cause });
  const nothing = { bytesUp: 0, bytesDown: 0 };
  const denied = failed(new OffloadError("it answers 401", nothing, "denied"));
  const barred = failed(new ExchangeError("it is used up", nothing, "barred"));
  const { view, refresh } = viewOf([UP, barred, denied, barred, UP]);
  const seen: string[] = [];
  for (let questions = 0; questions < 5; questions++) {
    await refresh();
    seen.push(view.why);
  }
  const why = "the forwarder does not let us in, it answers 401";
  assert.deepEqual(seen, ["", "", why, why, ""]);
});

Deno.test("only models that may be used are offered", async () => {
  const answer = { servers: [server("s", "ready", ["a", 20], ["b", 9])] };
  const { view, refresh } = viewOf([answer], { service: "detection", model: "b" });
  await refresh();
  assert.deepEqual(names(view), ["b"]);
});

Deno.test("what was offered is remembered while it is not available", async () => {
  const { view, refresh } = viewOf([UP, UP, gone, gone, DOWN, UP]);
  const seen: boolean[] = [];
  for (let ask = 0; ask < 6; ask++) {
    await refresh();
    seen.push(view.available);
    assert.deepEqual(names(view), ["a"]);
  }
  assert.deepEqual(seen, [true, true, false, false, false, true]);
});

Deno.test("a question that waits behind frames says nothing as long as those do not fail", async () => {
  const NO_TRAFFIC = { bytesUp: 0, bytesDown: 0 };
  const late = new SmarteyeError("unavailable", "Cannot ask http://cloud: no answer", {
    cause: new ExchangeError("no answer", NO_TRAFFIC, "late"),
  });
  const fails = (kind: OffloadFailure) => new OffloadError("it failed", NO_TRAFFIC, kind);
  /** Offloads end at an instant, the question is asked from 200 to 300. */
  type Ending = readonly [atMs: number, failure?: OffloadFailure];
  const cases: [offloads: Ending[], available: boolean, error?: Error, first?: unknown][] = [
    [[], false],
    [[[199]], false],
    [[[250]], true],
    [[[250]], false, gone], // somebody said no
    [[[400]], true],
    [[[199], [400]], true],
    [[[150, "late"]], false],
    [[[150, "late"], [400]], false],
    [[[150, "broken"], [400]], false],
    [[[150, "refused"], [400]], true], // that is an answer
    [[[150, "late"], [160], [400]], true],
    [[[160], [260, "late"], [400]], false],
    [[[400, "late"]], true], // the next question will tell
    [[[250]], false, late, DOWN], // that an old frame is answered makes no server ready
  ];
  for (const [offloads, available, error = late, first = UP] of cases) {
    const { view, clock } = viewOf([first, error]);
    await clock.until(view.refresh());
    for (const [atMs, failure] of offloads) {
      const ending = clock.sleep(atMs - clock.nowMs()).then(() => {
        if (failure) throw fails(failure);
        return ANSWER;
      });
      view.follow(ending).catch(() => {});
    }
    await clock.advance(200 - clock.nowMs());
    void view.refresh();
    await clock.advance(ASKING_MS);
    assert.equal(view.available, available, JSON.stringify(offloads));
  }
});

Deno.test("a server's load is what it was last heard to be", async () => {
  const busy = loadOf({ queueLength: 7 });
  const { view, refresh, clock } = viewOf([
    { servers: [server("s1", "ready", ["a", 1]), server("s2", "ready"), server("s3", "down")] },
    { servers: [server("s1", "ready", ["a", 1])] },
  ]);
  const seen = () =>
    view.servers().map(({ name, load, heardAgoMs }) => [name, load.queueLength, heardAgoMs]);
  const answered = (said: Partial<Offloaded>) =>
    view.follow(Promise.resolve({ ...ANSWER, ...said }));
  assert.deepEqual(seen(), []);
  await refresh();
  clock.jump(5);
  assert.deepEqual(seen(), [["s1", 0, 5], ["s2", 0, 5]]);
  await answered({ server: "s1", load: busy });
  await answered({ server: "s2" }); // does not tell
  clock.jump(10);
  assert.deepEqual(seen(), [["s2", 0, 15], ["s1", 7, 10]]);
  void clock.sleep(60).then(() => answered({ server: "s1", load: busy }));
  await refresh();
  assert.deepEqual(seen(), [["s1", 7, ASKING_MS - 60]], "newer than the question");
  await refresh();
  assert.deepEqual(seen(), [["s1", 0, 0]]);
  for (let i = 0; i < 200; i++) await answered({ server: `t${i}`, load: busy });
  assert.equal(view.servers().length, 100);
});

Deno.test("while it is not available it is asked every two seconds, however long the interval is", async () => {
  const { view, asked, clock } = viewOf([UP, UP, UP, UP, gone, gone, UP]);
  const stop = new AbortController();
  await clock.until(view.refresh());
  const watching = view.watch(60_000, stop.signal);
  await clock.advance(60_000 + 4 * ASKING_MS);
  assert.deepEqual([asked.length, view.available], [5, false]);
  await clock.advance(2 * (2000 + ASKING_MS));
  assert.deepEqual([asked.length, view.available], [7, true]);
  await clock.advance(59_000);
  assert.equal(asked.length, 7);
  stop.abort();
  await clock.until(watching);
});

Deno.test("it is asked a few times, then each interval, until nobody wants to know", async () => {
  const { view, asked, clock } = viewOf([UP, gone]);
  await clock.until(view.refresh());
  const stop = new AbortController();
  const watching = view.watch(500, stop.signal);
  await clock.advance(3 * ASKING_MS);
  assert.equal(asked.length, 4);
  await clock.advance(2 * (500 + ASKING_MS) - 1);
  assert.equal(asked.length, 6);
  const { why } = view;
  stop.abort();
  await clock.until(watching);
  assert.deepEqual([asked.length, view.why], [6, why]);
});
