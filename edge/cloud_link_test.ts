import assert from "node:assert/strict";
import { FakeClock, idle } from "../core/fake_clock.ts";
import { Catalogue } from "../models/catalogue.ts";
import { Folder } from "../tests/fakes/folder.ts";
import { IDLE_LOAD, rawAnswer, RawServer } from "../tests/fakes/forwarder_server.ts";
import { openCloudLink } from "./cloud_link.ts";
import { modelsOf } from "../tests/fakes/models.ts";

/** A forwarder's answer about its servers. */
const SERVERS = {
  servers: [{
    ...{ name: "s1", state: "ready", detail: "", in_flight: 0, load: IDLE_LOAD },
    models: [{ name: "m", service: "detection" }],
  }],
};

/** Questions that a link asks at the beginning: whether the path is right, and about the servers. */
const FIRST = 5;

Deno.test("a link is closed at once, also while the forwarder owes an answer", async () => {
  const asked = Promise.withResolvers<void>();
  let isSilent = false;
  await using server: RawServer = new RawServer((connection) => {
    if (!isSilent) return server.send(connection, rawAnswer(SERVERS));
    return Promise.resolve(asked.resolve()); // and nothing more is heard of it
  });
  await using folder = new Folder();
  const clock = new FakeClock();
  const link = await openCloudLink(
    {
      service: "detection",
      model: undefined,
      models: modelsOf(folder.path),
      forwarderUrl: server.url,
      offloadsMax: 1,
      monitorIntervalMs: 5000,
    },
    await Catalogue.open(folder.path),
    clock,
  );
  assert.equal(link.available, true);
  // The first questions: each sleeps until its deadline, and the pause after the last one goes on.
  for (let pausing = 0; pausing < 100; pausing++) {
    await idle();
    if (clock.sleeping !== 1 || server.requests < FIRST) pausing = 0;
  }
  isSilent = true;
  await clock.advance(5000);
  await asked.promise;
  let isClosed = false;
  const closing = link.close().then(() => isClosed = true);
  for (let turn = 0; turn < 100; turn++) await idle();
  assert.equal(isClosed, true, "it waits for the answer");
  await clock.until(closing);
  assert.equal(link.available, true, "that we hang up says nothing about the cloud");
});
