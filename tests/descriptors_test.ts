/** A server that has run out of descriptors takes connections again when there are some. */

import assert from "node:assert/strict";
import { credentials, status } from "@grpc/grpc-js";
import { systemClock } from "../core/clock.ts";
import { Inference } from "../proto/grpc_service.ts";
import { Folder } from "./fakes/folder.ts";
import { Program } from "./fakes/program.ts";
import { RawHttp2 } from "./fakes/raw_http2.ts";
import { addModel } from "./fakes/tiny_model.ts";

/** Descriptors that the server may have: more than it needs to start. */
const DESCRIPTORS = 160;

/** The status of a call by a client of its own, within a second. */
function asked(address: string): Promise<number> {
  const client = new Inference(address, credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
  });
  return new Promise((resolve) => {
    client.ServerStatus({}, { deadline: Date.now() + 1000 }, (error) => {
      client.close();
      resolve(error?.code ?? status.OK);
    });
  });
}

Deno.test({
  name: "a server hears of connections again after its descriptors were all in use",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using folder = new Folder();
    addModel(folder);
    const env = { SMARTEYE_MODELS: folder.path, XDG_CACHE_HOME: folder.file("cache") };
    const args = ["serve", "--listen", "127.0.0.1:0", "--workers", "1", "--json"];
    const limited = ["sh", "-c", `ulimit -n ${DESCRIPTORS} && exec "$@"`, "sh"];
    await using server = new Program(args, env, undefined, limited);
    const address = await server.address();
    assert.equal(await asked(address), status.OK);
    const port = Number(address.split(":")[1]);
    const greedy = Array.from({ length: DESCRIPTORS + 20 }, () => RawHttp2.begun(port));
    await server.tells(/no descriptor is left, connections wait/);
    assert.notEqual(await asked(address), status.OK);
    for (const client of greedy) client.close();
    for (let n = 0; await asked(address) !== status.OK; n++) {
      assert.ok(n < 30, "it does not hear of connections any more");
      await systemClock.sleep(500);
    }
    await server.tells(/connections were not heard of.*: listening anew/);
  },
});
