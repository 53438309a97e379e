import assert from "node:assert/strict";
import { FakeClock } from "../core/fake_clock.ts";
import { logger } from "../core/log.ts";
import { refused } from "../tests/fakes/refused.ts";
import { openHttpPort } from "./http_port.ts";

Deno.test("a port that is taken names the flag that gives another one", async () => {
  using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = other.addr as Deno.NetAddr;
  const opening = openHttpPort({
    ...{ listen: { host: "127.0.0.1", port }, flag: "--http HOST:PORT", tls: undefined },
    connectionsMax: 9,
    ...{ clock: new FakeClock(), log: logger("inference") },
    answer: () => Promise.resolve(new Response()),
  });
  assert.match(await refused(opening, "already_in_use"), /\(--http HOST:PORT\)/);
});
