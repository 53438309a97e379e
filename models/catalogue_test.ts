import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { testWithData } from "../tests/fakes/data.ts";
import { Folder } from "../tests/fakes/folder.ts";
import { manifest } from "../tests/fakes/models.ts";
import { refused } from "../tests/fakes/refused.ts";
import { rankedAccuracy } from "./accuracy.ts";
import { Catalogue, labelsOf } from "./catalogue.ts";
import type { Manifest } from "./manifest.ts";

const json = (said: Partial<Manifest> = {}) => JSON.stringify(manifest(said));
const names = (entries: { manifest: Manifest }[]) => entries.map((entry) => entry.manifest.name);

const bundled = async () => (await Catalogue.open("/nowhere", "/nowhere")).list();

Deno.test("the manifests that come with the program parse, each with its own labels", async () => {
  const entries = await bundled();
  assert.ok(entries.length > 0);
  for (const { manifest, present } of entries) {
    const labels = labelsOf(manifest);
    assert.ok(labels.length > 0 && labels.every((label) => label.trim() !== ""), manifest.name);
    assert.equal(new Set(labels).size, labels.length, `${manifest.name}: no label twice`);
    assert.ok(!present, "a missing directory is an empty one");
  }
  assert.deepEqual(names(entries), names(entries).toSorted());
  const files = entries.map(({ manifest }) => manifest.file);
  assert.equal(new Set(files).size, files.length, "no two models have one file");
});

Deno.test("weights that come with the program may be used by everyone", async () => {
  for (const { manifest } of await bundled()) {
    const { name, license, source, url, bytes, file } = manifest;
    assert.match(license, /^(Apache-2\.0|BSD-3-Clause|MIT|CC-BY-4\.0)$/, name);
    assert.doesNotMatch(JSON.stringify(manifest), /agpl|ultralytics/i, name);
    assert.doesNotMatch(name, /yolov?(5|8|11|26)/i);
    assert.match(source, /^https:\/\/|^models\/training/, name);
    assert.ok(file.startsWith("smarteye") || bytes !== undefined, `${name}: its size is known`);
    if (url !== undefined) assert.match(url, /^https:\/\/\S+\.onnx$/, name);
  }
});

Deno.test("what a model is published to be good for ranks it, unless it is another task", async () => {
  for (const { manifest: { name, accuracy } } of await bundled()) {
    assert.ok(!accuracy || accuracy.benchmark, `${name}: what it was measured on is said`);
  }
  const unranked = (await bundled()).filter(({ manifest }) => !rankedAccuracy(manifest));
  assert.deepEqual(names(unranked), [
    "picodet_s_640",
    "smarteye_street",
    "ultraface_rfb_320",
    "yunet",
  ]);
});

testWithData("the weights at hand are those of the manifests", async (path) => {
  for (const { manifest, path: file, present } of (await Catalogue.open(path("models"))).list()) {
    if (!present) continue;
    const weights = await Deno.readFile(file);
    assert.equal(createHash("sha256").update(weights).digest("hex"), manifest.sha256, file);
    assert.equal(weights.length, manifest.bytes ?? weights.length, file);
  }
});

Deno.test("weights that come with the program are there, unless the user has others", async () => {
  await using directory = new Folder();
  await using program = new Folder();
  program.write("mine.onnx", "of the program");
  directory.write("mine.json", json({ name: "mine" }));
  const open = async () => (await Catalogue.open(directory.path, program.path)).known("mine");
  const { manifest: _, stamp, ...found } = await open();
  assert.deepEqual(found, { path: program.file("mine.onnx"), present: true, bundled: true });
  assert.notEqual(stamp, "");
  directory.write("mine.onnx", "of the user");
  assert.equal((await open()).path, directory.file("mine.onnx"));
});

Deno.test("without names, models of other things are left to those who name them", async () => {
  await using folder = new Folder();
  const add = (name: string, labels: Manifest["labels"]) => {
    folder.write(`${name}.json`, json({ name, labels }));
    folder.write(`${name}.onnx`, "");
  };
  add("faces", ["face"]);
  const chosen = async (...asked: string[]) =>
    names((await Catalogue.open(folder.path)).select(asked, "detection").chosen);
  assert.deepEqual(await chosen(), ["faces"], "there is nothing else");
  add("street", ["car", "person"]);
  add("everything", "coco80");
  assert.deepEqual(await chosen(), ["everything", "street"]);
  assert.deepEqual(await chosen("faces"), ["faces"]);
  const all = (await Catalogue.open(folder.path)).select([]).chosen;
  assert.deepEqual(names(all), ["everything", "faces", "street"], "a server serves them all");
});

Deno.test("a manifest of the user's own joins the bundled ones, or replaces one of its name", async () => {
  await using folder = new Folder();
  folder.write("mine.json", json({ name: "mine" }));
  folder.write("renamed.json", json({ name: "fastestdet", license: "my own" }));
  folder.write("notes.txt", "not a manifest");
  folder.write("mine.onnx", "weights");
  const bundled = names((await Catalogue.open("/nowhere")).list());
  const catalogue = await Catalogue.open(folder.path);
  assert.deepEqual(names(catalogue.list()), [...bundled, "mine"].toSorted());
  assert.equal(catalogue.find("fastestdet")?.manifest.license, "my own");
  assert.equal(catalogue.find("fastestdet")?.present, false);
  assert.deepEqual(
    { ...catalogue.find("mine"), manifest: undefined, stamp: undefined },
    {
      manifest: undefined,
      path: folder.file("mine.onnx"),
      present: true,
      bundled: false,
      stamp: undefined,
    },
  );
  assert.equal(catalogue.find("constructor"), undefined);
});

Deno.test("models are listed by service", async () => {
  await using folder = new Folder();
  folder.write("a.json", json({ name: "namer", service: "classification" }));
  const catalogue = await Catalogue.open(folder.path);
  assert.ok(names(catalogue.list("classification")).includes("namer"));
  assert.ok(names(catalogue.list("classification")).includes("mobilenet_v2_int8"));
  assert.ok(!names(catalogue.list("detection")).includes("namer"));
});

Deno.test("a file that is no manifest is passed over with its path and what is wrong", async () => {
  const cases: [content: string, problem: RegExp][] = [
    ["{", /a JSON object is wanted/],
    ["", /a JSON object is wanted/],
    ["[]", /the whole: /],
    [json({ sha256: "?" }), /sha256: 64 hexadecimal digits are wanted/],
    [json({ version: "1 beta" }), /version: up to 32 letters, digits, _ \. - are wanted/],
    [json({ labels: "imagenet9" }), /label set "imagenet9" is unknown, one of coco80/],
    [json({ labels: "constructor" }), /label set "constructor" is unknown/],
    [" ".repeat(5_000_000), /it has 5000000 bytes, at most 4194304 are allowed/],
  ];
  for (const [content, problem] of cases) {
    await using folder = new Folder();
    const path = folder.write("broken.json", content);
    folder.write("mine.json", json({ name: "mine" }));
    Deno.mkdirSync(folder.file("folder.json"));
    const catalogue = await Catalogue.open(folder.path);
    assert.ok(catalogue.find("mine"), "the others are known");
    const [broken, directory, ...others] = catalogue.passedOver;
    assert.deepEqual([broken?.path, others], [path, []]);
    assert.match(broken!.why, problem);
    assert.match(directory!.why, /folder\.json": it is no file/);
    const message = await refused(() => catalogue.known("tiny"), "not_found");
    assert.ok(message.includes(`; "${path}" was passed over`), message);
  }
});

Deno.test("several versions of a name lie side by side, and the newest that is there is meant", async () => {
  await using folder = new Folder();
  const add = (version: string, isThere = true) => {
    folder.write(`mine-${version}.json`, json({ name: "mine", version, file: `${version}.onnx` }));
    if (isThere) folder.write(`${version}.onnx`, "");
  };
  for (const version of ["1.10", "1.9", "1"]) add(version);
  add("2", false);
  const catalogue = await Catalogue.open(folder.path);
  const versionOf = (reference: string) => catalogue.find(reference)?.manifest.version;
  const versions = catalogue.list().map(({ manifest }) => manifest)
    .filter(({ name }) => name === "mine").map(({ version }) => version);
  assert.deepEqual(versions, ["1", "1.9", "1.10", "2"]);
  assert.equal(versionOf("mine"), "1.10", "the weights of the newer one are not there");
  assert.equal(versionOf("mine@1.9"), "1.9");
  assert.equal(versionOf("mine@2"), "2");
  assert.equal(versionOf("mine@"), undefined);
  const unknown = await refused(() => catalogue.known("mine@3"), "not_found");
  assert.match(unknown, /one of mine@1, mine@1\.9, mine@1\.10, mine@2 is wanted$/);
  await refused(() => catalogue.require("mine@2"), "not_found");
  const chosen = (service?: "detection") =>
    catalogue.select([], service).chosen.map(({ manifest }) => manifest.version);
  assert.deepEqual(chosen("detection"), ["1.10"], "policies choose by name");
  assert.deepEqual(chosen(), ["1", "1.9", "1.10"], "a server has each of them");
});

Deno.test("of files that claim one name and version, the one that is named after them counts", async () => {
  await using folder = new Folder();
  const write = (file: string) => folder.write(file, json({ name: "mine", license: file }));
  const counts = async () => {
    const { passedOver, ...catalogue } = await Catalogue.open(folder.path);
    void catalogue;
    return passedOver.map(({ path, why }) => {
      assert.match(why, /describes mine, version 1, too, which counts/);
      return path;
    });
  };
  const [copy, other] = [write("mine (1).json"), write("other.json")];
  assert.deepEqual(await counts(), [other], "the first by name");
  const named = write("mine.json");
  assert.deepEqual(await counts(), [copy, other]);
  write("mine@1.json");
  assert.deepEqual(await counts(), [copy, named, other]);
  const { license } = (await Catalogue.open(folder.path)).known("mine").manifest;
  assert.equal(license, "mine@1.json");
});

Deno.test("a model directory that is a file is refused", async () => {
  await using folder = new Folder();
  const path = folder.write("models", "");
  const message = await refused(Catalogue.open(path), "invalid_argument");
  assert.ok(message.startsWith(`Cannot read the model directory "${path}": `), message);
});

Deno.test("a model is required by name, with its weights", async () => {
  await using folder = new Folder();
  folder.write("there.json", json({ name: "there" }));
  folder.write("there.onnx", "");
  folder.write("gone.json", json({ name: "gone" }));
  const catalogue = await Catalogue.open(folder.path);
  assert.equal(catalogue.require("there").path, folder.file("there.onnx"));
  const unknown = await refused(() => catalogue.require("other"), "not_found");
  assert.match(
    unknown,
    /"other": it is not in the catalogue, one of .*gone, .*there, .* is wanted/,
  );
  const meant = await refused(() => catalogue.require("ther"), "not_found");
  assert.match(meant, /\(did you mean there\?\)$/);
  const missing = await refused(() => catalogue.require("gone"), "not_found");
  assert.ok(missing.includes(`there is no file ${folder.file("gone.onnx")}`), missing);
  assert.match(missing, /SMARTEYE_MODELS/);
});

Deno.test("configured names select what is there, and tell what is not", async () => {
  await using folder = new Folder();
  for (const name of ["a", "b"]) {
    folder.write(`${name}.json`, json({ name }));
    folder.write(`${name}.onnx`, "");
  }
  folder.write("gone.json", json({ name: "gone" }));
  folder.write("namer.json", json({ name: "namer", service: "classification" }));
  folder.write("namer.onnx", "");
  const catalogue = await Catalogue.open(folder.path);
  const gone = `gone (no file ${folder.file("gone.onnx")})`;
  const cases: [asked: string[], chosen: string[], missing: string[]][] = [
    [[], ["a", "b"], []],
    [["b"], ["b"], []],
    [["b", "a"], ["b", "a"], []],
    [["a", "gone", "faster_rcnn"], ["a"], [gone, "faster_rcnn (not in the catalogue)"]],
    [["gone"], ["a", "b"], [gone]],
    [["namer"], ["a", "b"], []],
  ];
  for (const [asked, chosen, missing] of cases) {
    const selected = catalogue.select(asked, "detection");
    assert.deepEqual(names(selected.chosen), chosen, `of [${asked}]`);
    assert.deepEqual(selected.missing, missing, `of [${asked}]`);
  }
  assert.deepEqual(names(catalogue.select([]).chosen), ["a", "b", "namer"]);
});

Deno.test("the program's own weights serve where the model directory has none of that service", async () => {
  await using directory = new Folder();
  await using program = new Folder();
  directory.write("ours.json", json({ name: "ours", file: "ours.onnx" }));
  program.write("ours.onnx", "");
  const chosen = async (...asked: string[]) =>
    names((await Catalogue.open(directory.path, program.path)).select(asked).chosen);
  assert.deepEqual(await chosen(), ["ours"]);
  directory.write("namer.json", json({ name: "namer", service: "classification" }));
  directory.write("namer.onnx", "");
  assert.deepEqual(await chosen(), ["ours", "namer"]);
  directory.write("mine.json", json({ name: "mine" }));
  directory.write("mine.onnx", "");
  assert.deepEqual(await chosen(), ["mine", "namer"]);
  assert.deepEqual(await chosen("ours"), ["ours"], "they are always there to be named");
});
