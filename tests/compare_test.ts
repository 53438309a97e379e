/** `smarteye compare`: real processes on a rendered street, what they leave, and what is refused. */

import assert from "node:assert/strict";
import { parseXml } from "@rgrove/parse-xml";
import { STREET_DEFAULTS } from "../street/options.ts";
import { writeSample } from "../street/sample_writer.ts";
import { Folder } from "./fakes/folder.ts";
import { processesWith } from "./fakes/processes.ts";
import { Program, program } from "./fakes/program.ts";

const SCENE = { ...STREET_DEFAULTS, width: 320, height: 180, fps: 10, frames: 25 };

async function street(folder: Folder) {
  const { videoPath, truthPath } = await writeSample(folder.file("street.mp4"), SCENE);
  return { video: videoPath, truth: truthPath, models: { SMARTEYE_MODELS: folder.file("none") } };
}

/** Rows of a CSV file (RFC 4180) as objects. */
function csv(path: string): Record<string, string>[] {
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  const rows: string[][] = [[]];
  const text = Deno.readTextFileSync(path);
  while (field.lastIndex < text.length) {
    const at = field.lastIndex;
    const [, quoted, bare, end] = field.exec(text) ?? assert.fail(`${path}, at ${at}`);
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? bare!);
    if (end !== ",") rows.push([]);
  }
  const [head, ...body] = rows.slice(0, -1);
  for (const row of body) assert.equal(row.length, head!.length);
  return body.map((row) => Object.fromEntries(head!.map((name, i) => [name, row[i]!])));
}

Deno.test("compare: two policies are played on a street, and told in tables, plots and a page", async () => {
  await using folder = new Folder();
  const { video, truth, models } = await street(folder);
  const mark = crypto.randomUUID();
  const policies = ["always_local_fastest_model", "always_cloud_lowest_delay"];
  const out = folder.file("out");
  const { code, stdout, stderr } = await program([
    ...["compare", "-f", video, "--policy", policies.join(","), "--network", "constant:8mbit"],
    ...["--truth", truth, "--deadline-ms", "400", "--seconds", "2", "-o", out],
  ], { ...models, MARK: mark });
  assert.equal(code, 0, stderr);
  assert.deepEqual(await processesWith(mark), []);
  for (const policy of policies) assert.match(stdout, new RegExp(`│ ${policy} `));
  const svgs = ["accuracy_bytes.svg", "accuracy_time.svg", "latency.svg", "latency_time.svg"];
  assert.deepEqual(
    folder.names("out"),
    [
      ...[...policies, ...svgs],
      ...["compare.html", "compare.json", "frames.csv", "summary.csv"],
    ].sort(),
  );

  const frames = csv(folder.file("out/frames.csv"));
  const summary = csv(folder.file("out/summary.csv"));
  assert.deepEqual(summary.map(({ contestant }) => contestant), policies);
  for (const row of summary) {
    const own = frames.filter(({ contestant }) => contestant === row["contestant"]);
    assert.equal(own.length, 20, "two seconds at ten frames");
    const outcomes = ["here", "cloud", "filtered", "dropped", "failed"];
    assert.equal(outcomes.reduce((sum, one) => sum + Number(row[one]), 0), own.length);
    assert.equal(Number(row["frames"]), own.length);
    const mean = own.reduce((sum, { f1 }) => sum + Number(f1), 0) / own.length;
    assert.ok(Math.abs(mean - Number(row["f1"])) < 1e-3, "the mean of frames is the summary's");
  }
  const [local, cloud] = summary;
  assert.ok(Number(local!["f1"]) > 0.3, stdout);
  assert.equal(local!["bytes_up"], "0");
  assert.ok(Number(cloud!["bytes_up"]) > 1000, stdout);
  const { contestants, truth: by } = JSON.parse(
    Deno.readTextFileSync(folder.file("out/compare.json")),
  );
  assert.equal(contestants.length, 2);
  assert.deepEqual(by, { kind: "labels", file: "street.truth.jsonl" });

  for (const svg of svgs) {
    const text = Deno.readTextFileSync(folder.file(`out/${svg}`));
    parseXml(text);
    assert.match(text, /<title/);
    assert.doesNotMatch(text, /var\(|currentColor/, "papers know no CSS");
    for (const policy of policies) assert.ok(text.includes(policy), "its legend is in it");
  }
  checkPage(Deno.readTextFileSync(folder.file("out/compare.html")), policies);
});

/** A page that needs nothing else, and says what its pictures show. */
function checkPage(page: string, names: readonly string[]): void {
  assert.ok(!/<(?:link|script|iframe)|@import|url\((?!#)/.test(page), "it needs nothing else");
  const sources = [...page.matchAll(/ (?:src|href)="([^"]{0,30})/g)].map(([, source]) => source!);
  assert.ok(sources.length >= 3, "there are pictures");
  for (const source of sources) assert.match(source, /^data:image\/jpeg;base64,/);
  const images = page.match(/<img [^>]*>/g)!;
  assert.ok(images.every((image) => / alt="Frame \d+ with /.test(image)));
  for (const name of names) assert.ok(page.includes(`<b>${name}</b>`));
  assert.match(page, /prefers-color-scheme:dark/);
  const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length);
}

Deno.test("compare: all that is wrong is told at once, and nothing is started or written", async () => {
  await using folder = new Folder();
  const mark = crypto.randomUUID();
  const wrong = await program([
    ...["compare", "-f", folder.file("no.mp4"), "--policy", "nobody,deadline_accuracy"],
    ...["--model", "smarteye_stret", "--network", "lte?dela=1", "--truth", "no.jsonl"],
    ...["-o", folder.file("out")],
  ], { SMARTEYE_MODELS: folder.file("none"), MARK: mark });
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /^error: Cannot compare: 5 problems$/m);
  for (
    const problem of [
      /--file: Cannot read .*no\.mp4": there is no such file/,
      /--policy: Cannot load the control policy "nobody": there is none of that name/,
      /--model: Cannot find the model "smarteye_stret": .*did you mean smarteye_street\?/,
      /--network: Cannot use the network "lte\?dela=1": found the unknown option "dela"/,
      /--truth: Cannot read the labels .*no\.jsonl"/,
    ]
  ) assert.match(wrong.stderr, problem);
  assert.deepEqual(folder.names(), []);

  folder.write("a.txt", "no video");
  const others = await program([
    ...["compare", "-f", folder.file("a.txt"), "-o", folder.path],
    ...[
      "--model",
      "smarteye_street,m1,m2,m3,m4,m5,m6,m7,m8",
      "--forwarder",
      "http://127.0.0.1:1/image_handler",
    ],
  ], { SMARTEYE_MODELS: folder.file("none") });
  assert.equal(others.code, 2);
  assert.match(others.stderr, /found 9 to compare, at most 8 are wanted/);
  assert.match(others.stderr, /--file: Cannot read .*a\.txt"/);
  assert.match(others.stderr, /--out: Cannot write to .*: there is something in it/);
});

Deno.test("compare: who fails is told with the reason, and the others are compared", async () => {
  await using folder = new Folder();
  const { video, models } = await street(folder);
  // As the task, with the permissions that it has.
  await using running = new Program(
    [
      ...["compare", "-f", video, "--model", "smarteye_street,of_the_cloud", "--seconds", "1"],
      // Nobody is there: only what is inferred here can be compared.
      ...[
        "--policy",
        "always_local_fastest_model",
        "--forwarder",
        "http://127.0.0.1:1/image_handler",
      ],
      ...["-o", folder.file("out"), "--json"],
    ],
    models,
    ["task", "--quiet"],
  );
  const { code, stdout, stderr } = await running.ran();
  assert.equal(code, 1, stderr);
  const { contestants } = JSON.parse(stdout);
  assert.equal(contestants[0].failure, null);
  const { frames, accuracy } = contestants[0].result.score;
  assert.equal(frames.captured, 10);
  assert.ok(frames.here >= 5, stderr); // a machine that others use passes some over
  assert.ok(accuracy.mean > 0.6, "it is what is taken for true");
  assert.match(contestants[1].failure, /Cannot find the model "of_the_cloud"/);
  assert.equal(contestants[1].result, null);
  const page = Deno.readTextFileSync(folder.file("out/compare.html"));
  assert.match(page, /<b>of_the_cloud<\/b> could not be played to its end: Cannot find the model/);
  assert.match(
    page,
    /smarteye_street is what is taken for true, and it inferred frames of smarteye_/,
  );
});

Deno.test("compare: Ctrl-C ends every process", async () => {
  await using folder = new Folder();
  const mark = crypto.randomUUID();
  const { video, models } = await street(folder);
  const out = folder.file("out");
  await using stopped = new Program(
    ["compare", "-f", video, "--policy", "always_local_fastest_model", "-o", out],
    { ...models, MARK: mark },
  );
  const isPlaying = () =>
    Deno.stat(`${out}/always_local_fastest_model/results.jsonl`).then(() => true, () => false);
  for (let n = 0; n < 600 && !await isPlaying(); n++) await new Promise((r) => setTimeout(r, 50));
  if (Deno.build.os === "linux") assert.equal((await processesWith(mark)).length, 4);
  stopped.kill("SIGINT");
  const { code, stderr } = await stopped.ran();
  assert.equal(code, 1, stderr);
  assert.match(stderr, /the comparison was stopped/);
  assert.deepEqual(await processesWith(mark), []);
});
