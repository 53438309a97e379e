import assert from "node:assert/strict";
import { drained } from "./role.ts";
import { formatAddress } from "./address.ts";

Deno.test("an address is host:port, IPv6 hosts in brackets", () => {
  assert.equal(formatAddress({ host: "127.0.0.1", port: 5000 }), "127.0.0.1:5000");
  assert.equal(formatAddress({ host: "::1", port: 5000 }), "[::1]:5000");
});

Deno.test("drained resolves when the signal aborts, even if it has before", async () => {
  await drained(AbortSignal.abort());
  const drain = new AbortController();
  const draining = drained(drain.signal);
  drain.abort();
  await draining;
});
