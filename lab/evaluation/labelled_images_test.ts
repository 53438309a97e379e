import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { SmarteyeError } from "../../core/errors.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { openLabelledImages } from "./labelled_images.ts";

/** A folder with files; images need no pixels to be listed. */
function folderOf(files: Readonly<Record<string, string>>): Folder {
  const folder = new Folder();
  for (const [name, content] of Object.entries(files)) {
    Deno.mkdirSync(dirname(join(folder.path, name)), { recursive: true });
    folder.write(name, content);
  }
  return folder;
}

/** What reading a folder says is wrong, with the folder's path as `DIR`. */
async function problemOf(folder: Folder, path = ""): Promise<string> {
  const error = await openLabelledImages(join(folder.path, path)).then(
    () => assert.fail("it was read"),
    (error) => error,
  );
  assert.ok(error instanceof SmarteyeError, String(error));
  assert.equal(error.code, "invalid_argument");
  return error.message.replaceAll(folder.path, "DIR");
}

const NAMES = "names: [bus, car]\n";
const CAR = "1 0.5 0.5 0.2 0.4\n";
const CAR_BOX = [0.4, 0.3, 0.6, 0.7];

Deno.test("YOLO's layouts", async () => {
  const layouts: readonly (readonly [files: Record<string, string>, path?: string])[] = [
    [{ "data.yaml": NAMES, "images/a.jpg": "", "images/b.png": "", "labels/a.txt": CAR }],
    [{ "a.jpg": "", "a.txt": CAR, "b.jpeg": "", "data.yml": "names:\n  1: car\n  0: bus\n" }],
    [{ "a.jpg": "", "a.txt": CAR, "b.webp": "", "classes.txt": "\ufeffbus\r\ncar\r\n" }],
    [{
      "data.yaml": NAMES,
      "test/images/a.jpg": "",
      "test/images/b.jpg": "",
      "test/labels/a.txt": CAR,
    }, "test"],
    [{
      "data.yaml": NAMES,
      "images/val/a.jpg": "",
      "images/val/b.jpg": "",
      "labels/val/a.txt": CAR,
    }, "images/val"],
    [{ "images/a.jpg": "", "images/b.jpg": "", "images/a.txt": CAR, "classes.txt": "bus\ncar" }],
  ];
  for (const [files, path = ""] of layouts) {
    await using folder = folderOf(files);
    const { form, classes, images } = await openLabelledImages(join(folder.path, path));
    assert.equal(form, "YOLO");
    assert.deepEqual(classes, ["bus", "car"]);
    assert.deepEqual(
      images.map(({ objects }) => objects.length),
      [1, 0],
      Object.keys(files).join(),
    );
    const [{ name, path: file, unit, objects: [object] }] = [images[0]!];
    assert.equal(name, "a.jpg");
    assert.ok(Deno.statSync(file).isFile);
    assert.deepEqual(unit, { width: 1, height: 1 });
    assert.deepEqual({ ...object, box: rounded(object!.box) }, {
      classId: 1,
      box: CAR_BOX,
      ignored: false,
    });
  }
});

const rounded = (box: readonly number[]) => box.map((edge) => Number(edge.toFixed(6)));

Deno.test("an outline is the box around it", async () => {
  await using folder = folderOf({
    "classes.txt": "bus",
    "a.jpg": "",
    "a.txt": "\n0 0.1 0.5 0.3 0.2 0.4 0.6\n  \n",
  });
  const { images } = await openLabelledImages(folder.path);
  assert.deepEqual(images[0]!.objects[0]!.box, [0.1, 0.2, 0.4, 0.6]);
});

Deno.test("every broken line of every label file is told", async () => {
  await using folder = folderOf({
    "data.yaml": NAMES,
    "images/a.jpg": "",
    "images/b.jpg": "",
    "labels/a.txt": `${CAR}2 0.5 0.5 0.2 0.4\n1 0.5 0.5 0.2\nx 0.5 0.5 0.2 0.4\n`,
    "labels/b.txt": "0 320 240 64 48\r\n0 0.5 0.5 0 0.4\r\n0 0.5 0.5 0.2 inf\r\n",
  });
  const wanted = "a class and its box: <class> <cx> <cy> <width> <height>, the box as shares of " +
    "the image, or <class> <x1> <y1> <x2> <y2> … of an outline";
  assert.equal(
    await problemOf(folder),
    `Cannot read the data set "DIR": 6 problems
  labels/a.txt:2: found "2 0.5 0.5 0.2 0.4", wanted a class of 0 to 1
  labels/a.txt:3: found "1 0.5 0.5 0.2", wanted ${wanted}
  labels/a.txt:4: found "x 0.5 0.5 0.2 0.4", wanted a class of 0 to 1
  labels/b.txt:1: found "0 320 240 64 48", wanted a box inside the image, in shares of its width and height (0 to 1)
  labels/b.txt:2: found "0 0.5 0.5 0 0.4", wanted a box with a width and a height
  labels/b.txt:3: found "0 0.5 0.5 0.2 inf", wanted ${wanted}`,
  );
});

Deno.test("what is told of a great many problems is bounded", async () => {
  await using folder = folderOf({ "classes.txt": "car", "a.jpg": "", "a.txt": "car\n".repeat(90) });
  const lines = (await problemOf(folder)).split("\n");
  assert.equal(lines.length, 22);
  assert.equal(lines.at(-1), "  and 70 more");
});

Deno.test("what is no data set in YOLO's form", async () => {
  const cases: readonly (readonly [files: Record<string, string>, problem: RegExp])[] = [
    [{}, /there are no images in "DIR", images with labels \(.*\) are wanted$/],
    [{ "images/train/a.jpg": "" }, /there are no images in "DIR\/images"/],
    [{ "a.jpg": "" }, /none of its 1 images has a label file, files like DIR\/a.txt are wanted/],
    [{ "a.jpg": "", "a.txt": CAR }, /none of data.yaml, data.yml, classes.txt in DIR, .*, one of/],
    [
      { "a.jpg": "", "a.txt": CAR, "data.yaml": "a: 1\nnames: [bus, car\n" },
      /DIR\/data.yaml:3: found .*, wanted YAML/,
    ],
    [
      { "a.jpg": "", "a.txt": CAR, "data.yaml": "nc: 2" },
      /DIR\/data.yaml: found no names, wanted names: a list of/,
    ],
    [
      { "a.jpg": "", "a.txt": CAR, "data.yaml": "names: {0: bus, 2: car}" },
      /DIR\/data.yaml: found {"0":"bus","2":"car"}, wanted names: a list of/,
    ],
    [
      {
        "a.jpg": "",
        "a.txt": CAR,
        "data.yaml": "a: &a [x,x,x,x,x,x,x,x,x]\n" + "bcdefghi".replace(/./g, (name) => {
          const before = String.fromCharCode(name.charCodeAt(0) - 1);
          return `${name}: &${name} [${`*${before},`.repeat(9)}]\n`;
        }) + "names: *i",
      },
      /data.yaml: found Excessive alias count/,
    ],
  ];
  for (const [files, problem] of cases) {
    await using folder = folderOf(files);
    assert.match(await problemOf(folder), problem);
  }
  await using folder = new Folder();
  assert.match(await problemOf(folder, "none"), /"DIR\/none": No such file .* is wanted$/);
});

const COCO = {
  images: [
    { id: 7, file_name: "a.jpg", width: 100, height: 50 },
    { id: 9, file_name: "b.jpg", width: 10, height: 10 },
  ],
  categories: [{ id: 3, name: "car" }, { id: 1, name: "bus", supercategory: "vehicle" }],
  annotations: [
    { id: 1, image_id: 7, category_id: 1, bbox: [10, 20, 30, 5], iscrowd: 0, area: 150 },
    { id: 2, image_id: 7, category_id: 3, bbox: [0, 0, 50.5, 50], iscrowd: 1 },
  ],
};

Deno.test("COCO's layouts", async () => {
  const json = JSON.stringify(COCO);
  const layouts: readonly (readonly [file: string, image: string, path: string])[] = [
    ["annotations.json", "a.jpg", ""],
    ["_annotations.coco.json", "a.jpg", ""],
    ["annotations.json", "images/a.jpg", ""],
    ["annotations/instances_val2017.json", "val2017/a.jpg", ""],
    ["annotations/instances_val2017.json", "images/a.jpg", "annotations/instances_val2017.json"],
    ["labels.json", "a.jpg", "labels.json"],
  ];
  for (const [file, image, path] of layouts) {
    await using folder = folderOf({ [file]: json, [image]: "" });
    const data = await openLabelledImages(join(folder.path, path));
    assert.deepEqual(data, {
      form: "COCO",
      classes: ["car", "bus"],
      images: [
        {
          name: "a.jpg",
          path: folder.file(image),
          unit: { width: 100, height: 50 },
          objects: [
            { classId: 1, box: [10, 20, 40, 25], ignored: false },
            { classId: 0, box: [0, 0, 50.5, 50], ignored: true },
          ],
        },
        {
          name: "b.jpg",
          path: folder.file(image.replace("a.jpg", "b.jpg")),
          unit: { width: 10, height: 10 },
          objects: [],
        },
      ],
    });
  }
});

Deno.test("what is wrong with a COCO file", async () => {
  const broken = {
    images: [...COCO.images, { id: 10, file_name: "c.jpg" }],
    categories: COCO.categories,
    annotations: [
      { image_id: 7, category_id: 2, bbox: [1, 1, 2, 2] },
      { image_id: 8, category_id: 1, bbox: [1, 1, 2, 2] },
      { image_id: 7, category_id: 1, bbox: [1, 1, 2] },
      { image_id: 7, category_id: 1, bbox: [1, 1, -2, 2] },
      null,
    ],
  };
  await using folder = folderOf({ "annotations.json": JSON.stringify(broken) });
  const [head, ...lines] = (await problemOf(folder)).split("\n  ");
  assert.equal(head, 'Cannot read the data set "DIR/annotations.json": 6 problems');
  const wanted = [
    /^images\[2\]: found {"id":10,"file_name":"c.jpg"}, wanted width/,
    /^annotations\[0\]: found category_id 2, wanted the id of a category$/,
    /^annotations\[1\]: found image_id 8, wanted the id of an image$/,
    /^annotations\[2\]: found .*, wanted bbox/,
    /^annotations\[3\]: found .*, wanted bbox\.2/,
    /^annotations\[4\]: found null, wanted an object/,
  ];
  assert.equal(lines.length, wanted.length, lines.join("\n"));
  wanted.forEach((pattern, i) => assert.match(lines[i]!, pattern));
});

Deno.test("what is no data set in COCO's form", async () => {
  const cases: readonly (readonly [files: Record<string, string>, problem: RegExp])[] = [
    [{ "annotations.json": "{" }, /the labels "DIR\/annotations.json": .*, a COCO file in JSON is/],
    [{ "annotations.json": "[]" }, /: found .*, wanted COCO's images, categories, annotations$/],
    [{ "annotations.json": '{"images":[]}' }, /3 problems\n.*images: found/],
    [
      { "annotations.json": JSON.stringify(COCO) },
      /its first image "a.jpg" is in none of DIR, DIR\/images, .*, it is wanted in one of them/,
    ],
    [
      { "annotations/train.json": "{}", "annotations/val.json": "{}" },
      /"DIR": it has train.json, val.json in annotations, the path of one of them is wanted/,
    ],
  ];
  for (const [files, problem] of cases) {
    await using folder = folderOf(files);
    assert.match(await problemOf(folder), problem);
  }
});
