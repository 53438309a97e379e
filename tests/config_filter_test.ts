/** `[filter]`, and what sources have of it: what it comes to, and all that is wrong. */

import assert from "node:assert/strict";
import { resolveEdge } from "../cli/config/resolve.ts";
import { learnedText } from "../edge/filter/learned_file.ts";
import { AROUND, configured } from "./fakes/configured.ts";
import { Folder } from "./fakes/folder.ts";

const FILE = "config/config.ini";

/** The filters of an edge's sources, and what is wrong. */
function resolved(text: string) {
  const all = configured(text, {});
  const { sources } = resolveEdge(all, AROUND);
  return { filters: sources.map(({ filter }) => filter), told: all.problems.lines() };
}

Deno.test("a source has the filter that its section gives, and else what holds for all", async () => {
  await using folder = new Folder();
  const learned = {
    ...{ feature: "time", threshold: 253, target: 0.9, within: 0.6 } as const,
    from: {
      ...{ video: "door.mp4", model: "smarteye_street", frames: 500 },
      ...{ width: 640, height: 360, fps: 25, smarteye: "0.1.0" },
    },
    expected: { inferred: 0.2, accuracy: 0.95, judgedAccuracy: 0.94 },
  };
  const path = folder.write("door.filter.json", learnedText(learned));
  const { filters, told } = resolved(
    "[filter]\nuse = motion\nmask = 0,0 1,0 1,0.1\nrefresh_s = 5\nsensitivity = 2\n" +
      `[source:a]\nfile = 0\n[source:b]\nfile = 1\nfilter = none\n` +
      `[source:c]\nfile = 2\nfilter = ${path}\nmask = 0.5,0 1,0 1,1\n`,
  );
  assert.deepEqual(told, []);
  const gate = { refreshMs: 5000, mask: [[[0, 0], [1, 0], [1, 0.1]]], sensitivity: 2 };
  assert.deepEqual(filters, [
    gate,
    undefined,
    { ...gate, mask: [[[0.5, 0], [1, 0], [1, 1]]], learned },
  ]);
});

Deno.test("a source's filter is none, motion, or what was learned, and what is wrong is told", async () => {
  await using folder = new Folder();
  folder.write("damaged.json", `{ "smarteye_filter": 1, "feature": "time", "threshold": 0 }`);
  folder.write("other.json", `{ "detections": [] }`);
  folder.write("later.json", `{ "smarteye_filter": 2 }`);
  folder.write("plain.txt", "motion");
  const filters = ["damaged.json", "other.json", "later.json", "plain.txt", "moton", "motion"];
  const { told } = resolved(
    filters.map((name, i) =>
      `[source:s${i}]\nfile = ${i}\nfilter = ${i < 4 ? folder.file(name) : name}\n`
    ).join(""),
  );
  const at = (i: number) => `${FILE}:${3 * i + 3}: found `;
  const found = told.map((line) => line.replaceAll(`${folder.path}/`, ""));
  assert.deepEqual(found.map((line) => line.replace(/ \(.*\), /, ", ").split(", wanted ")[0]), [
    `${at(0)}"damaged.json": a damaged filter`,
    `${at(1)}"other.json": JSON that is no learned filter`,
    `${at(2)}"later.json": a filter of form 2`,
    `${at(3)}"plain.txt": a file that is no JSON`,
    `${at(4)}"moton": no such file`,
  ]);
  assert.match(found[4]!, /wanted none, motion or a file that `smarteye filter learn` wrote$/);
});

Deno.test("a mask is of polygons with three corners or more, in shares of the frame", () => {
  const { told } = resolved(
    ["0,0 1,0", "0,0 1,0 1,2", "0,0,0 1,0 1,1", "; 0,0 1,0 1,1", "0,0 1,0 1,1;"].map((mask, i) =>
      `[source:s${i}]\nfile = ${i}\nmask = ${mask}\n`
    ).join(""),
  );
  assert.deepEqual(told.map((line) => line.slice(0, FILE.length + 4).replace(/: ?$/, "")), [
    `${FILE}:3`,
    `${FILE}:6`,
    `${FILE}:9`,
    `${FILE}:12`,
  ]);
});
