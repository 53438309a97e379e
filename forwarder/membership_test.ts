import assert from "node:assert/strict";
import { FakeClock } from "../core/fake_clock.ts";
import type { Log } from "../core/log.ts";
import { refused } from "../tests/fakes/refused.ts";
import { Membership } from "./membership.ts";
import type { Server } from "./server.ts";

/** A membership before a pool that notes what it is told, and a name server that can be changed. */
function watched() {
  const clock = new FakeClock();
  const members = new Map<string, string | undefined>();
  const ready = new Set<string>();
  const left: string[] = [];
  const warnings: string[] = [];
  const dns = new Map<string, readonly string[]>();
  let isSilent = false;
  let unresolved = 0;
  let added = 0;
  const silent = () => {};
  const log: Log = {
    ...{ debug: silent, info: silent, error: silent },
    warn: (text, said) => void warnings.push(`${text} ${said?.found}`),
  };
  const membership = new Membership({
    pool: {
      get servers() {
        return [...members.keys()].map((name) =>
          ({
            ...{ name, isReady: ready.has(name), models: [{ name: "m" }] },
            has: (model: string) => model === "m",
          }) as unknown as Server
        );
      },
      add: (name, authority) => void members.set(name, authority),
      remove(name, graceMs) {
        members.delete(name);
        left.push(`${name} ${graceMs}`);
        return Promise.resolve();
      },
    },
    lookup: () => ({
      ips(name, kind) {
        const found = kind === "A" ? dns.get(name) : undefined;
        return found && !isSilent ? Promise.resolve(found) : Promise.reject(new Error("nothing"));
      },
      services: () => Promise.reject(new Error("nothing")),
    }),
    metrics: { unresolved: () => void unresolved++, serverChanged() {} },
    graceMs: () => 700,
    onAdded: () => void added++,
    ...{ clock, log },
  });
  return {
    ...{ membership, members, left, dns, warnings, ready },
    set: (...targets: string[]) => clock.until(membership.set(targets)),
    pass: (ms: number) => clock.until(clock.sleep(ms)),
    silence: (is: boolean) => void (isSilent = is),
    counts: () => ({ unresolved, added }),
  };
}

Deno.test("servers are those that are wanted: others leave, with time for what they have", async () => {
  const { set, members, left, counts } = watched();
  await set("a:1", "b:1", "oip://c:1");
  assert.deepEqual([...members.keys()], ["a:1", "b:1", "oip://c:1"]);
  await set("b:1", "d:1", "b:1");
  assert.deepEqual([...members.keys()], ["b:1", "d:1"]);
  assert.deepEqual(left, ["a:1 700", "oip://c:1 700"]);
  await set("d:1", "b:1");
  assert.deepEqual(counts(), { unresolved: 0, added: 2 });
});

Deno.test("a name's servers come and go with its addresses", async () => {
  const { set, pass, dns, members, left, membership } = watched();
  dns.set("serve.lan", ["10.0.0.1", "10.0.0.2"]);
  await set("dns:///serve.lan:9", "10.0.0.2:9");
  assert.deepEqual(
    [...members],
    [["10.0.0.1:9", "serve.lan"], ["10.0.0.2:9", undefined]].toSorted(),
  );
  dns.set("serve.lan", ["10.0.0.2", "10.0.0.3"]);
  await pass(1500);
  assert.ok(members.has("10.0.0.1:9"), "one answer may be half of one");
  await pass(1000);
  assert.deepEqual([...members.keys()].sort(), ["10.0.0.2:9", "10.0.0.3:9"]);
  assert.deepEqual(left, ["10.0.0.1:9 700"]);
  membership.close();
  dns.set("serve.lan", ["10.0.0.4"]);
  await pass(5000);
  assert.equal(members.size, 2);
});

Deno.test("a name server that says nothing takes no server away, and is told of once", async () => {
  const { set, pass, dns, members, warnings, silence, counts, membership } = watched();
  await set("dns:///serve.lan:9");
  assert.deepEqual([members.size, warnings.length], [0, 1]);
  dns.set("serve.lan", ["10.0.0.1"]);
  await pass(1500);
  assert.deepEqual([...members.keys()], ["10.0.0.1:9"]);
  silence(true);
  await pass(5000);
  dns.set("serve.lan", []);
  silence(false);
  await pass(5000);
  assert.deepEqual([...members.keys()], ["10.0.0.1:9"]);
  assert.equal(warnings.length, 3);
  assert.match(warnings[1]!, /kept.* nothing/s);
  assert.ok(counts().unresolved > 8);
  membership.close();
});

Deno.test("names that are wanted no more are asked for no more", async () => {
  const { set, pass, dns, members, membership } = watched();
  dns.set("serve.lan", ["10.0.0.1"]);
  await set("dns:///serve.lan:9");
  await set("a:1");
  dns.set("serve.lan", ["10.0.0.2"]);
  await pass(5000);
  assert.deepEqual([...members.keys()], ["a:1"]);
  await set("dns:///serve.lan:9");
  assert.deepEqual([...members.keys()], ["10.0.0.2:9"]);
  membership.close();
});

Deno.test("what is no server changes nothing", async () => {
  const { set, members } = watched();
  await set("a:1");
  assert.match(await refused(set("b:1", "ftp://c"), "invalid_argument"), /ftp:\/\/c/);
  assert.deepEqual([...members.keys()], ["a:1"]);
});

Deno.test("one whose models nobody else has yet stays for a while", async () => {
  const { set, pass, members, left, ready, membership } = watched();
  await set("old:1");
  ready.add("old:1");
  await set("new:1");
  assert.deepEqual([...members.keys()], ["old:1", "new:1"]);
  await pass(3000);
  assert.equal(left.length, 0);
  ready.add("new:1");
  await pass(1100);
  assert.deepEqual([...members.keys()], ["new:1"]);
  await set("dead:1");
  await pass(9000);
  assert.ok(members.has("new:1"));
  await pass(2000);
  assert.deepEqual([...members.keys()], ["dead:1"], "not for ever");
  membership.close();
});
