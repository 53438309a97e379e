import assert from "node:assert/strict";
import { addressOf, edgeQueryOf, EDGES_A_PAGE, listed } from "./edge_list.ts";
import type { EdgeView } from "./view.ts";

/** An edge of which a test says what matters. */
function edge(name: string, said: Partial<EdgeView> = {}): EdgeView {
  return {
    ...{ name, named: true, state: "active", addresses: [], sources: [], seen_ago_s: 0 },
    first_seen: "2026-01-02T03:04:05.000Z",
    requests: { total: 0, ok: 0, refused: 0, failed: 0 },
    ...{ requests_per_s: 0, bytes: { up: 0, down: 0 }, seconds: () => [] },
    ...said,
  };
}

const queryOf = (text: string) => edgeQueryOf(new URLSearchParams(text));
const names = (edges: readonly EdgeView[], text: string) =>
  listed(edges, queryOf(text)).shown.map(({ name }) => name).join(" ");

Deno.test("edges are sorted by what is asked, the most first, and by name where that is the same", () => {
  const edges = [
    edge("a", { requests_per_s: 1, latency_ms: { p50: 1, p95: 9 }, seen_ago_s: 3 }),
    edge("b", { requests_per_s: 5, offloaded: 0.5, seen_ago_s: 1 }),
    edge("c", { requests_per_s: 1, requests: { total: 9, ok: 0, refused: 1, failed: 1 } }),
  ];
  const cases = [
    ["", "a b c"],
    ["order=reversed", "c b a"],
    ["sort=rate", "b a c"],
    ["sort=rate&order=reversed", "c a b"],
    ["sort=latency", "a b c"],
    ["sort=trouble", "c a b"],
    ["sort=frames", "c a b"],
    ["sort=offloaded", "b a c"],
    ["sort=state", "c b a"],
    ["sort=constructor", "a b c"],
    ["sort=__proto__&order=x&page=-1", "a b c"],
  ] as const;
  for (const [query, wanted] of cases) assert.equal(names(edges, query), wanted, query);
});

Deno.test("edges are found by name, token and source, in any case", () => {
  const edges = [
    edge("gate-1"),
    edge("Tür", { client: "Anna" }),
    edge("yard", { sources: ["gate-cam"] }),
  ];
  const cases = [
    ["edge=GATE", "gate-1 yard"],
    ["edge=t%C3%BCr", "Tür"],
    ["edge=anna", "Tür"],
    ["edge=+yard+", "yard"],
    ["edge=.*", ""],
    [`edge=${"x".repeat(10_000)}`, ""],
  ] as const;
  for (const [query, wanted] of cases) assert.equal(names(edges, query), wanted, query);
});

Deno.test("many edges are on pages, and a page too far is the last one", () => {
  const edges = Array.from({ length: 1000 }, (_, n) => edge(`e${String(n).padStart(3, "0")}`));
  const all = listed(edges, queryOf("page=2"));
  assert.deepEqual([all.shown.length, all.found, all.pages], [EDGES_A_PAGE, 1000, 20]);
  assert.equal(all.shown[0]!.name, "e050");
  assert.equal(listed(edges, queryOf("page=9999")).page, 20);
  assert.deepEqual(listed([], queryOf("page=2")), { shown: [], found: 0, pages: 1, page: 1 });
});

Deno.test("an address says what was read from it", () => {
  for (const text of ["/", "/?edge=a+b%26c&sort=rate&order=reversed&page=3", "/?sort=up"]) {
    assert.equal(addressOf(queryOf(text.slice(2))), text);
  }
});
