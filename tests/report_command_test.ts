/** `smarteye report`, as a user calls it. */

import assert from "node:assert/strict";
import { run } from "../cli/run.ts";
import { REPORT_MARK } from "../edge/report_page.ts";
import { Folder } from "./fakes/folder.ts";
import { Program } from "./fakes/program.ts";
import { frameLine, sent, storeRun } from "./fakes/stored_run.ts";
import { FakeWorld } from "./fakes/world.ts";

const RESULTS = [frameLine(1), frameLine(2, sent(900)), frameLine(3, { outcome: "failed" })];

async function called(folder: Folder, ...args: string[]) {
  const world = new FakeWorld({}, folder.path);
  const code = await run(["report", ...args], world);
  return { code, stdout: world.stdout.text, stderr: world.stderr.text };
}

Deno.test("report: a page in the run's directory, which is written anew each time", async () => {
  await using folder = new Folder();
  storeRun(folder.file("run"), { results: RESULTS, summary: { source: "door" } });
  for (const frames of [3, 4]) {
    const { code, stdout, stderr } = await called(folder, "run");
    assert.equal(code, 0, stderr);
    assert.match(stdout, new RegExp(`^door: ${frames} frames, ${frames - 1} inferred, 0 events\n`));
    assert.match(stdout, /the report is .*report\.html\n$/);
    const page = Deno.readTextFileSync(folder.file("run/report.html"));
    assert.ok(page.includes(REPORT_MARK));
    assert.ok(page.includes(`<title>Run of door</title>`));
    storeRun(folder.file("run"), {
      ...{ results: [...RESULTS, frameLine(4)], summary: { source: "door" } },
    });
  }
  assert.deepEqual(folder.names("run"), ["report.html", "results.jsonl", "summary.json"]);
});

Deno.test("report: a run that was killed is told as far as it goes, and its numbers to programs", async () => {
  await using folder = new Folder();
  storeRun(folder.file("run"), { results: RESULTS, torn: '{"frame":4,"source":"do' });
  const { code, stdout } = await called(folder, "run");
  assert.equal(code, 0);
  assert.match(stdout, /^door: 3 frames, 2 inferred, 0 events, without a summary: as far as its/);
  const page = Deno.readTextFileSync(folder.file("run/report.html"));
  assert.match(page, /There is no summary\.json: the run was killed, or is still going on/);
  assert.match(page, /The last line of results\.jsonl is half a line/);
  const out = folder.file("r.html");
  const told = JSON.parse((await called(folder, "run", "-o", "r.html", "--json")).stdout);
  assert.equal(told.report, out);
  const [{ source, whole, frames, bytes }] = told.sources;
  assert.deepEqual([source, whole, bytes], ["door", false, { up: 900, down: 50 }]);
  assert.deepEqual(frames, {
    ...{ captured: 3, local: 1, cloud: 1, filtered: 0, dropped: 0, failed: 1 },
  });
});

Deno.test("report: several sources on one page", async () => {
  await using folder = new Folder();
  for (const name of ["door", "yard"]) {
    storeRun(folder.file(`run/${name}`), { results: RESULTS, summary: { source: name } });
  }
  const { code, stdout } = await called(folder, "run");
  assert.equal(code, 0);
  assert.match(stdout, /^door: 3 frames.*\nyard: 3 frames.*\nthe report is .*run.report\.html\n$/);
});

Deno.test("report: a file of somebody else's is not replaced", async () => {
  await using folder = new Folder();
  storeRun(folder.file("run"), { results: RESULTS });
  folder.write("run/report.html", "<h1>mine</h1>");
  const { code, stderr } = await called(folder, "run");
  assert.equal(code, 1);
  assert.match(stderr, /Cannot write ".*report\.html": there is a file that is no report of a run/);
  assert.equal(Deno.readTextFileSync(folder.file("run/report.html")), "<h1>mine</h1>");
});

for (
  const [args, told] of [
    [[], /missing required argument 'run'/],
    [["nowhere"], /Cannot report on ".*nowhere": No such file or directory/],
    [["."], /it holds holiday\.jpg, the directory of a run of smarteye edge is wanted/],
    [[".", "-o", "r.pdf"], /--out: found "r\.pdf", wanted the path of a page, \.html/],
  ] as const
) {
  Deno.test(`report: a wrong command line is explained: ${args.join(" ")}`, async () => {
    await using folder = new Folder();
    folder.write("holiday.jpg", "x");
    const { code, stderr } = await called(folder, ...args);
    assert.equal(code, 2);
    assert.match(stderr, told);
    assert.deepEqual(folder.names(), ["holiday.jpg"]);
  });
}

Deno.test("report: its task grants what it needs", async () => {
  await using folder = new Folder();
  const street = ["-f", "synthetic:?width=160&height=120&frames=3", "--out", folder.file("run")];
  await using edge = new Program(["edge", ...street, "--quiet"], {}, ["task", "--quiet"]);
  assert.equal((await edge.ran()).code, 0);
  await using report = new Program(["report", folder.file("run")], {}, ["task", "--quiet"]);
  const { code, stderr } = await report.ran();
  assert.equal(code, 0, stderr);
  const page = Deno.readTextFileSync(folder.file("run/report.html"));
  assert.match(page, /<img src="data:image\/jpeg;base64,/);
});
