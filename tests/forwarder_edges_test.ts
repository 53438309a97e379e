/** Edges at a forwarder over real sockets: who they are, and who is told of them. */

import assert from "node:assert/strict";
import { digestOf } from "../forwarder/clients/clients.ts";
import { EDGE_HEADER } from "../proto/http_edge.ts";
import { EdgesAnswer } from "../proto/http_edges.ts";
import { ServersAnswer } from "../proto/http_codec.ts";
import { Folder } from "./fakes/folder.ts";
import { JPEG, world } from "./fakes/forwarder_world.ts";

const IMAGE = { "content-type": "image/jpeg" };

/** What a caller is told of edges. */
async function edgesOf(base: string, headers: HeadersInit = {}) {
  const response = await fetch(`${base}/v1/edges`, { headers });
  return EdgesAnswer.parse(await response.json()).edges;
}

Deno.test("edges appear by their names, with what they say and what came of their frames", async () => {
  const lines: Record<string, unknown>[] = [];
  const options = { accessLog: "all" } as const;
  await world(2, options, async ({ base, post }) => {
    for (let n = 0; n < 10; n++) {
      const headers = { ...IMAGE, [EDGE_HEADER]: `gate-${n % 2}; source=door` };
      assert.equal(await (await post("model=m", JPEG, headers)).json().then(() => "ok"), "ok");
    }
    await (await post("model=none", JPEG, { ...IMAGE, [EDGE_HEADER]: "gate-1" })).body
      ?.cancel();
    await (await post("model=m", JPEG, { ...IMAGE, [EDGE_HEADER]: "<b>" })).body?.cancel();
    const tallies = "; captured=9; local=1; cloud=3; filtered=1; dropped=1; failed=0";
    const headers = { [EDGE_HEADER]: `gate-0; version=9.9.9${tallies}` };
    await (await fetch(`${base}/v1/servers`, { headers })).body?.cancel();
    const [nobody, first, second] = await edgesOf(base);
    assert.deepEqual([nobody!.name, nobody!.named, nobody!.requests.ok], ["127.0.0.1", false, 1]);
    assert.deepEqual(first!.requests, { total: 5, ok: 5, refused: 0, failed: 0 });
    assert.deepEqual([first!.version, first!.offloaded, first!.sources], ["9.9.9", 0.75, ["door"]]);
    assert.deepEqual([second!.name, second!.refused], ["gate-1", { not_found: 1 }]);
    assert.equal(second!.bytes.up, 5 * JPEG.length, "one that is refused at its head sends none");
    const detailed = await (await fetch(`${base}/v1/servers?details=true`)).json();
    const { servers } = ServersAnswer.parse(detailed);
    assert.deepEqual(servers.map(({ details }) => details!.calls.success), [6, 5]);
    assert.deepEqual(servers.map(({ details }) => details!.changes.map(({ kind }) => kind)), [
      ["ready"],
      ["ready"],
    ]);
    const plain = await (await fetch(`${base}/v1/servers`)).text();
    assert.ok(!plain.includes("details"), "edges ask often, and need none");
    const metrics = await (await fetch(`${base}/metrics`)).text();
    assert.match(metrics, /edge_requests_total\{edge="gate-1",outcome="refused"\} 1/);
    assert.match(metrics, /edge_names_refused_total 1/);
    assert.match(metrics, /forwarder_edges\{state="active"\} 3/);
  }, { print: (line) => void lines.push(JSON.parse(line)) });
  assert.deepEqual([lines[0]!.edge, lines[0]!.source, lines.at(-1)!.edge], [
    "gate-0",
    "door",
    undefined,
  ]);
});

Deno.test("a token is told of its own edges, one that manages of all, and a stranger of none", async () => {
  await using folder = new Folder();
  const entry = (name: string, more = "") =>
    `  - {name: ${name}, sha256: ${digestOf(`${name}-secret`)}${more}}\n`;
  const tokens = folder.write(
    "tokens.yaml",
    `tokens:\n${entry("anna")}${entry("otto")}${entry("boss", ", manages: true")}`,
  );
  await world(1, { tokens }, async ({ base, post }) => {
    const of = (name: string) => ({ authorization: `Bearer ${name}-secret` });
    for (const name of ["anna", "otto", "nobody"]) {
      const headers = { ...IMAGE, ...of(name), [EDGE_HEADER]: "gate" };
      await (await post("model=m", JPEG, headers)).body?.cancel();
    }
    const seenBy = async (name: string) =>
      (await edgesOf(base, of(name))).map(({ name, client }) => `${client}/${name}`);
    assert.deepEqual(await seenBy("anna"), ["anna/gate"]);
    assert.deepEqual((await seenBy("boss")).sort(), ["anna/gate", "otto/gate"]);
    for (const headers of [{}, of("nobody")]) {
      const response = await fetch(`${base}/v1/edges`, { headers });
      assert.equal(response.status, 401);
      assert.ok(!(await response.text()).includes("gate"));
    }
  });
});
