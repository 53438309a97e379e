/** `smarteye zones`, as a user calls it. */

import assert from "node:assert/strict";
import { run } from "../cli/run.ts";
import { EncodedImage } from "../core/image.ts";
import { Folder } from "./fakes/folder.ts";
import { Program } from "./fakes/program.ts";
import { at } from "./fakes/pictures.ts";
import { FakeWorld } from "./fakes/world.ts";

const STREET = "synthetic:?width=320&height=240&frames=40&fps=10";

const CONFIG = `[source:door]
file = ${STREET}
zones = yard, step
[source:roof]
file = synthetic:?width=240&height=320&frames=3
[zone:yard]
polygon = 0.2,0.4 0.8,0.4 0.8,0.9 0.2,0.9
classes = person
dwell = 5
[zone:step]
line = 0.1,0.5 0.9,0.5
source = door
[zone:sky]
polygon = 0,0 1,0 1,0.2 0,0.2
`;

async function called(folder: Folder, ...args: string[]) {
  const world = new FakeWorld({}, folder.path);
  folder.write("site.ini", CONFIG);
  const code = await run(["zones", "-c", "site.ini", ...args], world);
  return { code, stdout: world.stdout.text, stderr: world.stderr.text };
}

async function pictureAt(path: string) {
  const image = await EncodedImage.open(await Deno.readFile(path), { pixelsMax: 1e6 });
  return await image.rgb();
}

Deno.test("zones: a picture of each source, with its zones, and what to do next", async () => {
  await using folder = new Folder();
  const { code, stdout, stderr } = await called(folder, "--out", folder.file("z.png"));
  assert.equal(code, 0, stderr);
  assert.match(stdout, /z_door\.png shows door at 0\.0 s, 320x240, with its zones:/);
  assert.match(stdout, /│ yard +│ polygon 0\.2,0\.4 0\.8,0\.4 .*│ person +│ +5 s │ bottom │/);
  assert.match(stdout, /z_roof\.png shows roof at 0\.0 s, 240x320/);
  assert.match(
    stdout,
    /\[zone:area\]\npolygon = [\d., ]+\nclasses = person\ndwell = 30\nsource = door/,
  );
  const door = await pictureAt(folder.file("z_door.png"));
  assert.deepEqual([door.width, door.height], [320, 240]);
  const [red, green, blue] = at(door, 64, 170);
  assert.ok(green - red > 80 && green - blue > 80, "the left edge of the yard is green");
  const roof = await pictureAt(folder.file("z_roof.png"));
  assert.deepEqual([roof.width, roof.height], [240, 320]);
});

Deno.test("zones: one source by its name or by what it reads, and a later picture", async () => {
  await using folder = new Folder();
  const out = folder.file("z.jpg");
  const json = async (...args: string[]) => {
    const { code, stdout, stderr } = await called(folder, ...args, "--out", out, "--json");
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout).pictures;
  };
  const yard = {
    name: "yard",
    polygon: [[0.2, 0.4], [0.8, 0.4], [0.8, 0.9], [0.2, 0.9]],
    ...{ classes: ["person"], dwell: 5, anchor: "bottom" },
  };
  const step = {
    ...{ name: "step", line: [[0.1, 0.5], [0.9, 0.5]] },
    ...{ classes: [], dwell: 0, anchor: "bottom" },
  };
  const size = { width: 320, height: 240 };
  assert.deepEqual(await json("door", "--at", "2"), [
    { source: "door", picture: out, at_s: 2, ...size, zones: [yard, step] },
  ]);
  const [typed] = await json("-f", STREET);
  assert.deepEqual([typed.source, typed.zones], ["street", [yard, step]]);
  assert.deepEqual((await pictureAt(out)).width, 320);
  const [late] = await json("roof", "--at", "99");
  assert.deepEqual(late.zones.map(({ name }: { name: string }) => name), ["yard", "sky"]);
  assert.ok(late.at_s < 1);
});

Deno.test("zones: without any, how they are set", async () => {
  await using folder = new Folder();
  const world = new FakeWorld({}, folder.path);
  const out = folder.file("z.jpg");
  assert.equal(await run(["zones", "-f", STREET, "--out", out], world), 0, world.stderr.text);
  assert.match(world.stdout.text, /no zones are set for it yet\n\nTo set a zone, read its corners/);
  const lines = world.stdout.text.split("\n");
  assert.ok(lines.slice(1).every((line) => line.length <= 100));
});

for (
  const [args, told] of [
    [[], /nothing to read from, wanted --file/],
    [["-f", STREET, "dor"], /found the unknown source "dor", wanted one of street/],
    [["-f", STREET, "--out", "z.gif"], /--out: found "z.gif", wanted the path of a picture/],
    [["-f", STREET, "--at", "soon"], /--at: found "soon", wanted a number of seconds/],
    [["-f", "nowhere.mp4"], /no file or folder "nowhere.mp4"/],
  ] as const
) {
  Deno.test(`zones: a wrong command line is explained: ${args.join(" ")}`, async () => {
    await using folder = new Folder();
    const world = new FakeWorld({}, folder.path);
    assert.equal(await run(["zones", ...args], world), 2);
    assert.match(world.stderr.text, told);
  });
}

Deno.test("zones: its task grants what it needs", async () => {
  await using folder = new Folder();
  const args = ["zones", "-f", STREET, "--out", folder.file("z.jpg"), "--json"];
  await using zones = new Program(args, {}, ["task", "--quiet"]);
  const { code, stdout, stderr } = await zones.ran();
  assert.equal(code, 0, stderr);
  assert.equal(JSON.parse(stdout).pictures.length, 1);
});
