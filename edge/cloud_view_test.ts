import assert from "node:assert/strict";
import { SmarteyeError } from "../core/errors.ts";
import { FakeClock } from "../core/fake_clock.ts";
import { IDLE_LOAD as load } from "../tests/fakes/forwarder_server.ts";
import { profile } from "../tests/fakes/models.ts";
import { CloudView } from "./cloud_view.ts";

/** A server as the forwarder tells of it. */
const server = (state: "ready" | "down", ...models: [name: string, latency_ms: number][]) => ({
  name: "s",
  state,
  detail: "",
  in_flight: 0,
  load,
  models: models.map(([name, latency_ms]) => (
    { name, service: "detection", accuracy: 40, latency_ms }
  )),
});

/** A view of a forwarder that answers with what `answers` says, one after the other. */
function viewOf(answers: unknown[], admit = (_: { name: string }) => true) {
  const asked: [path: string, deadlineMs: number][] = [];
  const client = {
    description: "http://cloud",
    getJson(path: string, deadlineMs: number) {
      asked.push([path, deadlineMs]);
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
  return { view: new CloudView(client, [profile("expected", undefined, 30)], admit), asked };
}

const names = (view: CloudView) => view.models.map(({ name }) => name);
const gone = new SmarteyeError("unavailable", "Cannot ask http://cloud: refused");

Deno.test("until the forwarder has named models, the expected ones are reckoned with", async () => {
  for (const answer of [gone, {}, null, { servers: [{}] }, { servers: [] }]) {
    const { view } = viewOf([answer]);
    assert.deepEqual([view.available, names(view)], [false, ["expected"]]);
    await view.refresh();
    assert.deepEqual(names(view), ["expected"], JSON.stringify(answer));
  }
});

Deno.test("models are those of the ready servers, each once with its best latency", async () => {
  const { view, asked } = viewOf([{
    servers: [
      server("ready", ["a", 20], ["b", 9]),
      server("ready", ["a", 12]),
      server("down", ["c", 1]),
    ],
  }]);
  await view.refresh();
  assert.ok(view.available);
  assert.deepEqual(view.models.map(({ name, latencyMs }) => [name, latencyMs]), [
    ["a", 12],
    ["b", 9],
  ]);
  assert.deepEqual(asked, [["v1/servers", 2000]]);
});

Deno.test("only admitted models are offered", async () => {
  const answer = { servers: [server("ready", ["a", 20], ["b", 9])] };
  const { view } = viewOf([answer], ({ name }) => name === "b");
  await view.refresh();
  assert.deepEqual(names(view), ["b"]);
});

Deno.test("a forwarder that is gone is not available; what it offered is remembered", async () => {
  const answer = { servers: [server("ready", ["a", 20])] };
  const { view } = viewOf([answer, gone, answer]);
  const seen: [boolean, string[]][] = [];
  for (let ask = 0; ask < 3; ask++) {
    await view.refresh();
    seen.push([view.available, names(view)]);
  }
  assert.deepEqual(seen, [[true, ["a"]], [false, ["a"]], [true, ["a"]]]);
});

Deno.test("it is asked each interval, until nobody wants to know", async () => {
  const { view, asked } = viewOf([{ servers: [] }]);
  const clock = new FakeClock();
  const stop = new AbortController();
  const watching = view.watch(500, clock, stop.signal);
  await clock.advance(1700);
  assert.equal(asked.length, 3);
  stop.abort();
  await watching;
  assert.equal(asked.length, 3);
});
