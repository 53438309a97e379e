/** `smarteye models eval` as it is typed. */

import assert from "node:assert/strict";
import { basename } from "node:path";
import { PixelPicture } from "../core/image.ts";
import coco80 from "../models/labels/coco80.json" with { type: "json" };
import fastestdet from "../models/manifests/fastestdet.json" with { type: "json" };
import { testWithData } from "./fakes/data.ts";
import { Folder } from "./fakes/folder.ts";
import { constantNetwork } from "./fakes/onnx.ts";
import { plain } from "./fakes/pictures.ts";
import { program } from "./fakes/program.ts";
import { addModel, SIDE } from "./fakes/tiny_model.ts";
import { pythonHas, runClient } from "./rigs/python_clients.ts";

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

/** The tiny model finds the car of one of two pictures: of recall's 101 levels 51 are reached. */
const CARS = {
  ...{ label: "car", classes: ["car"], objects: 2, images: 2 },
  ...{ ap50_95: 50.495, ap50: 50.495 },
};

/** The cells of a table, row by row. */
const cellsOf = (text: string) =>
  text.split("\n").map((line) => line.split("│").map((cell) => cell.trim()));

Deno.test("two models side by side, as tables and as one object", async () => {
  await using folder = new Folder();
  await street(folder);
  const args = ["models", "eval", "tiny", "other", "--data", folder.path];
  const env = { SMARTEYE_MODELS: folder.path };

  const shown = await program(args, env);
  assert.equal(shown.code, 0, shown.stderr);
  const row = (name: string) => cellsOf(shown.stdout).find((row) => row[1] === name);
  const means = ["mAP50-95", "mAP50", "classes", "objects", "images"];
  assert.deepEqual(row("model")?.slice(1, 8), ["model", ...means, "infer p50"]);
  assert.deepEqual(row("tiny")?.slice(1, 7), ["tiny", "50.5", "50.5", "1", "2", "2"]);
  assert.deepEqual(row("other")?.slice(1, 7), ["other", "50.5", "50.5", "1", "2", "2"]);
  assert.deepEqual(row("car"), ["", "car", "2", "2", "50.5", "50.5", ""]);
  assert.deepEqual(row("horse"), ["", "horse", "2", "2", "not known", "not known", ""]);
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
    objects: 2,
    images: 2,
    common: { map50_95: 50.495, map50: 50.495, labels: [CARS] },
    labels: [CARS],
    unknown_classes: [{ name: "horse", objects: 2, images: 2 }],
  });
  const files = [...Deno.readDirSync(saved)].map(({ name }) => name).sort();
  assert.deepEqual(files, [
    "other.detections.json",
    "other.truth.json",
    "tiny.detections.json",
    "tiny.truth.json",
  ]);
});

Deno.test("models of different classes, over what all know, on several data sets", async () => {
  await using folder = new Folder();
  await street(folder);
  addModel(folder, { name: "rider", labels: ["person", "car", "horse"] });
  const bright = folder.file("all/bright");
  Deno.mkdirSync(bright, { recursive: true });
  Deno.copyFileSync(folder.file("bright.jpg"), `${bright}/1.jpg`);
  // Persons are named here, and none has a box.
  Deno.writeTextFileSync(`${bright}/1.txt`, LABELS.split("\n")[0]!);
  Deno.writeTextFileSync(`${bright}/data.yaml`, "names: [car, person]\n");
  const env = { SMARTEYE_MODELS: folder.path };
  const both = ["models", "eval", "tiny", "rider", "--data", folder.path, "--data", bright];
  const [mixed, sunny] = [basename(folder.path), `${basename(folder.path)}/all/bright`];

  const several = await program(both, env);
  assert.equal(several.code, 0, several.stderr);
  const rows = cellsOf(several.stdout);
  const cells = (...start: string[]) =>
    rows.find((row) => start.every((cell, i) => row[i + 1] === cell))?.slice(1 + start.length, -1);
  assert.deepEqual(cells("model")?.slice(5, 7), ["common mAP50-95", "common mAP50"]);
  assert.deepEqual(cells("tiny")?.slice(0, 7), ["50.5", "50.5", "1", "2", "2", "50.5", "50.5"]);
  assert.deepEqual(cells("rider")?.slice(0, 7), ["25.2", "25.2", "2", "4", "2", "50.5", "50.5"]);
  assert.match(several.stdout, /^common, marked \*: .* models know: car; 2 objects in 2 images/m);
  assert.match(
    several.stdout,
    /^without an object: person; in no mean, and what is found of them/m,
  );
  assert.deepEqual(cells("car *", mixed), ["2", "2", "50.5", "50.5"]);
  assert.deepEqual(cells("car", sunny), ["1", "1", "100.0", "100.0"]);
  assert.deepEqual(cells("car", "mean of 2"), ["3", "3", "75.2", "75.2"]);
  assert.deepEqual(cells("horse", mixed), ["2", "2", "not known", "0.0"]);
  assert.deepEqual(cells("mean of 2 data sets"), ["", "3", "3", "75.2 / 75.2", "75.2 / 75.2"]);

  const { stdout } = await program([...both, "--json", "--save", folder.file("saved")], env);
  const { sets, common: { models, ...common } } = JSON.parse(stdout);
  assert.deepEqual(common, { sets: 2, classes_and_sets: 2 });
  assert.deepEqual(models[1].mean_of_sets, { map50_95: 75.2475, map50: 75.2475 });
  assert.deepEqual(models[1].mean_of_classes_and_sets, models[1].mean_of_sets);
  assert.deepEqual(models[1].labels, [
    { label: "car", sets: 2, objects: 3, images: 3, ap50_95: 75.2475, ap50: 75.2475 },
  ]);
  const [first, second] = sets;
  assert.deepEqual([first.common.left_out, first.models[1].map50, second.data.without_objects], [
    [{ name: "horse", objects: 2, images: 2 }],
    25.2475,
    ["person"],
  ]);
  assert.deepEqual(first.models[1].common, { map50_95: 50.495, map50: 50.495, labels: [CARS] });
  const saved = [...Deno.readDirSync(folder.file(`saved/${sunny}`))].map(({ name }) => name);
  assert.equal(saved.length, 4); // what is common is all there is
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
  const twice = await program([...args, "--data", folder.path], env);
  assert.match(twice.stderr, /Cannot evaluate classifiers on 2 data sets: one --data is wanted/);
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
    // FastestDet again, which says "truck" in a word of its own and knows an ambulance.
    const odd = coco80.map((name) => ({ truck: "hauler", train: "ambulance" })[name] ?? name);
    const { url: _, bytes: __, ...as } = fastestdet;
    models.write("odd.json", JSON.stringify({ ...as, name: "odd", labels: odd }));
    // About what pycocotools gives for the same detections; of so few pictures the rounding of single
    // pixels can move half a point.
    const wanted = {
      highway: [[33.6, 61.8], ["fastestdet", "smarteye_street"], []],
      openimages_vehicles: [[49.8, 74.3], ["fastestdet", "smarteye_street", "odd"], [
        { name: "ambulance", objects: 9, images: 9 },
      ]],
    } as const;
    for (const [set, [map50s, names, unknown]] of Object.entries(wanted)) {
      const { code, stdout, stderr } = await program([
        ...["models", "eval", ...names, "--json", "--save", models.file(set), "--data"],
        path(`labelled/${set}/test`),
      ], { SMARTEYE_MODELS: models.path });
      assert.equal(code, 0, stderr);
      const { models: found } = JSON.parse(stdout);
      map50s.forEach((map50, i) => {
        assert.ok(Math.abs(found[i].map50 - map50) < 1.5, `${set}: ${names[i]} ${found[i].map50}`);
      });
      assert.ok(found[1].map50 > found[0].map50);
      assert.deepEqual(found[0].unknown_classes, unknown);
      if (names.length > 2) await holdByPycocotools(models.file(set), found);
    }
  },
);

/** Over the classes that all know, too: the odd one knows an ambulance, and no truck. */
async function holdByPycocotools(saved: string, found: readonly Found[]): Promise<void> {
  assert.deepEqual(found[0]!.common, found[2]!.common);
  assert.notEqual(found[0]!.common.map50, found[0]!.map50);
  if (!pythonHas("pycocotools")) {
    return console.log("not against pycocotools: SMARTEYE_TEST_PYTHON has none");
  }
  const kinds = found.flatMap(({ model }) => [model, `${model}.common`]);
  const files = kinds.flatMap((kind) =>
    ["truth", "detections"].map((what) => `${saved}/${kind}.${what}.json`)
  );
  const told = await runClient("../parity/average_precision/coco_map.py", ...files) as Means[];
  for (const [i, { map50_95, map50 }] of found.flatMap((one) => [one, one.common]).entries()) {
    assert.ok(Math.abs(told[i]!.map50_95 - map50_95) < 1e-3, `${kinds[i]}: ${map50_95}`);
    assert.ok(Math.abs(told[i]!.map50 - map50) < 1e-3, `${kinds[i]}: ${map50}`);
  }
}

interface Means {
  readonly map50_95: number;
  readonly map50: number;
}

interface Found extends Means {
  readonly model: string;
  readonly common: Means;
}
