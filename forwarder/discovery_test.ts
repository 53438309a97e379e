import assert from "node:assert/strict";
import { FakeClock } from "../core/fake_clock.ts";
import { addressesOf, type Lookup } from "./discovery.ts";
import { parseTarget } from "./target.ts";

type Records = Readonly<Record<string, readonly string[]>>;

/** A name server that has these records, `TYPE name`; those of `SRV` are `host:port:priority`. */
function serverOf(records: Records): Lookup {
  const ask = (type: string, name: string) => {
    const found = records[`${type} ${name}`];
    return found ? Promise.resolve(found) : Promise.reject(new Error("no records found\nfor it"));
  };
  return {
    ips: (name, kind) => ask(kind, name),
    services: async (name) =>
      (await ask("SRV", name)).map((text) => {
        const [target, port, priority] = text.split(":");
        return { target: target!, port: Number(port), priority: Number(priority) };
      }),
  };
}

const found = async (target: string, records: Records) =>
  (await addressesOf(parseTarget(target)!, serverOf(records), new FakeClock()))
    .map(({ address, authority }) => `${address} ${authority}`);

Deno.test("each address of a name is a server, of both kinds", async () => {
  const records = {
    "A serve.lan": ["10.0.0.2", "10.0.0.1", "10.0.0.2"],
    "AAAA serve.lan": ["fd00::1"],
    "A only4.lan": ["10.0.0.3"],
    "AAAA only6.lan": ["fd00::2"],
  };
  assert.deepEqual(await found("dns:///serve.lan:50051", records), [
    "10.0.0.1:50051 serve.lan",
    "10.0.0.2:50051 serve.lan",
    "[fd00::1]:50051 serve.lan",
  ]);
  assert.deepEqual(await found("dns:///only4.lan:1", records), ["10.0.0.3:1 only4.lan"]);
  assert.deepEqual(await found("dns:///only6.lan:1", records), ["[fd00::2]:1 only6.lan"]);
});

Deno.test("SRV records tell hosts and their ports", async () => {
  const records = {
    "SRV _grpc._tcp.serve.lan": ["a.lan.:1:5", "b.lan:2:5", "later.lan:3:6"],
    "A a.lan": ["10.0.0.1"],
    "A b.lan": ["10.0.0.1", "10.0.0.2"],
    "A later.lan": ["10.0.0.9"],
  };
  assert.deepEqual(await found("dns:///_grpc._tcp.serve.lan", records), [
    "10.0.0.1:1 a.lan",
    "10.0.0.1:2 b.lan",
    "10.0.0.2:2 b.lan",
  ]);
});

Deno.test("a name without addresses says why, a name server that is silent is given up", async () => {
  await assert.rejects(found("dns:///nobody.lan:1", {}), /^Error: no records found$/);
  await assert.rejects(found("dns:///empty.lan:1", { "A empty.lan": [] }), /it has no address/);
  const clock = new FakeClock();
  const never = () => new Promise<never>(() => {});
  const heeding = (_: string, __: string, signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  const silent: Lookup = { ips: never, services: never };
  for (const lookup of [silent, { ...silent, ips: heeding }]) {
    const asked = addressesOf(parseTarget("dns:///serve.lan:1")!, lookup, clock);
    await assert.rejects(clock.until(asked), /no answer within 3000 ms/);
  }
});

Deno.test("of very many addresses some are used", async () => {
  const many = Array.from({ length: 1000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
  assert.equal((await found("dns:///many.lan:1", { "A many.lan": many })).length, 256);
});
