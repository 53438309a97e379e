/** `smarteye lab report`, as a user calls it. */

import assert from "node:assert/strict";
import { run } from "../cli/run.ts";
import { reportHtml } from "../lab/report/report.ts";
import { readStudy, studyText } from "../lab/study/study_files.ts";
import { Folder } from "./fakes/folder.ts";
import { handMadeStudy } from "./fakes/study.ts";
import { FakeWorld } from "./fakes/world.ts";

async function ran(folder: Folder, ...line: string[]) {
  const world = new FakeWorld({}, folder.path);
  const code = await run(["lab", "report", ...line], world);
  return { code, stdout: world.stdout.text, stderr: world.stderr.text };
}

Deno.test("lab report: a directory with a study gets its report, and the table is printed", async () => {
  await using folder = new Folder();
  const path = folder.write("study.json", studyText(handMadeStudy()));
  const { code, stdout, stderr } = await ran(folder, ".");
  assert.equal(code, 0, stderr);
  assert.match(stdout, /│ door +│ umts +│ oracle \(within 0\.4 %\) +│ 0\.900 │/);
  assert.deepEqual(folder.names(), ["report.html", "study.json"]);
  const page = Deno.readTextFileSync(folder.file("report.html"));
  assert.equal(page, reportHtml(await readStudy(path)));
});

Deno.test("lab report: a file's report goes where -o says, and a program is told where", async () => {
  await using folder = new Folder();
  folder.write("shard.json", studyText(handMadeStudy()));
  const { code, stdout } = await ran(folder, "shard.json", "-o", "part.html", "--json");
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(stdout), { report: folder.file("part.html") });
  assert.deepEqual(folder.names(), ["part.html", "shard.json"]);
});

Deno.test("lab report: what is no study is refused, and nothing is written", async () => {
  await using folder = new Folder();
  folder.write("study.json", "{}");
  const other = await ran(folder, ".");
  assert.equal(other.code, 2);
  assert.match(
    other.stderr,
    /Cannot read the study .*study\.json": it is none, what "smarteye lab/,
  );
  assert.match((await ran(folder, "nowhere")).stderr, /Cannot read the study .*nowhere": No such/);
  assert.match((await ran(folder)).stderr, /missing required argument 'study'/);
  assert.deepEqual(folder.names(), ["study.json"]);
});

Deno.test("lab merge: a whole study has its report beside it", async () => {
  await using folder = new Folder();
  const { cells, ...study } = handMadeStudy();
  for (const index of [1, 2]) {
    const shard = { ...study, shard: { index, count: 2 }, cells: [cells[index - 1]!] };
    folder.write(`${index}.json`, studyText(shard));
  }
  const world = new FakeWorld({}, folder.path);
  assert.equal(await run(["lab", "merge", "1.json", "2.json", "-o", "out"], world), 0);
  assert.deepEqual(folder.names("out"), ["report.html", "study.json"]);
});
