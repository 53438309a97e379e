import assert from "node:assert/strict";
import type { ErrorCode } from "../../core/errors.ts";
import { FakeClock } from "../../core/fake_clock.ts";
import { EDGE_HEADER, edgeSaidOf } from "../../proto/http_edge.ts";
import { EdgesAnswer } from "../../proto/http_edges.ts";
import { Exchange } from "../exchange.ts";
import { Edges, EDGES_MAX } from "./edges.ts";

/** A registry that counts what it tells metrics. */
function registry(edgesMax?: number, hasTokens = false) {
  const clock = new FakeClock();
  const told = { known: 0, forgotten: 0, refused: 0 };
  const edges = new Edges({
    ...{ clock, hasTokens, ...(edgesMax === undefined ? {} : { edgesMax }) },
    metrics: {
      edgeKnown: () => void told.known++,
      edgeForgotten: () => void told.forgotten++,
      edgeNameRefused: () => void told.refused++,
      edgeAnswered: () => {},
    },
  });
  /** A request from its head to its answer. */
  const ask = (
    client: string | undefined,
    header: string | undefined,
    { tookMs = 10, code, isDispatched = true, peer = client ?? "192.0.2.9" }: {
      tookMs?: number;
      code?: ErrorCode;
      isDispatched?: boolean;
      peer?: string;
    } = {},
  ) => {
    const exchange = new Exchange("id", peer, "smarteye", clock.nowMs());
    if (client !== undefined) exchange.client = client;
    const said = header && edgeSaidOf(header);
    if (said) exchange.edge = said;
    if (code) exchange.failure = { code, detail: "" };
    exchange.isDispatched = isDispatched;
    exchange.bytesIn = 1000;
    clock.jump(tookMs);
    edges.answered(exchange, 100);
  };
  return { clock, edges, told, ask };
}

const namesOf = (edges: Edges, client?: string) => edges.list(client).map(({ name }) => name);

Deno.test("an edge is told of by its name, with what came of its frames", async () => {
  const { clock, edges, ask } = registry();
  const started = new Date(clock.epochMs() + 10).toISOString();
  for (let n = 1; n <= 20; n++) ask("192.0.2.1", "gate; source=yard", { tookMs: n });
  ask("192.0.2.2", "gate; source=door", { code: "rate_limited", isDispatched: false });
  ask("192.0.2.2", "gate", { code: "deadline_exceeded" });
  edges.asked("192.0.2.2", "192.0.2.2", {
    ...{ name: "gate", version: "0.1.0" },
    frames: { captured: 50, local: 10, cloud: 30, filtered: 5, dropped: 2, failed: 1 },
  });
  const [gate, ...others] = edges.list().map((one) => one.answer());
  assert.deepEqual(others, []);
  const { first_seen, requests_per_s, ...told } = gate!;
  assert.ok(first_seen < started.replace("Z", "1Z") && requests_per_s === 22);
  assert.deepEqual(told, {
    ...{ name: "gate", named: true, state: "active", version: "0.1.0", seen_ago_s: 0 },
    addresses: ["192.0.2.1", "192.0.2.2"],
    sources: ["door", "yard"],
    requests: { total: 22, ok: 20, refused: 1, failed: 1 },
    refused: { rate_limited: 1 },
    failed: { deadline_exceeded: 1 },
    bytes: { up: 22_000, down: 2200 },
    latency_ms: { p50: 10, p95: 19 },
    frames: { captured: 50, local: 10, cloud: 30, filtered: 5, dropped: 2, failed: 1 },
    offloaded: 0.75,
  });
  EdgesAnswer.parse({ edges: [gate], forgotten: 0 });
  await clock.advance(60_000);
  const later = edges.list()[0]!.answer();
  assert.deepEqual([later.requests_per_s, later.latency_ms, later.state], [0, undefined, "silent"]);
});

Deno.test("who says nothing is silent, then gone, and back with the next request", async () => {
  const { clock, edges, ask } = registry();
  ask("192.0.2.1", "gate", { tookMs: 0 });
  const cases = [[10_000, "active"], [1, "silent"], [589_999, "silent"], [1, "gone"]] as const;
  for (const [passMs, state] of cases) {
    await clock.advance(passMs);
    assert.equal(edges.list()[0]!.state, state);
  }
  assert.deepEqual(edges.states(), { active: 0, silent: 0, gone: 1 });
  ask("192.0.2.1", "gate");
  assert.deepEqual(edges.states(), { active: 1, silent: 0, gone: 0 });
});

Deno.test("who has no name goes by the address, and is none of its edges", () => {
  const { edges, ask } = registry();
  ask("192.0.2.1", undefined);
  ask("192.0.2.1", "gate");
  ask("192.0.2.1", "<script>");
  edges.asked("192.0.2.3", "192.0.2.3", undefined);
  assert.deepEqual(namesOf(edges), ["192.0.2.1", "gate"]);
  assert.deepEqual(edges.list().map(({ isNamed }) => isNamed), [false, true]);
  assert.equal(edges.list()[0]!.answer().requests.ok, 2);
});

Deno.test("strangers without a token are no edges; with tokens none speaks for another", () => {
  const { edges, ask } = registry(undefined, true);
  ask(undefined, "gate");
  ask("anna", "gate");
  ask("otto", "gate", { code: "internal" });
  assert.deepEqual(
    edges.list().map((one) => one.answer()).map(({ client, requests }) => [
      client,
      requests.ok,
    ]),
    [["anna", 1], ["otto", 0]],
  );
  assert.deepEqual(namesOf(edges, "anna"), ["gate"]);
  assert.deepEqual(namesOf(edges, "nobody"), []);
});

Deno.test("however many names are invented, so many are kept, and others keep theirs", () => {
  const { clock, edges, told, ask } = registry();
  for (let n = 0; n < 50; n++) ask("192.0.2.1", `good${n}`);
  for (let n = 0; n < 3000; n++) ask("198.51.100.7", `evil${n}`, { tookMs: 0.01 });
  assert.equal(edges.list().length, EDGES_MAX);
  assert.equal(namesOf(edges).filter((name) => name.startsWith("good")).length, 50);
  assert.deepEqual([edges.forgotten, told.forgotten], [2050, 2050]);
  assert.ok(namesOf(edges).includes("evil2999"), "the oldest goes");
  for (let n = 0; n < 2000; n++) ask(`2001:db8::${n}`, undefined, { tookMs: 0 });
  assert.equal(edges.list().length, EDGES_MAX, `${clock.nowMs()}`);
});

Deno.test("the one that is idle for longest goes first", () => {
  const { edges, ask } = registry(3);
  for (const name of ["a", "b", "c", "a", "d"]) ask("192.0.2.1", name);
  assert.deepEqual(namesOf(edges), ["a", "c", "d"]);
});

Deno.test("of one edge no more is kept, whatever it says", () => {
  const { edges, ask } = registry();
  for (let n = 0; n < 100; n++) ask("x", `gate; source=s${n}`, { peer: `192.0.2.${n}` });
  const { sources, addresses } = edges.list()[0]!.answer();
  assert.deepEqual([sources.length, sources.at(-1)], [16, "s99"]);
  assert.deepEqual([addresses.length, addresses.at(-1)], [4, "192.0.2.99"]);
});

Deno.test("a name that nobody may have is counted, and the request goes on", () => {
  const { edges, told } = registry();
  const said = (value?: string) => edges.saidIn(new Headers(value ? { [EDGE_HEADER]: value } : {}));
  assert.equal(said("a/b"), undefined);
  assert.equal(said(), undefined);
  assert.deepEqual(said("gate"), { name: "gate" });
  assert.equal(told.refused, 1);
});
