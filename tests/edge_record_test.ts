/** `smarteye edge --record`, and `smarteye lab simulate --replay` of it, as a user calls them. */

import assert from "node:assert/strict";
import { run } from "../cli/run.ts";
import { Folder } from "./fakes/folder.ts";
import { FakeWorld } from "./fakes/world.ts";
import { EdgeRun, holdWhole } from "./rigs/edge_run.ts";

const STREET = "synthetic:?width=128&height=96&frames=40";

/** Filters a frame, or not, by the toss of a coin that it owns up to. */
const COIN = `export const about = "a coin";
export default function coin({ local, state }, rng) {
  const tossed = rng();
  const answer = { reason: tossed.toFixed(12), propensity: 0.5, state: (state ?? 0) + tossed };
  return tossed < 0.5
    ? { place: "filter", ...answer }
    : { place: "local", model: local.models[0].name, ...answer };
}
`;
const HERE = `export default function here({ local }) {
  return { place: "local", model: local.models[0].name, reason: "always" };
}
`;

async function lab(...args: string[]) {
  const world = new FakeWorld();
  const code = await run(["lab", "simulate", ...args], world);
  return { code, stdout: world.stdout.text, stderr: world.stderr.text };
}

Deno.test("an edge's decisions are recorded, made again, and what others were worth is estimated", async () => {
  await using folder = new Folder();
  const [coin, here] = [folder.write("coin.mjs", COIN), folder.write("here.mjs", HERE)];
  const directory = folder.file("decisions");
  // Each a section's own: a name, and a file that the recording is named by.
  const config = folder.write(
    "edge.ini",
    `[edge-setting]\nrecord = ${directory}\n` +
      `[source:door]\nfile = ${STREET}\n[source:yard]\nfile = ${STREET}\n`,
  );
  const start = () => new EdgeRun("-c", config, "--policy", coin, "--seed", "7");
  {
    await using edge = start();
    const ran = await edge.program.ran();
    assert.equal(ran.code, 0, ran.stderr);
    for (const source of edge.sources()) holdWhole(edge.stored(source));
  }
  assert.deepEqual(folder.names("decisions"), ["door.decisions.jsonl", "yard.decisions.jsonl"]);
  const path = `${directory}/door.decisions.jsonl`;
  const text = Deno.readTextFileSync(path);
  assert.equal(text.trimEnd().split("\n").length, 1 + 40, "a line a frame, behind one of the run");

  const again = await lab("--replay", directory);
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stdout, /door\.decisions\.jsonl +.* coin +.* 40 +.* 0 +.* 0/);

  const judged = await lab("--replay", directory, "--policy", `${here},${coin}`, "--json");
  assert.equal(judged.code, 0, judged.stderr);
  const { frames, recorded, policies: [always, same] } = JSON.parse(judged.stdout);
  assert.equal(frames, 80);
  assert.ok(recorded.mean > 0.25 && recorded.mean < 0.75, "half of them were filtered");
  assert.equal(always.inversePropensity.mean, 2 * recorded.mean, "all that were not were in time");
  assert.ok(always.doublyRobust.mean > 0.9, JSON.stringify(always));
  assert.ok(Math.abs(same.doublyRobust.mean - 0.5) < 0.15, JSON.stringify(same));
  const table = await lab("--replay", directory, "--policy", here, "--reward", "latency");
  assert.match(table.stdout, /ms \(doubly robust\)/);

  Deno.writeTextFileSync(path, text.replace('"propensity":0.5', '"propensity":0.25'));
  const asJson = await lab("--replay", directory, "--json");
  const [{ differences, first }] = JSON.parse(asJson.stdout).recordings;
  assert.deepEqual([asJson.code, differences, first[0].line], [1, 1, 2]);
  const tampered = await lab("--replay", directory);
  assert.equal(tampered.code, 1);
  assert.match(
    tampered.stdout,
    /door\.decisions\.jsonl:2: frame 1 is decided otherwise: propensity was 0\.25, and is 0\.5 now/,
  );

  await using second = start();
  const refused = await second.program.ran();
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /door\.decisions\.jsonl": it is there already, .*--overwrite/);
});

Deno.test("what replay does not go with is said", async () => {
  await using folder = new Folder();
  const nothing = await lab("--replay", folder.path);
  assert.equal(nothing.code, 2);
  assert.match(nothing.stderr, /there is no file NAME\.decisions\.jsonl/);
  const both = await lab("--replay", folder.path, "--network", "lte", "-o", folder.path);
  assert.equal(both.code, 2);
  assert.match(both.stderr, /--network: found it beside --replay, wanted only one of them/);
  assert.match(both.stderr, /--out: found it beside --replay/);
  const oracle = await lab("--replay", folder.path, "--policy", "oracle");
  assert.equal(oracle.code, 2);
  const file = folder.write("file", "");
  const edge = await run(["edge", "-f", STREET, "--record", file], new FakeWorld());
  assert.equal(edge, 2);
});
