import assert from "node:assert/strict";
import { isSmarteyeError } from "../../core/errors.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { openNetwork } from "./network.ts";

const REFUSED: readonly (readonly [spec: string, found: RegExp])[] = [
  ["", /no trace|wanted one of/],
  ["3g", /found no trace ".*3g\.up", wanted one of: constant:8mbit/],
  ["constant:", /the rate "", wanted one such as 8mbit/],
  ["constant:8", /the rate "8"/],
  ["constant:0mbit", /the rate "0mbit"/],
  ["constant:-1mbit", /the rate "-1mbit"/],
  ["constant:1.2.3mbit", /the rate "1\.2\.3mbit"/],
  ["constant:8mbyte", /the rate "8mbyte"/],
  ["constant:8mbit:3", /the rate "8mbit:3"/],
  ["steps:", /"", wanted a rate and its seconds/],
  ["steps:8mbit", /"8mbit", wanted a rate and its seconds such as 8mbit\*10/],
  ["steps:8mbit*0", /"8mbit\*0"/],
  ["steps:8mbit*1*2", /"8mbit\*1\*2"/],
  ["steps:0*5", /no rate above 0/],
  ["lte?loss=1", /the unknown option "loss", wanted one of delay, jitter, cut, start, seed, name/],
  ["lte?delay=-1", /delay=-1, wanted a number from 0 to 60000/],
  ["lte?delay=", /delay=, wanted a number/],
  ["lte?delay=1?jitter=2", /delay=1\?jitter=2, wanted a number/],
  ["lte?jitter=1e9", /jitter=1e9/],
  ["lte?cut=5", /cut=5, wanted seconds such as 10-12,40-45/],
  ["lte?cut=5-4", /cut=5-4/],
  ["lte?cut=5-6-7", /cut=5-6-7/],
  ["lte?cut=5-7,6-8", /cut=5-7,6-8/],
  ["empty.up", /times in empty\.up/],
  ["odd.up", /line 2 of odd\.up is "soon", wanted the milliseconds/],
  ["back.up", /times in back\.up that are none, not in order/],
  ["alone.up", /no trace ".*alone\.down"/],
];

Deno.test("networks: what is none is told with what was found and what is wanted", async () => {
  await using folder = new Folder();
  for (const [name, text] of [["empty", ""], ["odd", "1\nsoon\n"], ["back", "5\n3\n"]] as const) {
    folder.write(`${name}.up`, text);
    folder.write(`${name}.down`, text);
  }
  folder.write("alone.up", "1\n");
  for (const [spec, found] of REFUSED) {
    assert.throws(() => openNetwork(spec, folder.path), (error) => {
      assert.ok(isSmarteyeError(error, "invalid_argument"), spec);
      assert.ok(error.message.startsWith(`Cannot use the network "${spec}": `), error.message);
      assert.match(error.message, found, spec);
      return true;
    });
  }
});

Deno.test("networks: a constant one, steps, and options", () => {
  const { name, up, down } = openNetwork("constant:8mbit?delay=5&jitter=3&cut=1-2,3-3.5", ".");
  assert.equal(name, "constant:8mbit delay=5 jitter=3 cut=1-2,3-3.5");
  assert.deepEqual([up.delayMs, up.jitterMs, down.delayMs], [5, 3, 5]);
  const at = [0, 500, 1000, 1500, 2000, 3000, 3250, 4000].map(up.capacity.bytesUntil);
  assert.deepEqual(at, [0, 5e5, 1e6, 1e6, 1e6, 2e6, 2e6, 2.5e6]);
  assert.equal(up.capacity.whenPassed(1.5e6), 2500);

  const steps = openNetwork("steps:8mbit*2,0*1,400kbit*1?start=1&name=mine", ".");
  assert.equal(steps.name, "mine");
  const passed = [1000, 2000, 3000, 4000].map(steps.up.capacity.bytesUntil);
  assert.deepEqual(passed, [1e6, 1e6, 1e6 + 5e4, 2e6 + 5e4]);
});

Deno.test("networks: generated ones are the same for the same seed, and each way its own", () => {
  const passed = (spec: string, way: "up" | "down" = "up") =>
    openNetwork(spec, ".")[way].capacity.bytesUntil(60_000);
  for (const kind of ["lte", "umts", "evdo"]) {
    assert.equal(passed(kind), passed(`${kind}?seed=1`));
    assert.notEqual(passed(kind), passed(`${kind}?seed=2`));
    assert.notEqual(passed(kind), passed(kind, "down"));
  }
});

Deno.test("networks: a trace, by any of its names, from a time on, again and again", async () => {
  await using folder = new Folder();
  folder.write("door.up", "10\n20\n20\n100\n");
  folder.write("door.down", "50\n");
  for (const name of ["door", "door.up", "door.down", `${folder.path}/door`]) {
    const { up, down, name: told } = openNetwork(name, folder.path);
    assert.equal(told, "door");
    assert.deepEqual([10, 99, 100, 120].map(up.capacity.bytesUntil), [1500, 4500, 6000, 10_500]);
    assert.equal(down.capacity.bytesUntil(100), 3000);
  }
  const { up } = openNetwork("door?start=0.02", folder.path);
  assert.equal(up.capacity.bytesUntil(80), 1500, "what lies before it is over");
});
