import assert from "node:assert/strict";
import { FakeClock, idle } from "../core/fake_clock.ts";
import { Catalogue } from "../models/catalogue.ts";
import { Folder } from "../tests/fakes/folder.ts";
import { rawAnswer, RawServer } from "../tests/fakes/forwarder_server.ts";
import { openCloudLink } from "./cloud_link.ts";

/** Questions that a link asks when it is opened. */
const FIRST = 2;

Deno.test("a link is closed at once, also while the forwarder owes an answer", async () => {
  const asked = Promise.withResolvers<void>();
  await using server: RawServer = new RawServer((connection) => {
    if (server.requests <= FIRST) return server.send(connection, rawAnswer({ servers: [] }));
    return Promise.resolve(asked.resolve()); // and nothing more is heard of it
  });
  await using folder = new Folder();
  const clock = new FakeClock();
  const link = await openCloudLink(
    {
      service: "detection",
      model: undefined,
      models: {
        directory: folder.path,
        detection: [],
        classification: [],
        scoreThreshold: undefined,
      },
      forwarderUrl: server.url,
      offloadsMax: 1,
      monitorIntervalMs: 5000,
    },
    await Catalogue.open(folder.path),
    clock,
  );
  assert.equal(link.available, true);
  await clock.advance(5000);
  await asked.promise;
  let isClosed = false;
  const closing = link.close().then(() => isClosed = true);
  for (let turn = 0; turn < 100; turn++) await idle();
  assert.equal(isClosed, true, "it waits for the answer");
  await clock.until(closing);
});
