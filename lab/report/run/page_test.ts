/** The page: whole, safe, readable by everybody, and of a bounded size. */

import assert from "node:assert/strict";
import { pixelsJpeg } from "../../../core/image.ts";
import type { Summary } from "../../../edge/statistics.ts";
import { Folder } from "../../../tests/fakes/folder.ts";
import { plain } from "../../../tests/fakes/pictures.ts";
import { frameLine, sent, storeRun, timeAt } from "../../../tests/fakes/stored_run.ts";
import { runsIn } from "./folder.ts";
import { runPage } from "./page.ts";

const EVIL = `<script>alert("x")</script>&'`;

const found = (score: number, label: string) => [
  { label, class_id: 2, score, box: [1, 2, 3, 4] as const },
];

/** What may be wrong in any page. */
function assertSound(html: string): void {
  assert.match(html, /^<!doctype html>\n<html lang="en">/);
  assert.ok(!/<script|<link|<iframe|javascript:|@import/i.test(html), "nothing is loaded or run");
  assert.ok(!/(?:src|href)="(?!data:image\/jpeg;base64,|#)/.test(html), "nothing is elsewhere");
  assert.ok(!/url\((?!#)/.test(html));
  const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length, "no identifier is there twice");
  for (const [image] of html.matchAll(/<img [^>]*>/g)) assert.match(image, / alt="[^"]+"/);
  for (const [, link] of html.matchAll(/href="#([^"]*)"/g)) assert.ok(ids.includes(link!), link!);
  for (const [svg] of html.matchAll(/<svg [^>]*viewBox[^>]*>/g)) {
    assert.match(svg, /aria-(hidden="true"|labelledby=)/);
  }
  const levels = [...html.matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
  assert.equal(levels.filter((level) => level === 1).length, 1);
  for (const [i, level] of levels.entries()) assert.ok(level <= (levels[i - 1] ?? 0) + 1);
  assert.ok(!/undefined|NaN|Infinity|\[object/.test(html.replace(/base64,[\w+/=]+/g, "")));
}

/** A run with names that are no names, pictures of frames, and an event with a picture. */
async function evilRun(folder: Folder, name: string, frames = 40): Promise<void> {
  const results = Array.from({ length: frames }, (_, i) =>
    frameLine(i + 1, {
      ...i % 3 === 0 ? { ...sent(1000), model: EVIL } : {},
      ...i % 7 === 6 ? { outcome: "dropped" as const, detail: EVIL, model: null } : {},
      ...{ source: EVIL, detections: found((i + 1) / (frames + 1), EVIL) },
    }));
  const events = [{
    ...{ event: "close", id: "e1", source: EVIL, track_id: 1, label: EVIL, labels: { [EVIL]: 1 } },
    ...{ started_at: timeAt(0), at: timeAt(900), duration_s: 0.9, ended_at: timeAt(900) },
    zones: [{ zone: EVIL, seconds: 0.5, entered_at: timeAt(0), left_at: null }],
    ...{ best: { score: 0.9, frame: 1 }, snapshot: "events/e1.jpg" },
  }];
  storeRun(folder.file(name), { results, events });
  const jpeg = await pixelsJpeg(plain(1280, 720), 80);
  Deno.mkdirSync(folder.file(`${name}/events`));
  folder.write(`${name}/events/e1.jpg`, jpeg);
  for (let i = 1; i <= frames; i += 2) {
    folder.write(`${name}/frame_${String(i).padStart(6, "0")}.jpg`, jpeg);
  }
}

Deno.test("a page needs nothing else, and what users name is text in it", async () => {
  await using folder = new Folder();
  await evilRun(folder, "run");
  const { html } = await runPage(await runsIn(folder.file("run")));
  assertSound(html);
  assert.ok(html.includes("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;"));
  // Twelve of frames, and the event's.
  assert.equal([...html.matchAll(/<img /g)].length, 13);
  assert.match(html, /12 pictures are here, 8 are left out/);
  const widths = [...html.matchAll(/<img [^>]*width="(\d+)" height="(\d+)"/g)].map(([, w]) => w);
  assert.deepEqual(new Set(widths), new Set(["480", "240"]));
  // The bar has a part for each outcome, as long as there are frames of it.
  const parts = [...html.matchAll(/flex-grow:(\d+)/g)].map(([, count]) => Number(count));
  assert.deepEqual(parts, [23, 12, 5]);
  assert.match(html, /aria-label="Of 40 frames: 23 inferred on the edge, 12 inferred in the cloud/);
});

Deno.test("without pictures there are the numbers alone; what leads elsewhere is no picture", async () => {
  await using folder = new Folder();
  folder.write("secret.jpg", await pixelsJpeg(plain(64, 64), 80));
  const event = {
    ...{ event: "close", id: "e1", source: "door", track_id: 1, label: "car", labels: { car: 1 } },
    ...{
      started_at: timeAt(0),
      at: timeAt(900),
      duration_s: 0.9,
      ended_at: timeAt(900),
      zones: [],
    },
    ...{ best: { score: 0.9, frame: 1 }, snapshot: "events/../../secret.jpg" },
  };
  storeRun(folder.file("run"), {
    ...{ results: [frameLine(1, { detections: found(0.5, "car") })], events: [event] },
  });
  const { html } = await runPage(await runsIn(folder.file("run")));
  assertSound(html);
  assert.ok(!html.includes("<img"));
  assert.match(html, /The run stored no pictures of frames/);
  assert.match(html, /mean score 0\.50, 10 ms on the edge by small/);
});

/** All that a summary may say. Of frames, and what is counted in their lines, those are believed. */
const ALL: Required<Summary> = {
  ...{ source: "door", input: "rtsp://door/1", policy: "shadow(a, b)", seed: 7, fps: 2, wall_s: 3 },
  frames: { captured: 1, local: 1, cloud: 0, filtered: 0, dropped: 0, failed: 0 },
  ...{ fallbacks: 0, bytes: { up: 0, down: 0 }, models: { small: 1 } },
  latency_ms: { local: { p50: 1, p95: 1, p99: 1 }, cloud: { p50: 1, p95: 1, p99: 1 } },
  ...{ hedged: { begun: 41, used: 42 }, second_looks: { begun: 43, used: 44 } },
  ...{ shadow: { asked: 0, agreed: 0 }, late_decisions: 45 },
  ...{ cloud_outages: { count: 46, seconds: 47 }, interruptions: { count: 48, seconds: 49 } },
  ...{ passed_over: 50, left_out: { "damaged packets": 51 }, tracks: 52, events_left_out: 53 },
  lines: { gate: { in: 54, out: 55 } },
  rules: { night: { alerts: 56, suppressed: 57 } },
  sinks: { db: { written: 58, dropped: 59, failed: 60 } },
  changes: [{ what: "model", to: "huge", frame: 61, at: timeAt(0) }],
  ...{
    pictures_left_out: 62,
    deleted: { files: 63, bytes: 64 },
    clips: { written: 65, failed: 66 },
  },
  error: "the disk is full",
};

Deno.test("all that a summary says is told", async () => {
  await using folder = new Folder();
  storeRun(folder.file("run"), { results: [frameLine(1)], summary: ALL });
  const { html } = await runPage(await runsIn(folder.file("run")));
  assertSound(html);
  for (
    const told of [
      /<dt>Changed while it ran<\/dt><dd>model to huge after 61 frames/,
      /<dt>Rules<\/dt><dd>night: 56 alerts, 57 kept back/,
      /<dt>Hedged<\/dt><dd>41 frames .* took long; of 42 it did not come/,
      /<dt>Second looks<\/dt><dd>43 frames .* doubtful .* of 44 the answer counted/,
      /<dt>Decided too late<\/dt><dd>45 frames/,
      /<dt>Cloud not there<\/dt><dd>46 times, 47\.0 s/,
      /<dt>Source not there<\/dt><dd>48 times, 49\.0 s/,
      /<dt>Passed over<\/dt><dd>50 frames/,
      /<dt>Left out by the source<\/dt><dd>damaged packets: 51/,
      /<dt>things followed<\/dt><dd>52/,
      /<dt>Events left out<\/dt><dd>53/,
      /<th scope="row">gate<\/th><td>54<\/td><td>55<\/td>/,
      /<dt>Sink db<\/dt><dd>58 written, 59 dropped, 60 failed/,
      /<dt>Pictures left out<\/dt><dd>62/,
      /<dt>Deleted while it ran<\/dt><dd>63 files, 64 B/,
      /<dt>Clips<\/dt><dd>65 written, 66 failed/,
      /the disk is full/,
    ]
  ) assert.match(html, told);
});

Deno.test("several sources have a part each, and all together a sum", async () => {
  await using folder = new Folder();
  await evilRun(folder, "yard/door", 30);
  await evilRun(folder, "yard/gate", 14);
  storeRun(folder.file("yard/none"), { results: [] });
  const { html, sources } = await runPage(await runsIn(folder.file("yard")));
  assertSound(html);
  assert.deepEqual(sources.map(({ frames }) => frames.captured), [30, 14, 0]);
  assert.match(html, /<h1>Run of 3 sources<\/h1>/);
  assert.match(html, /<th scope="row">all<\/th><td>44<\/td>/);
  assert.match(html, /href="#s2"/);
  assert.equal([...html.matchAll(/No frame was captured/g)].length, 1);
});

Deno.test("a page of 200 000 frames is about as large as one of 2000", async () => {
  await using folder = new Folder();
  const sizes: number[] = [];
  for (const frames of [2000, 200_000]) {
    const name = `run${frames}`;
    storeRun(folder.file(name), { results: [] });
    using file = Deno.openSync(folder.file(`${name}/results.jsonl`), { append: true });
    for (let first = 1; first <= frames; first += 1000) {
      const lines = Array.from({ length: 1000 }, (_, i) => {
        const n = first + i;
        const reason = `reason ${n.toString(36)}x`;
        const decision = { policy: "p", reason, height: n % 997, quality: n % 89 };
        const label = `label ${n % 3000}`;
        const more = n % 3 === 0 ? sent(n % 5000) : { decision, latency_ms: n % 700 };
        return JSON.stringify(frameLine(n, { ...more, detections: found(n % 101 / 101, label) }));
      });
      file.writeSync(new TextEncoder().encode(lines.join("\n") + "\n"));
    }
    const { html, sources: [numbers] } = await runPage(await runsIn(folder.file(name)));
    assert.equal(numbers!.frames.captured, frames);
    assertSound(html);
    sizes.push(html.length);
  }
  const [small, large] = sizes;
  assert.ok(large! < 1.5 * small! && large! < 200_000, `${small}, ${large}`);
});
