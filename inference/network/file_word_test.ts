/** Every form in which exporters write what a file is. */

import assert from "node:assert/strict";
import { type FileWord, fileWord } from "./file_word.ts";

const word = (notes: Record<string, string>) => fileWord(new Map(Object.entries(notes)));

Deno.test("names of classes are read in every form", () => {
  const forms: [what: string, notes: Record<string, string>, names: readonly string[]][] = [
    ["a dict", { names: "{0: 'person', 1: 'car'}" }, ["person", "car"]],
    ["a dict out of order", { names: "{1: 'car', 0: 'person'}" }, ["person", "car"]],
    ["a dict of quotes", { names: `{0: "cat's eye", 1: 'say "a"'}` }, ["cat's eye", 'say "a"']],
    ["escaped quotes", { names: String.raw`{0: 'cat\'s', 1: "a \"b\""}` }, ["cat's", 'a "b"']],
    ["brackets and commas within", { names: "{0: 'a, b: {c}', 1: 'd]'}" }, ["a, b: {c}", "d]"]],
    ["a list", { names: "['helmet', 'vest', 'head']" }, ["helmet", "vest", "head"]],
    ["a tuple", { names: "('helmet', 'vest',)" }, ["helmet", "vest"]],
    ["a list of one", { names: "['helmet']" }, ["helmet"]],
    ["JSON's list", { names: '["person", "car"]' }, ["person", "car"]],
    ["JSON's object", { names: '{"0": "person", "1": "car"}' }, ["person", "car"]],
    ["names to places", { names: '{"person": 0, "car": 1}' }, ["person", "car"]],
    ["JSON's codes", { names: String.raw`["caf\u00e9", "\x41"]` }, ["café", "A"]],
    ["COCO's categories", { classes: '[{"id": 1, "name": "person"}]' }, ["person"]],
    ["class_names", { class_names: "['person', 'car']" }, ["person", "car"]],
    ["with commas", { class_names: "person, car" }, ["person", "car"]],
    ["a line each", { labels: "person\ncar\n" }, ["person", "car"]],
    ["a gap", { names: "{0: 'person', 2: 'car'}" }, []],
    ["broken off", { names: "{0: 'person', 1: 'ca" }, []],
    ["no names", { names: "[1, 2]" }, []],
    ["a data set's name", { names: "coco" }, []],
    ["nothing", {}, []],
    ["deeper than any", { names: "[".repeat(200_000) }, []],
  ];
  for (const [what, notes, names] of forms) assert.deepEqual(word(notes).names, names, what);
});

Deno.test("task, size, head and suppression are read", () => {
  const cases: [notes: Record<string, string>, wanted: Partial<FileWord>][] = [
    [{ task: "pose" }, { task: "pose" }],
    [{ task: "'Segment'" }, { task: "segment" }],
    [{ imgsz: "[320, 640]" }, { size: { width: 640, height: 320 } }],
    [{ imgsz: "416" }, { size: { width: 416, height: 416 } }],
    [{ input_size: "640x480" }, { size: { width: 640, height: 480 } }],
    [{ args: "{'imgsz': [320, 320], 'nms': True}" }, {
      ...{ size: { width: 320, height: 320 }, endToEnd: true },
    }],
    [{ imgsz: "[0, -1]" }, { size: undefined }],
    [{ end2end: "True" }, { endToEnd: true }],
    [{ end2end: "False", args: "{'nms': False}" }, { endToEnd: false }],
    [{ head: "yolov8" }, { head: "yolov8" }],
    [{ head: "magic" }, { head: undefined }],
  ];
  for (const [notes, wanted] of cases) {
    const found = word(notes);
    for (const [key, value] of Object.entries(wanted)) {
      assert.deepEqual(found[key as keyof FileWord], value, JSON.stringify(notes));
    }
  }
});
