/** Neither side of an idle gRPC connection takes the other with it when it says goodbye. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { connectSmarteye } from "../forwarder/backends/smarteye.ts";
import { startScriptedServer } from "./fakes/grpc_server.ts";
import { Program } from "./fakes/program.ts";

Deno.test("an idle connection survives its server's goodbye", async () => {
  let server = await startScriptedServer();
  const backend = connectSmarteye(server.name, 1000);
  const { signal } = new AbortController();
  const seen = async () => {
    for (let tries = 0; tries < 300; tries++) {
      try {
        return await backend.status({ deadlineMs: 500, signal });
      } catch {
        // Not there yet: the connection is made anew by a timer.
        await pause(10);
      }
    }
    throw new assert.AssertionError({ message: "it was not seen again" });
  };
  // Without the remedy of `http2_goaway.ts` one or two rounds end the process.
  for (let round = 0; round < 8; round++) {
    for (let i = 0; i < 5; i++) assert.equal((await seen()).draining, false);
    await pause(20);
    server.kill();
    await pause(20);
    server = await startScriptedServer(server.port);
  }
  await seen();
  backend.close();
  server.kill();
});

Deno.test("a server survives the goodbye of clients that had their answers", async () => {
  const main = fileURLToPath(new URL("./fakes/grpc_server_process.ts", import.meta.url));
  await using server = new Program([], {}, ["run", "-A", main]);
  const address = await server.address();
  const { signal } = new AbortController();
  const image = { kind: "encoded", bytes: new Uint8Array(20_000) } as const;
  // Without the remedy of `http2_goaway.ts` one or two rounds end the server.
  for (let round = 0; round < 8; round++) {
    const backend = connectSmarteye(address, 100_000);
    let left = 300;
    await Promise.all(Array.from({ length: 8 }, async () => {
      while (left-- > 0) {
        await backend.infer({ model: "m" }, image, { deadlineMs: 5000, signal });
      }
    }));
    backend.close();
    await pause(20);
  }
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
