/** `smarteye lab profile`, as a user calls it: on a street that is rendered for it, with the model that comes along. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { readParquet, type Row } from "../lab/parquet.ts";
import { readProfile } from "../lab/profile/profile_files.ts";
import { testWhere } from "./fakes/data.ts";
import { Folder } from "./fakes/folder.ts";
import { Program, program } from "./fakes/program.ts";
import { HttpCamera } from "./rigs/http_camera.ts";
import { pythonHas, runClient } from "./rigs/python_clients.ts";

const FRAMES = 6;
const SIZE = { width: 160, height: 96 };
/** 96 is the video's own height: of 120 and 200, which are above it, the least stands for it. */
const GRID = ["--heights", "48,120,200", "--qualities", "40,80"];
const MODEL = "smarteye_street";

/** A rendered street and its labels. */
async function street(folder: Folder, frames = FRAMES, name = "street.mp4"): Promise<string> {
  const path = folder.file(name);
  const size = ["--width", `${SIZE.width}`, "--height", `${SIZE.height}`];
  const { code, stderr } = await program(
    ["sample", path, ...size, "--fps", "10", "--frames", `${frames}`, "--quiet"],
  );
  assert.equal(code, 0, stderr);
  return path;
}

function lineFor(folder: Folder, video: string, ...more: string[]): string[] {
  return ["lab", "profile", "-f", video, "-o", folder.file("profiles"), ...GRID, ...more];
}

/** No models but those that come along. */
const env = (folder: Folder) => ({ SMARTEYE_MODELS: folder.file("models") });

async function profiled(folder: Folder, video: string, ...more: string[]) {
  await Deno.mkdir(folder.file("models"), { recursive: true });
  return await program(lineFor(folder, video, ...more), env(folder));
}

const COLUMNS = {
  frames: ["frame", "pts_ms", "difference", "edges", "area", "grey", "last_count", "count"],
  answers: [
    ...["frame", "model", "height", "quality", "bytes", "encode_ms", "service_ms", "f1"],
    "detections",
  ],
  boxes: [
    ...["frame", "model", "height", "quality", "label", "class_id", "score"],
    ...["x1", "y1", "x2", "y2"],
  ],
};

async function tables(directory: string) {
  const read = (name: string) => readParquet(join(directory, `${name}.parquet`));
  const [frames, answers, boxes] = await Promise.all(["frames", "answers", "boxes"].map(read));
  return { frames: frames!, answers: answers!, boxes: boxes! };
}

Deno.test("lab profile: the tables are as documented, and no frame is enlarged", async () => {
  await using folder = new Folder();
  const video = await street(folder);
  const { code, stdout, stderr } = await profiled(folder, video);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /│ street +│ +6 │ +10\.0 │ +5 │/);
  const directory = folder.file("profiles/street");
  assert.deepEqual(folder.names("profiles/street"), [
    ...["answers.parquet", "boxes.parquet", "frames.parquet", "profile.json"],
  ]);
  const head = JSON.parse(Deno.readTextFileSync(join(directory, "profile.json")));
  assert.deepEqual([head.form, head.fps, head.every, head.width, head.height], [1, 10, 1, 160, 96]);
  assert.deepEqual(head.truth, { kind: "model", model: MODEL });
  assert.match(head.sha256, /^[0-9a-f]{64}$/);
  const sent = [[48, 40], [48, 80], [120, 40], [120, 80]];
  const points = [[null, null], ...sent].map(([height, quality]) => (
    { model: MODEL, height, quality }
  ));
  assert.deepEqual(head.points, points);

  const { frames, answers, boxes } = await tables(directory);
  for (const [name, rows] of Object.entries({ frames, answers, boxes })) {
    assert.deepEqual(Object.keys(rows[0]!), COLUMNS[name as keyof typeof COLUMNS], name);
  }
  assert.deepEqual(frames.map(({ frame }) => frame), [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(frames.map(({ pts_ms }) => pts_ms), [0, 100, 200, 300, 400, 500]);
  assert.ok(frames.every(({ grey }) => (grey as Uint8Array).length === 64 * 36));
  assert.equal(answers.length, FRAMES * points.length);
  for (const { model, height, bytes, encode_ms, service_ms, f1 } of answers) {
    assert.equal(model, MODEL);
    assert.equal(Number(bytes) > 0, height !== null);
    assert.ok(height !== null || encode_ms === 0);
    assert.ok(Number(service_ms) > 0 && Number(f1) >= 0 && Number(f1) <= 1);
    if (height === null) assert.equal(f1, 1, "it is what is taken for true");
  }
  const bytesAt = (height: number) => mean(answers.filter((row) => row["height"] === height));
  assert.ok(bytesAt(120) > bytesAt(48) && bytesAt(120) < 3 * SIZE.width * SIZE.height);
  checkBoxes(boxes, frames, answers);
});

function mean(rows: readonly Row[]): number {
  return rows.reduce((sum, { bytes }) => sum + Number(bytes), 0) / rows.length;
}

function checkBoxes(boxes: readonly Row[], frames: readonly Row[], answers: readonly Row[]) {
  const of = (wanted: Row) =>
    boxes.filter((box) =>
      ["frame", "model", "height", "quality"].every((key) => box[key] === wanted[key])
    ).length;
  for (const { frame, count } of frames) {
    assert.equal(of({ frame, model: null, height: null, quality: null }), count, "without a model");
  }
  for (const answer of answers) assert.equal(of(answer), answer["detections"]);
  for (const { x1, y1, x2, y2, score } of boxes) {
    const [left, top, right, bottom] = [x1, y1, x2, y2].map(Number) as [
      number,
      number,
      number,
      number,
    ];
    // In pixels of the captured frame, however small it was sent.
    assert.ok(left >= 0 && left < right && right <= SIZE.width, `${left} ${right}`);
    assert.ok(top >= 0 && top < bottom && bottom <= SIZE.height, `${top} ${bottom}`);
    assert.ok(Number(score) > 0 && Number(score) <= 1);
  }
}

Deno.test("lab profile: by labels, every other frame, only some labels", async () => {
  await using folder = new Folder();
  const video = await street(folder);
  const truth = folder.file("street.truth.jsonl");
  const more = ["--truth", truth, "--every", "2", "--labels", "car,person", "--json"];
  const { code, stdout, stderr } = await profiled(folder, video, ...more);
  assert.equal(code, 0, stderr);
  const [told] = JSON.parse(stdout);
  assert.deepEqual([told.name, told.frames, told.points], ["street", 3, 5]);
  const { head, frames } = await readProfile(told.directory);
  assert.deepEqual([head.fps, head.every, head.truth], [5, 2, { kind: "labels", file: truth }]);
  const lines = Deno.readTextFileSync(truth).trimEnd().split("\n").map((line) => JSON.parse(line));
  for (const { index, truth } of frames) {
    const { objects } = lines.find(({ frame }) => frame === index);
    const wanted = objects.filter(({ label }: { label: string }) => /^(car|person)$/.test(label));
    assert.equal(truth.length, wanted.length);
    assert.ok(truth.every(({ score }) => score === 1));
  }
});

Deno.test("lab profile: one that was stopped goes on, and infers nothing again; two at once are refused", async () => {
  await using folder = new Folder();
  const video = await street(folder, 40);
  await Deno.mkdir(folder.file("models"));
  const journal = folder.file("profiles/street/journal.jsonl");
  const kept = () => {
    try {
      return Deno.readTextFileSync(journal).split("\n").slice(1, -1).map((line) =>
        JSON.parse(line)
      );
    } catch {
      return [];
    }
  };
  await using first = new Program(lineFor(folder, video), env(folder));
  const deadline = Date.now() + 60_000;
  while (kept().length < 2) {
    assert.ok(Date.now() < deadline, "no frame was kept");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const second = await profiled(folder, video);
  first.kill("SIGTERM");
  const { code, stderr } = await first.ran();
  if (code === 0) return; // too quick to be stopped: nothing is learned
  assert.match(stderr, /stopped after \d+ frames, called again it goes on/);
  assert.equal(second.code, 1);
  assert.match(second.stderr, /Cannot profile into ".*street": another process does/);
  const before = kept();
  assert.ok(before.length >= 2 && before.length < 40, `${before.length}`);
  // As when the machine lost power: the last line is cut.
  Deno.writeTextFileSync(journal, '{"index":', { append: true });

  const again = await profiled(folder, video);
  assert.equal(again.code, 0, again.stderr);
  const { frames } = await readProfile(folder.file("profiles/street"));
  assert.equal(frames.length, 40);
  // Times that were measured are never the same twice.
  const times = (all: typeof frames) => all.map(({ answers }) => answers.map((a) => a.serviceMs));
  assert.deepEqual(times(frames.slice(0, before.length)), times(before));
  assert.ok(!folder.names("profiles/street").includes("journal.jsonl"));

  await using fresh = new Folder();
  await Deno.mkdir(fresh.file("models"));
  const one = await program(lineFor(fresh, video), env(fresh));
  assert.equal(one.code, 0, one.stderr);
  const whole = await readProfile(fresh.file("profiles/street"));
  const found = (all: typeof frames) =>
    all.map(({ serviceMs: _, ...frame }: typeof frames[number] & { serviceMs?: number }) => ({
      ...frame,
      answers: frame.answers.map(({ bytes, f1, detections }) => ({ bytes, f1, detections })),
    }));
  assert.deepEqual(found(frames), found(whole.frames));

  const done = await profiled(folder, video);
  assert.equal(done.code, 0);
  assert.match(done.stderr, /street is there already, with 40 frames/);
});

Deno.test("lab profile: what cannot be profiled is told with what is wanted, and leaves nothing", async () => {
  await using folder = new Folder();
  const video = await street(folder);
  await using camera = await HttpCamera.start();
  folder.write("bad.jsonl", '{"frame": 1, "objects": []}\n{"frame": 0, "objects": []}\n');
  const two = ["-f", folder.file("elsewhere/street.mp4")];
  for (
    const [more, found] of [
      [["--models", "smarteye_stret"], /smarteye_stret.*[Dd]id you mean.*smarteye_street/],
      [
        ["--labels", "cars"],
        /the label "cars" \(--labels\): none of the models knows it, did you mean "car"\?/,
      ],
      [["--labels", "zebra"], /the label "zebra".*labels such as .*person.* are wanted/],
      [
        ["--truth", "yolo"],
        /"yolo" for true \(--truth\): one of the profiled models \(smarteye_street\)/,
      ],
      [["--truth", folder.file("none.jsonl")], /Cannot read the labels ".*none\.jsonl"/],
      [["--truth", folder.file("bad.jsonl")], /line 2 has frame with .*is wanted/],
      [
        [...two, "--truth", folder.file("street.truth.jsonl")],
        /of 2 videos: labels are those of one/,
      ],
      [two, /another video's profile is called "street", too/],
      [["--heights", "8"], /--heights.*8.*from 16 to 8192/],
    ] as const
  ) {
    const { code, stderr, stdout } = await profiled(folder, video, ...more);
    assert.deepEqual([code, stdout], [2, ""], stderr);
    assert.match(stderr.replaceAll("\n", " "), found);
  }
  const live = await profiled(folder, camera.url);
  assert.equal(live.code, 2);
  assert.match(live.stderr, /Cannot profile ".*": it has no end, a recorded video is wanted/);
  assert.ok(!folder.names().includes("profiles"));
});

Deno.test("lab profile: another video of the same name does not get the profile that is there", async () => {
  await using folder = new Folder();
  const video = await street(folder);
  assert.equal((await profiled(folder, video, "--frames", "1")).code, 0);
  await Deno.mkdir(folder.file("other"));
  const other = await street(folder, 3, "other/street.mp4");
  const { code, stderr } = await profiled(folder, other);
  assert.equal(code, 2);
  assert.match(stderr, /street" has the profile of another video, another --out is wanted/);
});

testWhere(
  "SMARTEYE_TEST_PYTHON has pyarrow",
  pythonHas("pyarrow"),
  "lab profile: pyarrow reads the tables, with the types that are documented",
  async () => {
    await using folder = new Folder();
    const video = await street(folder);
    assert.equal((await profiled(folder, video)).code, 0);
    const read = await runClient("parquet_types.py", folder.file("profiles/street"));
    const texts = { model: "string", label: "string" };
    const ints = [
      "frame",
      "last_count",
      "count",
      "height",
      "quality",
      "bytes",
      "detections",
      "class_id",
    ];
    for (const [name, columns] of Object.entries(COLUMNS)) {
      const { types, rows } = (read as Record<string, { types: object; rows: number }>)[name]!;
      assert.ok(rows >= FRAMES);
      const wanted = columns.map((column) => [
        column,
        column in texts
          ? "string"
          : ints.includes(column)
          ? "int32"
          : column === "grey"
          ? "binary"
          : column === "pts_ms"
          ? "double"
          : "float",
      ]);
      assert.deepEqual(types, Object.fromEntries(wanted), name);
    }
  },
);
