import assert from "node:assert/strict";
import { NO_TIMINGS } from "../core/infer.ts";
import { Telemetry } from "./telemetry.ts";

const telemetryOf = () =>
  new Telemetry(() => ({ waiting: 1, running: 2, workers: 3, workerCrashes: 4, models: [] }));

Deno.test("docs/metrics.md has every metric of a server as a scrape tells it, and no other", async () => {
  const text = await (await telemetryOf().answer()).text();
  const told = [...text.matchAll(/^# HELP (\S+) (.+)\n# TYPE \S+ (\S+)$/gm)]
    .map(([, name, help, type]) => `${name} ${type} ${help}`);
  const docs = await Deno.readTextFile(new URL("../docs/metrics.md", import.meta.url));
  const documented = docs.split("\n").map((line) => line.split("|").map((cell) => cell.trim()))
    .filter(([, name]) => name?.startsWith("`smarteye_inference_"))
    .map(([, name, type, , meaning]) => `${name!.replaceAll("`", "")} ${type} ${meaning}`);
  assert.ok(told.length > 8);
  assert.deepEqual(documented.toSorted(), told.toSorted());
});

Deno.test("what is told of a request is counted", async () => {
  const telemetry = telemetryOf();
  const timingsMs = { ...NO_TIMINGS, preprocess: 100, infer: 700, postprocess: 200, total: 1500 };
  const request = { model: "m", protocol: "smarteye", outcome: "ok", timingsMs } as const;
  for (let i = 0; i < 4; i++) telemetry.settled({ ...request, workerMs: 250, together: 4 });
  const text = await (await telemetry.answer()).text();
  assert.match(text, /worker_busy_seconds_total\{model="m"\} 1\n/);
  assert.match(text, /batch_pictures_bucket\{le="2",model="m"\} 0\n/);
  assert.match(text, /batch_pictures_bucket\{le="4",model="m"\} 4\n/);
  assert.match(text, /stage_duration_seconds_sum\{model="m",stage="infer"\} 2\.8/);
});
