import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../../../core/clock.ts";
import { Authority } from "../../../../tests/fakes/certificates.ts";
import { Folder } from "../../../../tests/fakes/folder.ts";
import { freePort, type Heard, Mosquitto } from "../../../../tests/fakes/mosquitto.ts";
import { Program } from "../../../../tests/fakes/program.ts";
import { sceneResults } from "../../../../tests/fakes/scene_results.ts";
import type { ZoneOptions } from "../../../zones/options.ts";
import { AddedSinks } from "../added_sinks.ts";
import type { SinkWriter } from "../writer.ts";
import { MqttSink } from "./mqtt_sink.ts";
import { MQTT_DEFAULTS, type MqttOptions } from "./options.ts";

const PROCESS = fileURLToPath(new URL("../../../../tests/fakes/mqtt_process.ts", import.meta.url));

const ANY = { classes: [], anchor: "bottom", sources: [], dwellMs: 0 } as const;
const ZONES: readonly ZoneOptions[] = [
  { ...ANY, name: "yard", shape: { kind: "polygon", points: [[0.2, 0.5], [0.7, 0.5], [0.7, 1]] } },
  { ...ANY, name: "step", shape: { kind: "line", from: [0.5, 0], to: [0.5, 1] } },
];

/** An edge of one source, `door`. */
async function edgeOf(path: string, folder: Folder, mqtt: Partial<MqttOptions> = {}) {
  const options = {
    name: "home",
    kind: "mqtt",
    where: path,
    what: [],
    queueLengthMax: 4096,
  } as const;
  const own = { mqtt: { ...MQTT_DEFAULTS, ...mqtt } };
  const added = new AddedSinks({
    sinks: [{ ...options, own, sources: [] }],
    ...{ isSeveral: false, overwrite: false, clock: systemClock },
  });
  const [sink] = await added.of({
    options: {
      ...{ name: "door", source: "0", resultsDirectory: folder.path, events: "all" },
      zones: ZONES,
    },
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

const last = (all: readonly Heard[], topic: string) =>
  all.findLast((one) => one.topic === topic)?.payload;

const { results, rest } = sceneResults();

async function withPictures(folder: Folder): Promise<void> {
  await Deno.mkdir(folder.file("events"));
  for (const { id } of results.flatMap(({ snapshots }) => snapshots)) {
    await Deno.writeTextFile(folder.file(`events/${id}.jpg`), `picture of ${id}`);
  }
}

// In one piece: its steps have one broker, and find what those before have left there.
Deno.test("a real broker: it keeps what is so, hears what happens, and of an end without a word", async (t) => {
  await using broker = await Mosquitto.start();
  if (!broker) return;
  await using folder = new Folder();
  await withPictures(folder);
  const address = `mqtt://edge:hush@127.0.0.1:${broker.port}/frigate`;

  for (const version of [4, 5] as const) {
    await t.step(
      `version ${version}: events as Frigate's, counts, crossings, pictures`,
      async () => {
        const heard = await broker.listen(["frigate/#", "homeassistant/#"]);
        const edge = await edgeOf(address, folder, { version });
        for (const one of results) await edge.sink.write(one);
        await Promise.all(rest.map((note) => edge.sink.note(note)));
        await edge.close();
        assert.equal(edge.sink.tally.failed + edge.sink.tally.dropped, 0);
        const isOver = ({ topic, payload, kept }: Heard) =>
          topic === "frigate/available" && payload === "offline" && !kept;
        const all = await heard((all) => all.some(isOver));
        const events = all.filter(({ topic }) => topic === "frigate/events")
          .map(({ payload }) => JSON.parse(payload));
        const types = (type: string) => events.filter((one) => one.type === type).length;
        assert.deepEqual([types("new"), types("end")], [6, 6]);
        assert.ok(events.every(({ after }) => after.camera === "door"));
        const crossed = all.filter(({ topic }) => topic === "frigate/door/step/crossed");
        assert.equal(
          crossed.length,
          Number(last(all, "frigate/door/step/in")) +
            Number(last(all, "frigate/door/step/out")),
        );
        assert.ok(crossed.length > 0);
        assert.match(last(all, "frigate/door/person/snapshot")!, /^picture of .*-door-\d+$/);
        assert.equal(last(all, "frigate/door/all"), "0");
        await broker.deaf();
      },
    );
  }

  await t.step(
    "who comes later finds all of it: what is kept, and that nobody is there",
    async () => {
      const heard = await broker.listen(["frigate/#", "homeassistant/#"]);
      const all = await heard((all) =>
        last(all, "frigate/door/car/snapshot") !== undefined &&
        last(all, "homeassistant/device/smarteye_frigate_door/config") !== undefined
      );
      assert.ok(all.every(({ kept }) => kept));
      assert.ok(!all.some(({ topic }) => /events|crossed/.test(topic)));
      assert.equal(last(all, "frigate/available"), "offline");
      assert.equal(last(all, "frigate/door/status/detect"), "offline");
      const config = JSON.parse(last(all, "homeassistant/device/smarteye_frigate_door/config")!);
      assert.ok(config.components.person_count && config.components.zone_yard_occupancy);
      await broker.deaf();
    },
  );

  await t.step(
    "labels of an earlier run are known, and a broker that was away is told anew",
    async () => {
      const edge = await edgeOf(address, folder, { snapshots: false });
      await edge.sink.note(
        { ...rest.at(-1)!, event: "source", source: "door", state: "live" } as never,
      );
      let heard = await broker.listen(["frigate/#", "homeassistant/#"]);
      let all = await heard((all) => last(all, "frigate/door/status/detect") === "online");
      assert.equal(last(all, "frigate/door/car"), "0");
      await broker.deaf();
      await broker.down();
      await edge.sink.write(results[0]!);
      await new Promise((resolve) => setTimeout(resolve, 1300)); // it tries, and fails
      assert.deepEqual([edge.sink.tally.written, edge.sink.tally.failed], [1, 0]);
      await broker.up(); // which has forgotten all
      heard = await broker.listen(["frigate/#", "homeassistant/#"]);
      all = await heard((all) =>
        last(all, "frigate/available") === "online" &&
        all.some(({ topic }) => topic === "frigate/events")
      );
      assert.equal(last(all, "frigate/door/status/detect"), "online");
      assert.equal(last(all, "frigate/door/person"), "1");
      const config = JSON.parse(last(all, "homeassistant/device/smarteye_frigate_door/config")!);
      assert.ok(config.components.car_count, "adopted from the run before");
      await edge.close();
      assert.deepEqual(edge.sink.tally, { name: "home", written: 2, dropped: 0, failed: 0 });
      await broker.deaf();
    },
  );

  await t.step("a process that is killed is offline: the broker says so", async () => {
    await using edge = new Program([address], {}, ["run", "-A", "--no-check", PROCESS]);
    const heard = await broker.listen(["frigate/available"]);
    await edge.says(/connected/);
    await heard((all) => last(all, "frigate/available") === "online");
    edge.kill("SIGKILL");
    await heard((all) => last(all, "frigate/available") === "offline");
  });
});

Deno.test("a broker that is not there, or that does not know who asks, stops nothing", async () => {
  await using folder = new Folder();
  const dead = await edgeOf(`mqtt://127.0.0.1:${freePort()}`, folder);
  await dead.sink.write(results[0]!);
  await dead.close();
  assert.deepEqual(dead.sink.tally, { name: "home", written: 0, dropped: 0, failed: 1 });
  await using broker = await Mosquitto.start();
  if (!broker) return;
  const path = `mqtt://edge:wrong@127.0.0.1:${broker.port}`;
  const place = { path, overwrite: false, what: new Set<string>(), clock: systemClock };
  const sink = await MqttSink.open(place);
  const writer: SinkWriter = await sink.of({
    options: { name: "door", source: "0", resultsDirectory: "", events: "none" },
    ...{ live: true, input: "0", policy: "p", seed: 1 },
  });
  assert.equal(writer.description, `mqtt://127.0.0.1:${broker.port}`);
  const why = await writer.write([[]]).then(() => "", String);
  assert.match(why, /Cannot reach mqtt:\/\/127\.0\.0\.1:\d+: .*[Nn]ot authorized/);
  assert.doesNotMatch(why, /wrong/);
  await writer.close();
  await sink.close();
});

Deno.test("over TLS it is whom an authority of one's own knows, and nobody else", async () => {
  await using folder = new Folder();
  const authority = await Authority.make(folder.path);
  if (!authority) return;
  await authority.certify("broker", "IP:127.0.0.1", 2);
  await using broker = await Mosquitto.start(authority.paths("broker"));
  if (!broker) return;
  const at = async (authorities: string | undefined) => {
    const path = `mqtts://edge@127.0.0.1:${broker.port}`;
    const password = { file: folder.write("password", "hush\n") };
    const own = { mqtt: { ...MQTT_DEFAULTS, authorities, password } };
    const what = new Set<string>();
    const sink = await MqttSink.open({ path, overwrite: false, what, own, clock: systemClock });
    const writer = await sink.of({
      options: { name: "door", source: "0", resultsDirectory: "", events: "none" },
      ...{ live: true, input: "0", policy: "p", seed: 1 },
    });
    const why = await writer.write([[]]).then(() => "", String);
    await writer.close();
    await sink.close();
    return why;
  };
  assert.equal(await at(authority.path), "");
  assert.match(await at(undefined), /Cannot reach .*(UnknownIssuer|certificate|self-signed)/i);
});
