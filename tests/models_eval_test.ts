/** `smarteye models eval` as it is typed. */

import assert from "node:assert/strict";
import { PixelPicture } from "../core/image.ts";
import { testWithData } from "./fakes/data.ts";
import { Folder } from "./fakes/folder.ts";
import { constantNetwork } from "./fakes/onnx.ts";
import { plain } from "./fakes/pictures.ts";
import { program } from "./fakes/program.ts";
import { addModel, SIDE } from "./fakes/tiny_model.ts";

/** Where the tiny model sees a car in every bright picture, and a horse that it does not know. */
const LABELS = "0 0.375 0.5 0.5 0.5\n1 0.8 0.8 0.1 0.1\n";

/** A data set of a bright and a dark picture, each with a car, and a model for it. */
async function street(folder: Folder): Promise<void> {
  for (const [name, value] of [["bright", 255], ["dark", 0]] as const) {
    const picture = new PixelPicture(plain(64, 64, [value, value, value]));
    folder.write(`${name}.jpg`, await picture.jpeg({ width: 64, height: 64 }, 90));
    folder.write(`${name}.txt`, LABELS);
  }
  folder.write("classes.txt", "car\nhorse\n");
  addModel(folder);
  addModel(folder, { name: "other" });
}

Deno.test("two models side by side, as tables and as one object", async () => {
  await using folder = new Folder();
  await street(folder);
  const args = ["models", "eval", "tiny", "other", "--data", folder.path];
  const env = { SMARTEYE_MODELS: folder.path };

  const shown = await program(args, env);
  assert.equal(shown.code, 0, shown.stderr);
  const cells = shown.stdout.split("\n").map((line) => line.split("│").map((cell) => cell.trim()));
  const row = (name: string) => cells.find((row) => row[1] === name);
  assert.deepEqual(row("model")?.slice(1, 5), ["model", "mAP50-95", "mAP50", "images"]);
  assert.deepEqual(row("tiny")?.slice(1, 5), ["tiny", "50.5", "50.5", "2"]);
  assert.deepEqual(row("other")?.slice(1, 5), ["other", "50.5", "50.5", "2"]);
  assert.deepEqual(row("car"), ["", "car", "2", "50.5", "50.5", ""]);
  assert.match(
    shown.stdout,
    /^not known to tiny, other: horse \(2 objects\); what is found there/m,
  );

  const saved = folder.file("saved");
  const { code, stdout, stderr } = await program([...args, "--json", "--save", saved], env);
  assert.equal(code, 0, stderr);
  const { models, images, unreadable } = JSON.parse(stdout);
  assert.deepEqual([images, unreadable], [2, 0]);
  const { infer_ms, images_per_s, ...model } = models[0];
  assert.ok(infer_ms.p95 >= infer_ms.p50 && images_per_s > 0);
  assert.deepEqual(model, {
    model: "tiny",
    map50_95: 50.495,
    map50: 50.495,
    labels: [{ label: "car", classes: ["car"], objects: 2, ap50_95: 50.495, ap50: 50.495 }],
    unknown_classes: [{ name: "horse", objects: 2 }],
  });
  const files = [...Deno.readDirSync(saved)].map(({ name }) => name).sort();
  assert.deepEqual(files, [
    "other.detections.json",
    "other.truth.json",
    "tiny.detections.json",
    "tiny.truth.json",
  ]);
});

Deno.test("a classifier is measured on a folder for each class", async () => {
  await using folder = new Folder();
  const logits = Float32Array.from([1, 2, 7, 3, 0, 1]); // c, then d, b, a, f; never e
  const image = { name: "image", dims: [1, 3, SIDE, SIDE] };
  addModel(
    folder,
    { name: "sorter", service: "classification", labels: [..."abcdef"] },
    constantNetwork(image, [1, 6], logits),
  );
  addModel(folder);
  const env = { SMARTEYE_MODELS: folder.path };
  const picture = await new PixelPicture(plain(64, 64)).jpeg({ width: 64, height: 64 }, 90);
  for (const name of ["c", "D", "e", "unicorn"]) {
    Deno.mkdirSync(folder.file(`pictures/${name}`), { recursive: true });
    folder.write(`pictures/${name}/1.jpg`, picture);
  }
  const args = ["models", "eval", "sorter", "--data", folder.file("pictures")];
  const { code, stdout, stderr } = await program([...args, "--json"], env);
  assert.equal(code, 0, stderr);
  const { images, models: [{ top1, top5, images_counted, unknown_classes }] } = JSON.parse(stdout);
  assert.deepEqual([images, images_counted, top1, top5], [4, 3, 33.3333, 66.6667]);
  assert.deepEqual(unknown_classes, [{ name: "unicorn", images: 1 }]);
  const shown = await program(args, env);
  assert.match(shown.stdout, /│ sorter │ +33\.3 │ +66\.7 │ +3 │/);
  assert.match(shown.stdout, /^not known to sorter: unicorn; left out: 1 image$/m);
  const mixed = await program([...args, "tiny"], env);
  assert.equal(mixed.code, 2);
  assert.match(mixed.stderr, /Cannot evaluate sorter \(classification\) beside tiny \(detection\)/);
});

Deno.test("what is wrong is one line and a status", async () => {
  await using folder = new Folder();
  await street(folder);
  folder.write("bright.txt", "7 0.5 0.5 1 1\n");
  const env = { SMARTEYE_MODELS: folder.path };
  const cases: readonly (readonly [args: string[], code: number, line: RegExp])[] = [
    [[], 2, /^error: Cannot use the settings: --data: found nothing, wanted a folder of images/],
    [["--data", folder.path], 2, /bright\.txt:1: found "7 0.5 0.5 1 1", wanted a class of 0 to 1/],
    [["none", "--data", folder.path], 2, /Cannot find the model "none"/],
    [["--data", folder.path, "--images", "0"], 2, /--images: found "0", wanted a whole number/],
    [
      ["--data", folder.path, "--score-threshold", "2"],
      2,
      /found "2", wanted a number above 0, at most 1/,
    ],
  ];
  for (const [args, wanted, line] of cases) {
    const { code, stdout, stderr } = await program(["models", "eval", ...args], env);
    assert.equal(code, wanted, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, line);
  }
});

testWithData(
  "FastestDet finds as much of real streets as it did, and our own detector more",
  async (path) => {
    await using models = new Folder(); // the bundled manifests, and nothing of the data's own
    Deno.copyFileSync(path("models/fastestdet_352.onnx"), models.file("fastestdet_352.onnx"));
    // About what pycocotools gives for the same detections; of so few pictures the rounding of single
    // pixels can move half a point.
    const wanted = { highway: [33.6, 58.7], openimages_vehicles: [49.8, 58.3] } as const;
    for (const [set, [fastestdet, street]] of Object.entries(wanted)) {
      const { code, stdout, stderr } = await program([
        ...["models", "eval", "fastestdet", "smarteye_street", "--json", "--data"],
        path(`labelled/${set}/test`),
      ], { SMARTEYE_MODELS: models.path });
      assert.equal(code, 0, stderr);
      const { models: [first, second] } = JSON.parse(stdout);
      assert.ok(Math.abs(first.map50 - fastestdet) < 1.5, `${set}: FastestDet ${first.map50}`);
      assert.ok(Math.abs(second.map50 - street) < 1.5, `${set}: smarteye_street ${second.map50}`);
      assert.ok(second.map50 > first.map50);
      const ambulances = set === "highway" ? [] : [{ name: "ambulance", objects: 9 }];
      assert.deepEqual(first.unknown_classes, ambulances);
    }
  },
);
