import assert from "node:assert/strict";
import { FakeClock } from "../../core/fake_clock.ts";
import type { Log } from "../../core/log.ts";
import { SCRIPT_HEADER } from "./guard.ts";
import { Shell, type ShellOptions } from "./shell.tsx";

const silent = () => {};
const log: Log = { debug: silent, info: silent, warn: silent, error: silent };

const HOST = "localhost:8080";
const SECRET = "what is behind it";

/** A shell with a page, something that changes, and a stream. */
async function opened(options: Partial<ShellOptions> = {}) {
  const clock = new FakeClock();
  const pages = [{ path: "/", label: "First" }, { path: "/second", label: "Second" }];
  const shell = await Shell.open({
    ...{ name: "pages", pages, secrets: [], hosts: [], assets: [], clock, log },
    ...options,
  });
  const changes: unknown[] = [];
  shell.app.get("/", (c) => shell.page(c, { title: "First" }, <p>{SECRET + " <&>"}</p>));
  shell.app.get("/picture", () => new Response(SECRET));
  shell.app.post("/change", (c) => {
    changes.push(c.var.sent);
    return c.json({});
  });
  const ask = (path: string, init: RequestInit = {}, peer = "192.0.2.1") => {
    const headers = new Headers(init.headers);
    if (!headers.has("host")) headers.set("host", HOST);
    return shell.answer(
      new Request(`http://${headers.get("host")}${path}`, { ...init, headers }),
      peer,
    );
  };
  const form = (path: string, fields: Record<string, string>, headers = {}, peer?: string) =>
    ask(
      path,
      { method: "POST", body: new URLSearchParams(fields), headers, redirect: "manual" },
      peer,
    );
  const tokenOf = async (path: string, headers = {}) => {
    const text = await (await ask(path, { headers })).text();
    return /name="form_token" value="([^"]+)"/.exec(text)![1]!;
  };
  const login = async (password: string, peer?: string) =>
    await form(
      "/login",
      { password, form_token: await tokenOf("/login"), next: "/second" },
      {},
      peer,
    );
  return { shell, clock, changes, ask, form, tokenOf, login };
}

const cookieIn = (answer: Response) => answer.headers.get("set-cookie")!.split(";")[0]!;

Deno.test("a page is whole, says where it is, and allows nothing from elsewhere", async () => {
  const { ask } = await opened();
  const answer = await ask("/");
  const text = await answer.text();
  assert.equal(answer.status, 200);
  assert.match(text, /^<!doctype html><html lang="en">/);
  assert.match(text, /<a href="\/" aria-current="page">First<\/a>/);
  assert.match(text, /behind it &lt;&amp;&gt;/);
  assert.doesNotMatch(text, /style="|<style|onclick|Log out/);
  const policy = answer.headers.get("content-security-policy")!;
  for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]) {
    assert.ok(policy.includes(part), part);
  }
  assert.doesNotMatch(policy, /unsafe|\*/);
  assert.equal(answer.headers.get("cache-control"), "no-store");
  assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  const [style] = /\/assets\/shell\.css\?[\w-]+/.exec(text)!;
  const sheet = await ask(style);
  assert.equal(sheet.headers.get("content-type"), "text/css; charset=utf-8");
  assert.match(sheet.headers.get("cache-control")!, /immutable/);
  assert.equal((await ask("/assets/..%2fshell.tsx")).status, 404);
  assert.equal((await ask("/nowhere")).status, 404);
});

Deno.test("who does not know the password sees nothing", async () => {
  const { ask, login, changes, form } = await opened({ secrets: ["a long password", "t0ken"] });
  const html = { accept: "text/html" };
  const cases: [path: string, init: RequestInit, status: number][] = [
    ["/", { headers: html }, 303],
    ["/", {}, 401],
    ["/picture", {}, 401],
    ["/picture", { headers: { authorization: "Bearer wrong" } }, 401],
    ["/picture", { headers: { authorization: "Basic dDBrZW4=" } }, 401],
    ["/picture", { headers: { cookie: "session_8080=guessed" } }, 401],
    ["/picture?t0ken", {}, 401],
    ["/nowhere", {}, 401],
    ["//login/../picture", {}, 401],
    ["/change", { method: "POST", headers: { [SCRIPT_HEADER]: "page" } }, 401],
    ["/picture", { method: "HEAD" }, 401],
  ];
  for (const [path, init, status] of cases) {
    const answer = await ask(path, init);
    assert.equal(answer.status, status, path);
    assert.doesNotMatch(await answer.text(), new RegExp(SECRET));
  }
  const wrong = await login("a wrong password", "192.0.2.9");
  assert.equal(wrong.status, 401);
  assert.equal(wrong.headers.get("set-cookie"), null);
  assert.match(await wrong.text(), /That is not the password/);
  const noForm = await form("/login", { password: "a long password" });
  assert.equal(noForm.status, 403, "another site's form");
  assert.deepEqual(changes, []);

  const right = await login("a long password", "192.0.2.9");
  assert.equal(right.status, 303);
  assert.equal(right.headers.get("location"), "/second");
  assert.match(right.headers.get("set-cookie")!, /HttpOnly; SameSite=Strict/);
  const cookie = cookieIn(right);
  assert.equal(await (await ask("/picture", { headers: { cookie } })).text(), SECRET);
  const token = { authorization: "bearer t0ken" };
  assert.equal(await (await ask("/picture", { headers: token })).text(), SECRET);
  assert.equal((await ask("/change", { method: "POST", headers: token })).status, 200);
});

Deno.test("a session ends: when it is told to, when nobody uses it, when it is old", async () => {
  const { ask, login, form, tokenOf, clock } = await opened({ secrets: ["a long password"] });
  const isIn = async (cookie: string) => (await ask("/", { headers: { cookie } })).status === 200;
  const cookie = cookieIn(await login("a long password"));
  assert.equal(await isIn(cookie), true);
  await form("/logout", { form_token: await tokenOf("/login") }, { cookie });
  assert.equal(await isIn(cookie), true, "another site's");
  await form("/logout", { form_token: await tokenOf("/", { cookie }) }, { cookie });
  assert.equal(await isIn(cookie), false);

  const hour = 3_600_000;
  const idle = cookieIn(await login("a long password"));
  clock.jump(12 * hour);
  assert.equal(await isIn(idle), false);
  const old = cookieIn(await login("a long password"));
  for (let hours = 0; hours < 7 * 24 - 1; hours++) {
    clock.jump(hour);
    assert.equal(await isIn(old), true);
  }
  clock.jump(hour);
  assert.equal(await isIn(old), false);
  const first = cookieIn(await login("a long password"));
  for (let more = 0; more < 64; more++) await login("a long password");
  assert.equal(await isIn(first), false, "there are so many and no more");
});

Deno.test("who guesses waits, and nobody else does", async () => {
  const { login, ask, clock } = await opened({ secrets: ["a long password"] });
  for (let tries = 0; tries < 4; tries++) assert.equal((await login(`${tries}`)).status, 401);
  const bearer = { headers: { authorization: "Bearer x" } };
  assert.equal((await ask("/picture", bearer)).status, 401);
  const late = await login("a long password");
  assert.equal(late.status, 429, "also the right one");
  assert.match(await late.text(), /Too many wrong tries: the next one is taken in 60 s/);
  assert.equal((await ask("/picture", bearer)).headers.get("retry-after"), "60");
  assert.equal((await login("a long password", "192.0.2.2")).status, 303);
  const network = "2001:db8:1:2";
  for (let tries = 0; tries < 5; tries++) await login("no", `${network}:${tries}:1:1:1`);
  assert.equal((await login("a long password", `${network}:ffff::1`)).status, 429);
  assert.equal((await login("a long password", "2001:db8:1:3::1")).status, 303);
  clock.jump(60_000);
  assert.equal((await login("a long password")).status, 303);
});

Deno.test("another site changes nothing, and shows nothing", async () => {
  const { ask, changes, tokenOf } = await opened();
  const formToken = await tokenOf("/login").catch(() => "");
  assert.equal(formToken, "", "without a password there is no login");
  const script = { [SCRIPT_HEADER]: "page", "content-type": "application/json" };
  const own = `http://${HOST}`;
  const cases: [headers: Record<string, string>, status: number][] = [
    [{ ...script }, 200], // no browser
    [{ ...script, "sec-fetch-site": "same-origin", origin: "null" }, 200],
    [{ ...script, origin: `https://${HOST}` }, 200], // TLS is spoken in front of it
    [{ ...script, "sec-fetch-site": "cross-site" }, 403],
    [{ ...script, "sec-fetch-site": "same-site" }, 403],
    [{ ...script, origin: "http://evil.example" }, 403],
    [{ ...script, origin: "http://localhost:8081" }, 403],
    [{ ...script, origin: "null" }, 403],
    [{ "content-type": "application/json" }, 403],
    [{ "content-type": "application/json", origin: own }, 403],
    [{ "content-type": "text/plain", ...{ [SCRIPT_HEADER]: "page" } }, 415],
  ];
  for (const [headers, status] of cases) {
    const answer = await ask("/change", { method: "POST", body: "{}", headers });
    assert.equal(answer.status, status, JSON.stringify(headers));
  }
  assert.equal(changes.length, 3);
  const shown = (headers: Record<string, string>) => ask("/picture", { headers });
  const site = { "sec-fetch-site": "cross-site" };
  assert.equal((await shown({ ...site, "sec-fetch-mode": "no-cors" })).status, 403);
  const leads = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  assert.equal((await shown({ ...site, ...leads })).status, 200);
  assert.equal((await shown({ ...site, ...leads, "sec-fetch-dest": "iframe" })).status, 403);
});

Deno.test("by a stranger's name nobody is answered, unless it is said to be ours", async () => {
  const cases: [hosts: readonly string[] | "any", host: string, status: number][] = [
    [[], "localhost:8080", 200],
    [[], "127.0.0.1:8080", 200],
    [[], "[::1]:8080", 200],
    [[], "evil.example:8080", 403],
    [[], "localhost.evil.example", 403],
    [[], "192.168.0.7", 403],
    [["camera.example"], "camera.example", 200],
    [["camera.example"], "other.example", 403],
    ["any", "192.168.0.7:8080", 200],
  ];
  for (const [hosts, host, status] of cases) {
    const { ask } = await opened({ hosts });
    assert.equal((await ask("/picture", { headers: { host } })).status, status, host);
  }
});

Deno.test("a login leads to pages of ours, and a body is no longer than it may be", async () => {
  const { tokenOf, form, ask } = await opened({ secrets: ["a long password"] });
  const elsewhere = ["//evil.example", "/\\evil.example", "http://evil.example", "", "/a b"];
  for (const next of elsewhere) {
    const fields = { password: "a long password", form_token: await tokenOf("/login"), next };
    assert.equal((await form("/login", fields)).headers.get("location"), "/");
  }
  const long = await ask("/login", { method: "POST", body: "x".repeat(65_537) });
  assert.equal(long.status, 413);
});
