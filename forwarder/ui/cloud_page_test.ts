import assert from "node:assert/strict";
import { EDGE_HEADER } from "../../proto/http_edge.ts";
import { FakePool } from "../../tests/fakes/pool.ts";
import { Edges } from "../edges/edges.ts";
import { Exchange } from "../exchange.ts";
import { Traffic } from "../traffic.ts";
import { openShell } from "./cloud_page.tsx";
import { VIEWERS_MAX } from "./live.ts";

const HOST = "localhost:5180";
const PASSWORD = "open-sesame";

/** The page over two servers, one of which is down, and some edges. */
async function opened(password?: string) {
  const { pool, backends, clock, metrics, look } = lookable(new FakePool(2));
  backends[1]!.say = () => Promise.resolve("unavailable");
  await look();
  const edges = new Edges({ clock, metrics, hasTokens: false });
  const traffic = new Traffic(clock);
  const shell = await openShell({
    ...{ pool, edges, traffic, clock, policy: () => "p2c" },
    address: { host: "127.0.0.1", port: 5000 },
  }, password);
  const ask = (path: string, init: RequestInit = {}, peer = "127.0.0.1") => {
    const headers = new Headers({ host: HOST, accept: "text/html", ...init.headers as object });
    const url = `http://${HOST}${path}`;
    return shell.answer(new Request(url, { redirect: "manual", ...init, headers }), peer);
  };
  const sends = (header: string, peer = "192.0.2.1") => {
    const exchange = new Exchange("id", peer, "smarteye", clock.nowMs());
    exchange.client = peer;
    const said = edges.saidIn(new Headers({ [EDGE_HEADER]: header }));
    if (said) exchange.edge = said;
    clock.jump(20);
    edges.answered(exchange, 100);
    traffic.ended(exchange);
    clock.jump(500); // a view is good for so long
  };
  const text = async (path: string) => await (await ask(path)).text();
  return { shell, clock, pool, edges, traffic, ask, text, sends };
}

function lookable(fake: FakePool) {
  const { pool, backends, clock, metrics } = fake;
  return { pool, backends, clock, metrics, look: () => clock.until(fake.look()) };
}

Deno.test("the overview has every server with its state and why, and every edge by its name", async () => {
  const { text, sends } = await opened();
  assert.match(await text("/"), /None has asked yet/);
  sends("gate; source=yard");
  sends("Tür");
  const page = await text("/");
  assert.match(page, /<a href="\/servers\/s0">s0<\/a>/);
  assert.match(page, /<a href="\/servers\/s1">s1<\/a> is down: /);
  assert.match(page, /1 of 2/);
  assert.match(page, /<a href="\/edges\/gate">gate<\/a>/);
  assert.match(page, /<a href="\/edges\/T%C3%BCr">Tür<\/a>/);
  assert.match(page, /dispatch by p2c/);
  assert.match(await text("/edges/T%C3%BCr"), /<h1>Tür<\/h1>/);
  const server = await text("/servers/s1");
  assert.match(server, /<h1>s1<\/h1>/);
  assert.match(server, /state down/);
});

Deno.test("a page needs no script, and nothing of it is from elsewhere", async () => {
  const { ask, sends } = await opened();
  sends("gate");
  for (const path of ["/", "/servers/s0", "/edges/gate", "/nothing"]) {
    const page = await (await ask(path)).text();
    assert.ok(!/ style=|<style|\bon\w+=|javascript:|https?:\/\//.test(page), path);
    for (const [, src] of page.matchAll(/(?:src|href)="([^"]*)"/g)) {
      assert.match(src!, /^[/#](?!\/)/, path);
    }
  }
  const response = await ask("/");
  const policy = response.headers.get("content-security-policy")!;
  assert.match(policy, /default-src 'none'/);
  assert.ok(!policy.includes("unsafe"));
});

Deno.test("whatever a stranger calls itself, or asks for, is text", async () => {
  const { text, sends, edges } = await opened();
  for (const name of ["<script>alert(1)</script>", '"><img src=x>', "%3Cb%3E", "a; source=<b>"]) {
    sends(name);
  }
  assert.equal(edges.list().filter(({ isNamed }) => isNamed).length, 1, "only one may be a name");
  const asked = ["/?edge=<script>x</script>", '/?edge="><b>&sort=<b>&order=<b>&page=<b>'];
  for (const path of ["/", ...asked, "/edges/<b>", "/servers/%3Cscript%3E", "/edges/%ff"]) {
    const page = await text(path);
    assert.ok(!/<script>|<b>|<img/.test(page), path);
  }
});

Deno.test("what is not there is not found, and changes nothing", async () => {
  const { ask, sends } = await opened();
  sends("gate");
  const missing = [
    ...["/servers/s9", "/servers/", "/edges/nobody", "/edges/gate?client=x", "/x"],
    ...["/edges/gate?named=false", "/live?of=/x", "/live", `/live?of=/${"x".repeat(600)}`],
    ...["/live?of=//evil.example/", "/live?of=http://%5B", "/live?of=/edges/%25ff"],
  ];
  for (const path of missing) assert.equal((await ask(path)).status, 404, path);
  for (const method of ["POST", "PUT", "DELETE"]) {
    const answer = await ask("/", { method, headers: { "x-requested-by": "script" } });
    assert.equal(answer.status, 404, method);
  }
});

Deno.test("without the password nothing is shown, by whichever way", async () => {
  const { ask, sends } = await opened(PASSWORD);
  sends("gate");
  const tries: readonly (readonly [string, Record<string, string>])[] = [
    ["none", {}],
    ["a wrong token", { authorization: "Bearer wrong" }],
    ["the wrong way", { authorization: `Basic ${btoa(`x:${PASSWORD}`)}` }],
    ["an invented session", { cookie: "session_5180=AAAA" }],
  ];
  for (const path of ["/", "/servers/s0", "/edges/gate", "/live?of=/", "/cloud.json"]) {
    for (const [what, headers] of tries) {
      const answer = await ask(path, { headers }, `peer of ${what} ${path}`);
      assert.ok([303, 401].includes(answer.status), `${path} ${what} ${answer.status}`);
      assert.ok(!/gate|s0|s1/.test(await answer.text()), `${path} ${what}`);
    }
  }
  const headers = { authorization: `Bearer ${PASSWORD}` };
  assert.match(await (await ask("/", { headers })).text(), /gate/);
});

Deno.test("a site of others is shown nothing", async () => {
  const { ask, sends } = await opened();
  sends("gate");
  const strangers: readonly Record<string, string>[] = [
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" },
    { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
    { host: "evil.example:5180" },
    { host: "192.0.2.7:5180" },
  ];
  for (const path of ["/", "/live?of=/", "/cloud.json"]) {
    for (const headers of strangers) {
      const answer = await ask(path, { headers });
      assert.equal(answer.status, 403, JSON.stringify(headers));
      assert.ok(!(await answer.text()).includes("gate"));
    }
  }
});

Deno.test("a page goes on for who looks at it, and so many may", async () => {
  const { ask, sends, clock, shell } = await opened();
  sends("gate");
  const first = await ask("/live?of=/");
  assert.equal(first.headers.get("content-type"), "text/event-stream");
  const reader = first.body!.getReader();
  const next = async () => new TextDecoder().decode((await reader.read()).value);
  assert.match(await next(), /edges\/gate/);
  sends("yard");
  const told = next();
  await clock.advance(1000);
  assert.match(await told, /edges\/yard/);
  const others = await Promise.all(
    Array.from({ length: VIEWERS_MAX - 1 }, () => ask("/live?of=/servers/s0")),
  );
  assert.ok(others.every(({ status }) => status === 200));
  const refused = await ask("/live?of=/");
  assert.deepEqual([refused.status, refused.headers.get("retry-after")], [503, "5"]);
  await refused.body?.cancel();
  shell.close();
  for (const { body } of others) for await (const _ of body!);
  while (!(await reader.read()).done);
});

Deno.test("what it shows is told to programs as well", async () => {
  const { ask, sends } = await opened();
  sends("gate");
  const view = await (await ask("/cloud.json")).json();
  assert.deepEqual(view.servers.map(({ state }: { state: string }) => state), ["ready", "down"]);
  assert.equal(view.edges[0].name, "gate");
  assert.equal(view.traffic.ok, 1);
});
