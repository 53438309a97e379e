import assert from "node:assert/strict";
import { idle } from "../core/fake_clock.ts";
import { MetricsRegistry, type Reading } from "./metrics.ts";

const textOf = async (registry: MetricsRegistry) => await (await registry.answer()).text();

Deno.test("what is counted is told under the registry's prefix", async () => {
  const registry = new MetricsRegistry("test_");
  const bytes = registry.counter({ name: "bytes_total", help: "Bytes", labels: [] });
  const calls = registry.counter({ name: "calls_total", help: "Calls", labels: ["who", "how"] });
  const took = registry.histogram({ name: "seconds", help: "Time", labels: ["who"] }, [0.1, 1]);
  bytes.add({}, 5);
  bytes.add({}, 2);
  calls.add({ who: "a", how: "well" });
  took.observe({ who: "a" }, 0.5);
  const answer = await registry.answer();
  assert.match(answer.headers.get("content-type")!, /^text\/plain; version=0\.0\.4/);
  const text = await answer.text();
  for (
    const line of [
      "# HELP test_bytes_total Bytes",
      "test_bytes_total 7",
      'test_calls_total{who="a",how="well"} 1',
      'test_seconds_bucket{le="0.1",who="a"} 0',
      'test_seconds_bucket{le="1",who="a"} 1',
      'test_seconds_sum{who="a"} 0.5',
    ]
  ) assert.ok(text.includes(`${line}\n`), `${line} in\n${text}`);
});

Deno.test("a gauge tells what is there when it is asked, and nothing of what is gone", async () => {
  const registry = new MetricsRegistry("test_");
  let servers = ["a", "b"];
  registry.gauge(
    { name: "up", help: "Up", labels: ["server"] },
    () => servers.map((server) => [{ server }, 1]),
  );
  assert.match(await textOf(registry), /test_up\{server="a"\} 1\ntest_up\{server="b"\} 1/);
  servers = ["c"];
  const text = await textOf(registry);
  assert.match(text, /test_up\{server="c"\} 1/);
  assert.doesNotMatch(text, /"a"|"b"/);
});

Deno.test("what has no labels is not told either where it is not read", async () => {
  const registry = new MetricsRegistry("test_");
  const readings: Reading<never>[] = [];
  const read = () => readings;
  registry.gauge({ name: "up", help: "Up", labels: [] }, read);
  registry.counted({ name: "seen_total", help: "Seen", labels: [] }, read);
  assert.doesNotMatch(await textOf(registry), /^test_/m);
  readings.push([{}, 3]);
  const text = await textOf(registry);
  assert.match(text, /^test_up 3$/m);
  assert.match(text, /^test_seen_total 3$/m);
});

Deno.test("a label has a bounded number of values, those it had keep theirs", async () => {
  const registry = new MetricsRegistry("test_");
  const seen = registry.counter({ name: "seen_total", help: "Seen", labels: ["name"] });
  for (let i = 0; i < 150; i++) seen.add({ name: `n${i}` });
  seen.add({ name: "n7" });
  const text = await textOf(registry);
  assert.equal(text.match(/^test_seen_total\{/gm)!.length, 101);
  assert.match(text, /\{name="n7"\} 2/);
  assert.match(text, /\{name="other"\} 50/);
});

Deno.test("what is counted elsewhere is told as it stands when it is asked for", async () => {
  const registry = new MetricsRegistry("test_");
  let seen = 2;
  registry.counted(
    { name: "seen_total", help: "Seen", labels: ["who"] },
    () => [[{ who: "a" }, seen], [{ who: "b" }, 0]],
  );
  registry.distribution(
    { name: "seconds", help: "Time", labels: ["who"] },
    () => [[{ who: "a" }, { buckets: [0.1, 1], counts: [1, 2, 4], sum: 12.5 }]],
  );
  await textOf(registry);
  seen = 5;
  const text = await textOf(registry);
  for (
    const line of [
      "# TYPE test_seen_total counter",
      'test_seen_total{who="a"} 5',
      'test_seen_total{who="b"} 0',
      "# TYPE test_seconds histogram",
      'test_seconds_bucket{le="0.1",who="a"} 1',
      'test_seconds_bucket{le="1",who="a"} 3',
      'test_seconds_bucket{le="+Inf",who="a"} 7',
      'test_seconds_sum{who="a"} 12.5',
      'test_seconds_count{who="a"} 7',
    ]
  ) assert.ok(text.includes(`${line}\n`), `${line} in\n${text}`);
});

Deno.test("labels that are read are bounded as well, by as many values as are said", async () => {
  const registry = new MetricsRegistry("test_", 3);
  registry.counted(
    { name: "seen_total", help: "Seen", labels: ["name"] },
    () => Array.from({ length: 5 }, (_, i) => [{ name: `n${i}` }, 1] as const),
  );
  assert.match(await textOf(registry), /\{name="n2"\} 1\n.*\{name="other"\} 2\n/);
});

Deno.test("a value that was released makes room for another one, and no other does", async () => {
  const registry = new MetricsRegistry("test_", 3);
  const calls = registry.counter({ name: "calls_total", help: "C", labels: ["server", "how"] });
  const took = registry.histogram({ name: "seconds", help: "T", labels: ["server"] }, [1]);
  const count = (server: string) => {
    calls.add({ server, how: "well" });
    took.observe({ server }, 0.5);
  };
  for (const server of ["a", "b", "c"]) count(server);
  registry.release("server", "b");
  registry.release("server", "a");
  registry.hold("server", "a");
  assert.match(
    await textOf(registry),
    /calls_total\{server="b",how="well"\} 1/,
    "it stays for now",
  );
  count("d");
  count("e");
  await idle();
  const text = await textOf(registry);
  const counted = [...text.matchAll(/calls_total\{server="(\w+)"/g)].map(([_, server]) => server);
  assert.deepEqual(counted, ["a", "c", "d", "other"]);
  assert.doesNotMatch(text, /server="b"/);
  for (let i = 0; i < 200; i++) {
    registry.hold("server", `pod${i}`);
    registry.release("server", i === 0 ? "d" : `pod${i - 1}`);
    count(`pod${i}`);
  }
  await idle();
  const after = await textOf(registry);
  assert.match(after, /calls_total\{server="pod199",how="well"\} 1/);
  assert.ok(after.split("\n").length < 60, after);
});
