/** The pages of an edge over HTTP: who sees them, what they show, and what they change. */

import assert from "node:assert/strict";
import { systemClock } from "../core/clock.ts";
import { Authority } from "../tests/fakes/certificates.ts";
import { ended } from "../tests/fakes/events.ts";
import { FakeRun } from "../tests/fakes/run.ts";
import { Folder } from "../tests/fakes/folder.ts";
import { result } from "../tests/fakes/records.ts";
import { FakePicture } from "../tests/fakes/source.ts";
import type { EdgeOptions, SourceOptions } from "./options.ts";
import { serveUi } from "./ui_port.ts";
import type { LiveSink } from "./ui/live_sink.ts";
import type { UiOptions } from "./ui/options.ts";

const UI: UiOptions = {
  ...{ listen: { host: "127.0.0.1", port: 0 }, secrets: [], hosts: [], fpsMax: 30 },
  ...{ heightMax: 720, viewersMax: 2, gates: {} },
};

const SCRIPT = { "x-requested-by": "test", "content-type": "application/json" };

/** An edge of one source whose run has not captured anything yet, and its pages. */
async function served(ui: Partial<UiOptions> = {}) {
  const folder = new Folder();
  const source = {
    ...{ name: "door", source: "rtsp://me:s3cret@camera/1", resultsDirectory: folder.file("run") },
    ...{ zones: [], intervalMs: 0, controlPolicy: "always_local_fastest_model", events: "all" },
  } as unknown as SourceOptions; // all that pages look at
  const edge = {
    sources: [source],
    policyParameters: {},
    decisionMs: 50,
  } as unknown as EdgeOptions;
  const run = new FakeRun({ localModels: ["fast", "slow"] });
  const pages = await serveUi({ ...UI, ...ui }, edge, () => run.fake.node, systemClock);
  const live = pages.add(source);
  live.begin({ run: run.run, source: { live: true, description: source.source } });
  const at = `http://127.0.0.1:${pages.address.port}`;
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(at + path, { redirect: "manual", ...init });
  const post = async (path: string, value: unknown) => {
    const answer = await ask(path, {
      method: "POST",
      headers: SCRIPT,
      body: JSON.stringify(value),
    });
    return { status: answer.status, ...await answer.json() };
  };
  return {
    ...{ folder, run: run.run, live, at, ask, post },
    async [Symbol.asyncDispose]() {
      await pages[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

Deno.test("without the password no route shows anything, and nothing is changed", async () => {
  await using edge = await served({ secrets: ["open sesame"] });
  await edge.live.sink.write(result(1));
  const gets = [
    ...[
      "/",
      "/source/door",
      "/seen",
      "/state.json",
      "/events",
      "/live/door.mjpeg",
      "/live/door.jpg",
    ],
    ...["/snapshot/door/20260131T120000000Z-door-1.jpg", "/assets/source.js", "/nowhere"],
    ...["/clip/door/20260131T120000000Z-door-1.mp4", "/source/none"],
  ];
  const bearer = { authorization: "Bearer wrong" };
  for (const path of gets) {
    const answer = await edge.ask(path, path === "/" ? { headers: bearer } : {});
    assert.equal(answer.status, 401, path);
    assert.doesNotMatch(await answer.text(), /door|car|--frame/, path);
  }
  for (const path of ["/source/door/change", "/source/door/zones", "/source/door/zones/remove"]) {
    assert.equal((await edge.post(path, { what: "model", model: "slow" })).status, 401, path);
  }
  assert.deepEqual(edge.run.decides, { policy: "scripted", model: undefined });
  const headers = { authorization: "Bearer open sesame" };
  assert.equal((await edge.ask("/", { headers })).status, 401, "a token has no spaces");
});

Deno.test("over TLS a login is a cookie that goes over TLS alone", async () => {
  await using folder = new Folder();
  const authority = await Authority.make(folder.path);
  if (!authority) return;
  await authority.certify("edge", "IP:127.0.0.1", 2);
  await using edge = await served({ secrets: ["open sesame"], tls: authority.paths("edge") });
  using client = Deno.createHttpClient({ caCerts: [Deno.readTextFileSync(authority.path)] });
  const url = `${edge.at.replace("http", "https")}/login`;
  const form = await (await fetch(url, { client })).text();
  const [, token] = /name="form_token" value="([^"]+)"/.exec(form)!;
  const fields = { form_token: token!, password: "open sesame" };
  const init = { method: "POST", body: new URLSearchParams(fields), redirect: "manual" } as const;
  const answer = await fetch(url, { client, ...init });
  assert.equal(answer.status, 303, await answer.text());
  assert.match(answer.headers.get("set-cookie")!, /HttpOnly; Secure; SameSite=Strict/);
  await assert.rejects(edge.ask("/login"), TypeError, "in the clear nothing is answered");
});

Deno.test("a page says what there is, without passwords, and a stranger's page changes nothing", async () => {
  await using edge = await served();
  const page = await (await edge.ask("/")).text();
  assert.match(page, /rtsp:\/\/me:\*\*\*@camera\/1/);
  assert.doesNotMatch(page, /s3cret/);
  assert.match(page, /fast \(here\)/);
  const state = await (await edge.ask("/state.json")).json();
  assert.equal(state.sources[0].doing.state, "reading");
  for (
    const headers of [{}, { ...SCRIPT, origin: "http://evil.example" }] as Record<string, string>[]
  ) {
    const body = JSON.stringify({ what: "model", model: "slow" });
    const answer = await edge.ask("/source/door/change", { method: "POST", headers, body });
    assert.ok([403, 415].includes(answer.status), String(answer.status));
  }
  assert.equal(edge.run.decides.model, undefined);
});

Deno.test("policy, model and filter are changed by what is known here, and never by a path", async () => {
  await using edge = await served();
  const change = (fields: Record<string, string>) => edge.post("/source/door/change", fields);
  assert.equal((await change({ what: "model", model: "slow" })).status, 200);
  assert.equal((await change({ what: "policy", policy: "always_cloud_lowest_delay" })).status, 200);
  assert.deepEqual(edge.run.decides, { policy: "always_cloud_lowest_delay", model: "slow" });
  const expression = "fallback(always_cloud_lowest_delay, always_local_fastest_model)";
  assert.equal((await change({ what: "policy", policy: expression })).status, 200);
  assert.equal((await change({ what: "filter", filter: "motion", sensitivity: "2" })).status, 200);
  assert.deepEqual(edge.live.filter, { use: "motion", sensitivity: 2 });
  const refused: [Record<string, string>, RegExp][] = [
    [{ what: "policy", policy: "/tmp/evil.ts" }, /none of those known here/],
    [{ what: "policy", policy: "fallback(./evil.js, metered)" }, /"\.\/evil\.js" is none/],
    [{ what: "policy", policy: "metred" }, /did you mean metered/],
    [{ what: "policy", policy: "fallback(metered)" }, /fallback/],
    [{ what: "policy", policy: "a".repeat(501) }, /too long/],
    [{ what: "model", model: "none" }, /one of fast, slow/],
    [{ what: "filter", filter: "learned", sensitivity: "1" }, /none is set/],
    [{ what: "filter", filter: "motion", sensitivity: "99" }, /sensitivity/],
    [{ what: "everything" }, /policy, model or filter/],
  ];
  for (const [fields, why] of refused) {
    const { status, detail } = await change(fields);
    assert.equal(status, 400, detail);
    assert.match(detail, why);
  }
  assert.match(edge.run.decides.policy, /^fallback\(/, "what was refused changed nothing");
  assert.equal((await edge.post("/source/none/change", { what: "model", model: "" })).status, 404);
});

const AREA = {
  ...{ name: "yard", kind: "polygon", classes: ["car", "person"], dwellS: 2, anchor: "bottom" },
  points: [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]],
};

Deno.test("a zone that is drawn counts, and is saved; where it cannot be, its text is given", async () => {
  await using folder = new Folder();
  const configFile = folder.write("site.ini", "; mine\n[source:door]\nfile = 0\n");
  await using edge = await served({ configFile });
  const drawn = await edge.post("/source/door/zones", AREA);
  assert.deepEqual([drawn.status, drawn.saved], [200, true]);
  assert.equal(
    Deno.readTextFileSync(configFile),
    "; mine\n[source:door]\nfile = 0\n\n[zone:yard]\npolygon = 0.1,0.1 0.9,0.1 0.9,0.9\n" +
      "classes = car, person\ndwell = 2\nsource = door\n",
  );
  assert.deepEqual(edge.run.zones.map(({ name, dwellMs }) => [name, dwellMs]), [["yard", 2000]]);
  const line = { ...AREA, name: "gate", kind: "line", points: [[0, 0], [1, 1]], classes: [] };
  assert.equal((await edge.post("/source/door/zones", line)).saved, true);
  assert.equal((await edge.post("/source/door/zones", { ...AREA, dwellS: 0 })).saved, true);
  assert.equal((await edge.post("/source/door/zones/remove", { name: "gate" })).saved, true);
  assert.doesNotMatch(Deno.readTextFileSync(configFile), /gate|dwell/);
  assert.deepEqual(edge.run.zones.map(({ name, dwellMs }) => [name, dwellMs]), [["yard", 0]]);
  Deno.removeSync(configFile);
  const unsaved = await edge.post("/source/door/zones", { ...AREA, name: "lost" });
  assert.deepEqual([unsaved.status, unsaved.saved], [200, false]);
  assert.match(unsaved.told, /counts until the edge ends, and is not saved: Cannot change/);
  assert.match(unsaved.text, /^\[zone:lost\]\npolygon = /);
  for (
    const wrong of [
      { ...AREA, name: "../evil" },
      { ...AREA, name: "a]\n[ui" },
      { ...AREA, name: "bow", points: [[0, 0], [1, 1], [1, 0], [0, 1]] },
      { ...AREA, name: "out", points: [[0, 0], [2, 0], [1, 1]] },
      { ...AREA, name: "two", points: [[0, 0], [1, 0]] },
      { ...AREA, name: "cls", classes: ["a\nb"] },
      { ...AREA, name: "neg", dwellS: -1 },
      { ...AREA, name: "more", evil: true },
      null,
    ]
  ) {
    assert.equal((await edge.post("/source/door/zones", wrong)).status, 400, JSON.stringify(wrong));
  }
  assert.equal((await edge.post("/source/door/zones/remove", { name: "none" })).status, 404);
});

Deno.test("what was seen is found by what, where and when, and its pictures are those of the run", async () => {
  await using edge = await served();
  for (let n = 0; n < 30; n++) {
    const parts = n % 3 === 0 ? { label: "person", zones: [visit("yard")] } : {};
    await edge.live.sink.note(ended(n, parts));
  }
  const { id, reason: _r, ended_at: _e, ...thing } = ended(29);
  const alert = { ...thing, event: "alert", id: id!, rule: "night", seconds: 1, score: 1 } as const;
  await edge.live.sink.note(alert);
  Deno.mkdirSync(edge.folder.file("run/events"), { recursive: true });
  Deno.writeTextFileSync(edge.folder.file(`run/events/${id}.jpg`), "a picture");
  Deno.writeTextFileSync(edge.folder.file(`run/events/${id}.mp4`), "0123456789");
  edge.folder.write("secret.jpg", "not yours");
  Deno.symlinkSync(
    edge.folder.file("secret.jpg"),
    edge.folder.file("run/events/20260131T120000000Z-door-0.jpg"),
  );
  const shown = async (query: string) => {
    const text = await (await edge.ask(`/seen${query}`)).text();
    return { text, count: text.split('<li class="card event">').length - 1 };
  };
  assert.equal((await shown("")).count, 24);
  assert.equal((await shown("?page=2")).count, 6);
  assert.equal((await shown("?page=99")).count, 0);
  assert.equal((await shown("?label=person")).count, 10);
  assert.equal((await shown("?zone=yard")).count, 10);
  assert.equal((await shown("?label=bird")).count, 0);
  assert.equal((await shown("?rule=night")).count, 1);
  assert.match((await shown("?rule=night")).text, /aria-label="Rules"><li>night<\/li>/);
  assert.match((await shown("")).text, new RegExp(`<video[^>]+src="/clip/door/${id}.mp4"`));
  assert.match((await shown("?label=<script>")).text, /Nothing of that kind/);
  assert.equal(await (await edge.ask(`/snapshot/door/${id}.jpg`)).text(), "a picture");
  const part = await edge.ask(`/clip/door/${id}.mp4`, { headers: { range: "bytes=2-4" } });
  assert.deepEqual([part.status, await part.text()], [206, "234"]);
  assert.equal(part.headers.get("content-range"), "bytes 2-4/10");
  const long = `/clip/door/${ended(28).id}.mkv`;
  Deno.writeFileSync(edge.folder.file(`run/events/${ended(28).id}.mkv`), new Uint8Array(5e6));
  assert.match((await shown("")).text, new RegExp(`<a href="${long}" download`));
  assert.equal((await (await edge.ask(long)).bytes()).length, 5e6, "all, where no range is wanted");
  for (
    const path of [
      "20260131T120000000Z-door-0.jpg", // a link
      "..%2f..%2fsecret.jpg",
      "%2e%2e%2fsecret.jpg",
      `20260131T120029000Z-..-29.jpg`,
      `${id}.mp4`,
      `${id}`,
      "results.jsonl",
    ]
  ) {
    const answer = await edge.ask(`/snapshot/door/${path}`);
    assert.deepEqual(
      [answer.status, (await answer.text()).includes("not yours")],
      [404, false],
      path,
    );
  }
});

function visit(zone: string) {
  return { zone, entered_at: "", left_at: null, seconds: 1 };
}

Deno.test("a slow viewer over the network skips, others do not, and one too many is refused", async () => {
  await using edge = await served();
  const over = new AbortController();
  const watch = () => edge.ask("/live/door.mjpeg", { signal: over.signal });
  const [quick, slow] = await Promise.all([watch(), watch()]);
  const third = await watch();
  assert.equal(third.status, 503);
  await third.body?.cancel();
  const reader = quick.body!.getReader();
  let got = "";
  for (let frame = 1; frame <= 30 || !got.includes('"frame":30,'); frame++) {
    await edge.live.sink.write(frame <= 30 ? await wanted(edge, frame) : result(frame));
    const { value } = await reader.read();
    got += new TextDecoder("latin1").decode(value);
  }
  const { encoded, skipped } = edge.live.sink.counts;
  assert.equal(encoded, 30);
  assert.ok(skipped > 0, "the slow one skips");
  over.abort();
  await slow.body?.cancel().catch(() => {});
});

/** A frame with a large picture that somebody is to see. */
async function wanted(edge: { readonly live: { readonly sink: LiveSink } }, frame: number) {
  const picture = new FakePicture(0, 640, 360, undefined, () => {}, 500_000);
  const one = result(frame, picture);
  while (!edge.live.sink.needsPicture(one.ending, frame)) await systemClock.sleep(5);
  return one;
}
