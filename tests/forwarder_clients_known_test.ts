/** Who may ask a forwarder, and for what: tokens, TLS, an address for operators, pages of others. */

import assert from "node:assert/strict";
import { digestOf } from "../forwarder/clients/clients.ts";
import { systemClock } from "../core/clock.ts";
import { ServersAnswer } from "../proto/http_codec.ts";
import { Authority } from "./fakes/certificates.ts";
import { Folder } from "./fakes/folder.ts";
import { startScriptedServer } from "./fakes/grpc_server.ts";
import { Program } from "./fakes/program.ts";
import { JPEG, OPTIONS, world } from "./fakes/forwarder_world.ts";
import { ErrorAnswer } from "../proto/http_errors.ts";

const TOKENS = ["of-the-gate", "of-the-yard", "of-the-boss"] as const;
const [GATE, YARD, BOSS] = TOKENS;

function fileOf(folder: Folder, gate = GATE as string): string {
  return folder.write(
    "tokens.yaml",
    `tokens:
  - {name: gate, sha256: ${digestOf(gate)}, models: [m]}
  - {name: yard, sha256: ${digestOf(YARD)}, requests_per_s: 2, priority: background, models: [n, m]}
  - {name: boss, sha256: ${digestOf(BOSS)}, manages: true, in_flight: 1}
`,
  );
}

const bearer = (token: string) => ({
  "content-type": "image/jpeg",
  authorization: `Bearer ${token}`,
});

Deno.test("a token says who asks: without one 401, not for that 403, too often 429", async () => {
  await using folder = new Folder();
  const lines: string[] = [];
  const options = { tokens: fileOf(folder), accessLog: "all" } as const;
  const deps = { print: (line: string) => void lines.push(line) };
  await world(1, options, async ({ post, refused, servers: [server] }) => {
    const by = (token: string, query?: string) => post(query, JPEG, bearer(token));
    assert.equal((await by(GATE)).status, 200);
    const none = await post();
    assert.equal(none.headers.get("www-authenticate"), "Bearer");
    assert.match(await refused(none, 401, "unauthenticated"), /found no token/);
    assert.match(await refused(await by("of-nobody"), 401, "unauthenticated"), /not known/);
    const other = await by(GATE, "model=n");
    assert.match(await refused(other, 403, "permission_denied"), /gate may ask for m/);

    const priorities: string[] = [];
    server!.script.infer = ({ priority }) => {
      priorities.push(priority);
      return "ok";
    };
    const often = await Promise.all(Array.from({ length: 6 }, () => by(YARD)));
    const statuses = often.map(({ status }) => status).sort();
    assert.deepEqual(statuses.slice(0, 2), [200, 200]);
    assert.deepEqual(statuses.slice(3), [429, 429, 429]);
    assert.ok(priorities.length >= 2);
    assert.deepEqual([...new Set(priorities)], ["BACKGROUND"]);
    const last = often.find(({ status }) => status === 429)!;
    assert.match(await refused(last, 429, "rate_limited"), /yard asks more often than 2 times/);

    const gate = Promise.withResolvers<"ok">();
    const entered = Promise.withResolvers<void>();
    server!.script.infer = () => {
      entered.resolve();
      return gate.promise;
    };
    const held = by(BOSS);
    await entered.promise;
    assert.match(
      await refused(await by(BOSS), 429, "rate_limited"),
      /1 others of boss are under way/,
    );
    gate.resolve("ok");
    assert.equal((await held).status, 200);

    const told = lines.join("\n");
    for (const token of [...TOKENS, "of-nobody"]) {
      assert.ok(!told.includes(token), "no token is told");
    }
    const seen = lines.map((line) => JSON.parse(line));
    assert.ok(
      seen.some(({ client, status, model }) =>
        client === "gate" && status === 200 && model === "m"
      ),
    );
    assert.ok(seen.some(({ client, error }) => client === "yard" && error === "rate_limited"));
    assert.ok(seen.every(({ request_id, peer }) => request_id && peer === "127.0.0.1"));
  }, deps);
});

Deno.test("whether it is well anybody may ask, how its servers are who has a token, the rest who manages", async () => {
  await using folder = new Folder();
  await world(1, { tokens: fileOf(folder) }, async ({ base }) => {
    for (
      const [path, token, status] of [
        ["/healthz", "", 200],
        ["/readyz", "", 200],
        ["/v1/servers", "", 401],
        ["/v1/servers", GATE, 200],
        ["/metrics", "", 401],
        ["/metrics", GATE, 403],
        ["/metrics", BOSS, 200],
      ] as const
    ) {
      const answer = await fetch(`${base}${path}`, { headers: token ? bearer(token) : {} });
      assert.equal(answer.status, status, `${path} ${token}`);
      await answer.body?.cancel();
    }
  });
});

Deno.test("a video recorder's api_key is a token", async () => {
  await using folder = new Folder();
  await world(1, { tokens: fileOf(folder), detectionModel: "m" }, async ({ base }) => {
    const ask = async (key?: string, path = "detection") => {
      const form = new FormData();
      if (key !== undefined) form.set("api_key", key);
      form.set("image", new Blob([JPEG]));
      const answer = await fetch(`${base}/v1/vision/${path}`, { method: "POST", body: form });
      return { status: answer.status, ...await answer.json() };
    };
    assert.deepEqual((await ask(GATE)).predictions, []);
    for (
      const [key, path, status] of [
        [undefined, undefined, 401],
        ["", undefined, 401],
        ["of-nobody", undefined, 401],
        [GATE, "custom/other", 403],
      ] as const
    ) {
      const { success, code, error, request_id } = await ask(key, path);
      assert.deepEqual([success, code, typeof error, typeof request_id], [
        false,
        status,
        "string",
        "string",
      ]);
    }
  });
});

Deno.test("a file that changes while the forwarder runs: what is taken out is 401 from then on", async () => {
  await using folder = new Folder();
  await world(1, { tokens: fileOf(folder) }, async ({ post }) => {
    assert.equal((await post("model=m", JPEG, bearer(GATE))).status, 200);
    fileOf(folder, "of-another-gate");
    const latestAtMs = systemClock.nowMs() + 10_000;
    for (;;) {
      const { status } = await post("model=m", JPEG, bearer(GATE));
      if (status === 401) break;
      assert.ok(status === 200 && systemClock.nowMs() < latestAtMs, `${status}`);
      await systemClock.sleep(100);
    }
    assert.equal((await post("model=m", JPEG, bearer("of-another-gate"))).status, 200);
    assert.equal((await post("model=m", JPEG, bearer(BOSS))).status, 200);
  });
});

Deno.test("the program tells of requests on stdout, behind where it listens", async () => {
  const server = await startScriptedServer();
  const args = ["forward", "--listen", "127.0.0.1:0", "--servers", server.name, "--json"];
  await using program = new Program([...args, "--access-log", "failures"]);
  const base = `http://${await program.address()}`;
  for (const model of ["m", "none"]) {
    const headers = { "content-type": "image/jpeg", "x-request-id": `of-${model}` };
    const url = `${base}/image_handler?model=${model}&frame=7`;
    const answer = await fetch(url, { method: "POST", headers, body: JPEG });
    await answer.body?.cancel();
  }
  program.kill("SIGTERM");
  const { code, stdout } = await program.ran();
  server.kill();
  const lines = stdout.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(lines.map(({ role, event }) => role ?? event), ["forward", "request"]);
  const { request_id, frame, status, fault } = lines[1];
  assert.deepEqual([code, request_id, frame, status, fault], [0, "of-none", 7, 404, "client"]);
});

Deno.test("operators can have an address of their own", async () => {
  const operatorsListen = { host: "127.0.0.1", port: 0 };
  await world(1, { operatorsListen }, async ({ base, forwarder, post }) => {
    const { port } = forwarder.operators!;
    const status = async (url: string) => {
      const answer = await fetch(url);
      await answer.body?.cancel();
      return answer.status;
    };
    assert.equal(await status(`http://127.0.0.1:${port}/metrics`), 200);
    assert.equal(await status(`http://127.0.0.1:${port}/healthz`), 200);
    assert.equal(await status(`http://127.0.0.1:${port}/v1/servers`), 200);
    assert.equal(await status(`http://127.0.0.1:${port}/v1/status/ping`), 404);
    assert.equal(await status(`${base}/metrics`), 404);
    assert.equal(await status(`${base}/v1/servers`), 200);
    assert.equal((await post()).status, 200);
  });
});

Deno.test("an error names its request, as the caller calls it if that is a word", async () => {
  await world(1, {}, async ({ post, base }) => {
    const named = { "content-type": "image/jpeg", "x-request-id": "cam-7/0001" };
    const answer = await post("model=none", JPEG, named);
    assert.equal(answer.headers.get("x-request-id"), "cam-7/0001");
    assert.equal(ErrorAnswer.parse(await answer.json()).request_id, "cam-7/0001");
    const odd = await post("model=m", "no image", { ...named, "x-request-id": "a b;c" });
    const id = odd.headers.get("x-request-id")!;
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.equal(ErrorAnswer.parse(await odd.json()).request_id, id);
    const good = await post();
    assert.match(good.headers.get("x-request-id")!, /^[0-9a-f-]{36}$/);
    const nowhere = await fetch(`${base}/nowhere`, { headers: { "x-request-id": "lost" } });
    assert.equal(ErrorAnswer.parse(await nowhere.json()).request_id, "lost");
    const wrong = await fetch(`${base}/image_handler`, { headers: { "x-request-id": "got" } });
    assert.equal(ErrorAnswer.parse(await wrong.json()).request_id, "got");
    assert.deepEqual([wrong.status, wrong.headers.get("x-request-id")], [405, "got"]);
  });
});

Deno.test("pages of named origins may ask, those of others may not", async () => {
  const corsOrigins = ["https://cameras.example"];
  await world(1, { corsOrigins }, async ({ base, post }) => {
    const allowed = async (origin: string, method: string) => {
      const headers = { origin, "access-control-request-method": "POST" };
      const answer = await fetch(`${base}/image_handler`, { method, headers });
      await answer.body?.cancel();
      return answer.headers.get("access-control-allow-origin");
    };
    assert.equal(await allowed("https://cameras.example", "OPTIONS"), "https://cameras.example");
    assert.equal(await allowed("https://others.example", "OPTIONS"), null);
    const sent = { "content-type": "image/jpeg", origin: "https://cameras.example" };
    const answer = await post("model=m", JPEG, sent);
    assert.equal(answer.headers.get("access-control-allow-origin"), "https://cameras.example");
    assert.match(answer.headers.get("access-control-expose-headers")!, /x-request-id/i);
  });
  await world(1, {}, async ({ post }) => {
    const answer = await post("model=m", JPEG, {
      "content-type": "image/jpeg",
      origin: "https://x.example",
    });
    assert.equal(answer.headers.get("access-control-allow-origin"), null);
  });
});

Deno.test("over TLS a forwarder shows its certificate, and may want to see one", async () => {
  await using folder = new Folder();
  const authority = await Authority.make(folder.path);
  if (!authority) return;
  await authority.certify("server", "IP:127.0.0.1", 2);
  const shown = await authority.certify("client", "DNS:client", 2);
  const { certificate, key } = authority.paths("server");
  const ca = await Deno.readTextFile(authority.path);
  for (const isMutual of [false, true]) {
    const tls = { certificate, key, ...(isMutual ? { authorities: authority.path } : {}) };
    await world(1, { tls }, async ({ forwarder }) => {
      assert.match(forwarder.url, /^https:/);
      const ask = async (own: object) => {
        using client = Deno.createHttpClient({ caCerts: [ca], ...own });
        const url = forwarder.url.replace("image_handler", "v1/servers");
        return ServersAnswer.parse(await (await fetch(url, { client })).json()).servers.length;
      };
      assert.equal(await ask(shown), 1);
      if (isMutual) await assert.rejects(ask({}), TypeError);
      else assert.equal(await ask({}), 1);
      await assert.rejects(
        fetch(forwarder.url.replace("https", "http")).then((a) => a.body?.cancel()),
      );
    });
  }
});

Deno.test("files and addresses that do not go together are said at once", async () => {
  const cases = [{ tokens: "/nowhere" }, { operatorsListen: { host: "192.0.2.1", port: 1 } }];
  for (const options of cases) {
    await assert.rejects(
      world(1, { ...OPTIONS, ...options }, () => Promise.resolve()),
      /^SmarteyeError: Cannot /,
    );
  }
});
