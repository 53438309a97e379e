/** An edge whose link to its cloud is like another network: `--emulate-network`. */

import assert from "node:assert/strict";
import { connect } from "node:net";
import { emulated } from "../cli/emulation/emulated_edge.ts";
import { systemClock } from "../core/clock.ts";
import { seededRng } from "../core/rng.ts";
import type { FrameRecord } from "../edge/record.ts";
import type { EdgeOptions } from "../edge/options.ts";
import { openNetwork } from "../lab/network/network.ts";
import { run } from "../cli/run.ts";
import { Folder } from "./fakes/folder.ts";
import { FakeForwarder, IDLE_LOAD, INFER_ANSWER } from "./fakes/forwarder_server.ts";
import { sanitized } from "./fakes/forwarder_world.ts";
import { Program } from "./fakes/program.ts";
import { FakeWorld } from "./fakes/world.ts";

/** A forwarder that answers at once. */
function forwarder(): FakeForwarder {
  const servers = [{
    ...{ name: "s1", state: "ready", detail: "", in_flight: 0, load: IDLE_LOAD },
    models: [{ name: "accurate", service: "detection" }],
  }];
  return new FakeForwarder(async ({ method, body }) => {
    for await (const _ of body ?? []);
    return Response.json(method === "POST" ? INFER_ANSWER : { servers });
  });
}

/** An edge, run to its end on a street of 5 frames over a network. */
async function edge(folder: Folder, url: string, network: string, ...more: string[]) {
  const args = [
    ...["edge", "-f", "synthetic:?width=320&height=240&frames=99", "--frames", "5", "-i", "600"],
    ...["--policy", "always_cloud_lowest_delay", "--forwarder", url, "--no-images"],
    ...["--emulate-network", network, "--out", folder.file("run"), ...more],
  ];
  await using program = new Program(args, { SMARTEYE_MODELS: folder.file("none") });
  const ran = await program.ran();
  assert.equal(ran.code, 0, ran.stderr);
  const lines = (await Deno.readTextFile(folder.file("run/results.jsonl"))).trimEnd().split("\n");
  return { ...ran, records: lines.map((line): FrameRecord => JSON.parse(line)) };
}

Deno.test("a frame takes what the network says", async () => {
  await using folder = new Folder();
  await using cloud = forwarder();
  const { records, stderr } = await edge(folder, cloud.url, "constant:800kbit?delay=50");
  assert.match(
    stderr,
    new RegExp(`frames for ${cloud.url} go over the emulated network constant:800kbit delay=50`),
  );
  assert.equal(records.length, 5);
  const over = records.map(({ outcome, latency_ms, bytes_up, bytes_down }) => {
    assert.equal(outcome, "cloud");
    return latency_ms - (bytes_up / 100 + 50 + bytes_down / 100 + 50);
  }).sort((a, b) => a - b);
  assert.ok(over[0]! > -1, `${over} ms: no frame is faster than the link`);
  // Encoding, the answer, and whoever else uses the processor.
  assert.ok(over[1]! < 60, `${over} ms more than the link takes`);
});

Deno.test("a network that is unusable is told with all else that is wrong, and nothing runs", async () => {
  await using folder = new Folder();
  const world = new FakeWorld({}, folder.path);
  folder.write("bad.up", "1\n2\nthree\n");
  const wrong = [
    ["constant:fast", 'the rate "fast"', "one such as 8mbit or 500kbit"],
    ["lte?delay=-1", "delay=-1", "a number from 0 to 60000"],
    ["lte?loss=3", 'the unknown option "loss"', "one of delay, jitter, cut, start, seed, name"],
    ["steps:8mbit", '"8mbit"', "a rate and its seconds such as 8mbit*10"],
    ["bad", 'line 3 of bad.up is "three"', "the milliseconds at which a packet may leave"],
  ] as const;
  for (const [network, found, wanted] of wrong) {
    const args = ["edge", "-f", "0", "-i", "soon", "--emulate-network", network];
    assert.equal(await run(args, world), 2);
    const { text } = world.stderr;
    assert.match(text, /Cannot use the settings: 2 problems\n {2}--interval: found "soon"/);
    assert.ok(text.includes(`--emulate-network: found ${found}, wanted ${wanted}\n`), text);
    world.stderr.text = "";
  }
  folder.write("site.ini", "[edge-setting]\nemulate_network = nowhere.up\n");
  assert.equal(await run(["config", "check", "-c", "site.ini"], world), 2);
  assert.match(
    world.stderr.text,
    /site\.ini:2: found no trace ".*nowhere\.up.*, wanted one of: const/,
  );
});

Deno.test({
  name: "the link is closed when the role has ended, well or not, with what is on it",
  ...sanitized,
  fn: async () => {
    await using cloud = forwarder();
    for (const end of ["well", "badly"]) {
      let seen: EdgeOptions | undefined;
      const role = emulated({
        run: async (options) => {
          seen = options;
          const { host, port } = options.forwarderVia!.address;
          const socket = connect({ host, port });
          socket.on("error", () => {});
          await new Promise((resolve) => socket.once("connect", resolve));
          if (end === "badly") throw new Error("it ended badly");
          socket.destroy();
          return 0;
        },
      });
      const options = { forwarderUrl: cloud.url, seed: 1 } as EdgeOptions;
      const ran = role.run({ ...options, network: openNetwork("umts", "/") }, {
        ...{ clock: systemClock, rng: seededRng(1), drain: new AbortController().signal },
        print: () => {},
      });
      if (end === "well") assert.equal(await ran, 0);
      else await assert.rejects(ran, /it ended badly/);
      assert.equal(seen?.forwarderUrl, cloud.url);
      assert.deepEqual(seen?.forwarderVia?.description, "over the emulated network umts");
      const { host, port } = seen!.forwarderVia!.address;
      await assert.rejects(Deno.connect({ hostname: host, port }), /refused/i);
    }
  },
});

Deno.test("without a network the role is given what it would be given", async () => {
  let seen: EdgeOptions | undefined;
  const role = emulated({ run: (options) => Promise.resolve((seen = options, 0 as const)) });
  const options = { forwarderUrl: "http://forwarder.example/image_handler" } as EdgeOptions;
  await role.run({ ...options, network: undefined }, {} as never);
  assert.deepEqual(seen, options);
});
