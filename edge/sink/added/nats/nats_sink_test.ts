import assert from "node:assert/strict";
import { systemClock } from "../../../../core/clock.ts";
import { Folder } from "../../../../tests/fakes/folder.ts";
import { freePort } from "../../../../tests/fakes/mosquitto.ts";
import { NatsServer } from "../../../../tests/fakes/nats_server.ts";
import { refused } from "../../../../tests/fakes/refused.ts";
import { sceneResults } from "../../../../tests/fakes/scene_results.ts";
import { AddedSinks } from "../added_sinks.ts";
import { brokerAddress } from "../broker_address.ts";
import { NatsLink } from "./nats_link.ts";
import { NATS_DEFAULTS, type NatsOptions } from "./options.ts";

/** An edge of one source, `the.door`. */
async function edgeOf(
  path: string,
  folder: Folder,
  nats: Partial<NatsOptions>,
  what: string[] = [],
) {
  const options = { name: "stream", kind: "nats", where: path, queueLengthMax: 4096 } as const;
  const own = { nats: { ...NATS_DEFAULTS, token: { text: "hush" }, ...nats } };
  const added = new AddedSinks({
    sinks: [{ ...options, what, own, sources: [] }],
    ...{ isSeveral: false, overwrite: false, clock: systemClock },
  });
  const [sink] = await added.of({
    options: { name: "the.door", source: "0", resultsDirectory: folder.path, events: "all" },
    ...{ live: true, input: "0", policy: "p", seed: 1 },
  });
  return {
    sink: sink!,
    async close() {
      await sink!.close();
      await added[Symbol.asyncDispose]();
    },
  };
}

Deno.test("a real server: each message is in its stream once, however often it is sent", async (t) => {
  await using folder = new Folder();
  await using nats = await NatsServer.start();
  if (!nats) return;
  const { results, rest } = sceneResults("the.door");
  const address = `nats://127.0.0.1:${nats.port}/site/a`;
  await Deno.mkdir(folder.file("events"));
  for (const { id } of results.flatMap(({ snapshots }) => snapshots)) {
    await Deno.writeTextFile(folder.file(`events/${id}.jpg`), "x");
  }

  await t.step(
    "where there is no stream, how to make one is told, and nothing is lost",
    async () => {
      const edge = await edgeOf(address, folder, {});
      await edge.sink.write(results[0]!);
      await new Promise((resolve) => setTimeout(resolve, 600));
      assert.deepEqual(edge.sink.tally, { name: "stream", written: 0, dropped: 0, failed: 0 });
      const other = await edgeOf(address, folder, { stream: "CAMS" }, ["source"]);
      await other.close();
      await edge.close();
      assert.equal(edge.sink.tally.written, 1, "once there is a stream it takes it");
    },
  );

  await t.step(
    "events, the source and frames have subjects, and what was sent before is known",
    async () => {
      const all = ["open", "close", "lines", "source", "frames"];
      const edge = await edgeOf(address, folder, { snapshot: "inline" }, all);
      for (const one of results.slice(0, 40)) await edge.sink.write(one);
      await new Promise((resolve) => setTimeout(resolve, 400));
      await nats.down();
      for (const one of results.slice(40)) await edge.sink.write(one);
      await Promise.all(rest.map((note) => edge.sink.note(note)));
      await nats.up();
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await edge.close();
      assert.deepEqual([edge.sink.tally.dropped, edge.sink.tally.failed], [0, 0]);
      const { all: messages, config } = await nats.kept("CAMS");
      assert.deepEqual(config.subjects, ["site.a.>"]);
      assert.ok(config.max_bytes > 0 && config.max_age > 0, "it is bounded");
      const of = (last: string) =>
        messages.filter(({ subject }) => subject === `site.a.the_door.${last}`);
      assert.equal(of("frames").length, 80);
      assert.deepEqual(of("frames").map(({ value }) => value.frame), results.map((_, i) => i + 1));
      assert.equal(of("source").length, 1);
      const ids = of("events").map(({ value }) => value.id);
      assert.equal(new Set(ids).size, ids.length);
      const opened = of("events").filter(({ value }) => value.type === "event.open");
      assert.equal(opened.length, 6, "those that were sent before are there once");
      assert.ok(opened.slice(2).every(({ value }) => value.image));
    },
  );
});

Deno.test("a server that is not there, or that does not know who asks, stops nothing", async () => {
  await using folder = new Folder();
  const { results } = sceneResults("the.door", 1);
  const nobody = await edgeOf(`nats://127.0.0.1:${freePort()}`, folder, {});
  await nobody.sink.write(results[0]!);
  await nobody.close();
  assert.equal(nobody.sink.tally.failed, 1);
  await using nats = await NatsServer.start();
  if (!nats) return;
  const wrong = await edgeOf(`nats://127.0.0.1:${nats.port}`, folder, { token: { text: "no" } });
  await wrong.sink.write(results[0]!);
  await wrong.close();
  assert.equal(wrong.sink.tally.failed, 1);
  const address = brokerAddress(`nats://127.0.0.1:${nats.port}`, 4222);
  const nothing = { password: undefined, credentials: undefined, authorities: [] };
  for (let i = 0; i < 50; i++) { // a reset of one of them would end the program
    const opening = () => NatsLink.open({ ...nothing, address, token: "no", clock: systemClock });
    assert.match(await refused(opening, "unavailable"), /Authorization|authorization/);
  }
});
