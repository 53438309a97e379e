/** Section `[ui]`: where an edge's pages are, and who may see them. */

import assert from "node:assert/strict";
import { resolveEdge } from "../cli/config/resolve.ts";
import { run } from "../cli/run.ts";
import { AROUND, configured } from "./fakes/configured.ts";
import { FakeWorld } from "./fakes/world.ts";

/** What a file comes to, and what is wrong with it. */
function resolved(ui: string, environment: Record<string, string> = {}) {
  const all = configured(`[edge-setting]\nsource = 0\n[ui]\n${ui}`, environment);
  const { ui: options } = resolveEdge(all, AROUND);
  return { options, told: all.problems.lines().join("\n") };
}

Deno.test("without an address there is no page, and on loopback it needs nothing more", () => {
  assert.equal(resolved("fps = 5").options, undefined);
  const { options, told } = resolved("listen = 8080\nfps = 5\nhosts = a.example, b.example");
  assert.equal(told, "");
  assert.deepEqual(options!.listen, { host: "127.0.0.1", port: 8080 });
  assert.deepEqual(options!.secrets, []);
  assert.deepEqual([options!.fpsMax, options!.heightMax, options!.viewersMax], [5, 720, 32]);
  assert.deepEqual(options!.hosts, ["a.example", "b.example"]);
  assert.match(options!.configFile!, /config\/config\.ini$/);
  assert.deepEqual(Object.values(options!.gates), [{
    refreshMs: 60_000,
    mask: [],
    sensitivity: 1,
  }]);
});

Deno.test("where others reach it, a password or a token is wanted", () => {
  const wanted =
    /found "0\.0\.0\.0:80", where others see and change everything, wanted \[ui\] password/;
  assert.match(resolved("listen = 0.0.0.0:80").told, wanted);
  assert.equal(resolved("listen = 0.0.0.0:80\npassword = long enough").told, "");
  assert.equal(resolved("listen = 0.0.0.0:80\ntoken = t0ken").told, "");
  assert.equal(resolved("listen = 0.0.0.0:80", { SMARTEYE_UI_PASSWORD: "long enough" }).told, "");
  const { told } = resolved("listen = 0.0.0.0:80\npassword = short");
  assert.match(told, /a password of 8 characters or more/);
  assert.doesNotMatch(told, /short/, "a password is not shown");
  assert.match(resolved("listen = [::]:80\npassword_file = /no/such").told, /no\/such/);
});

Deno.test("an edge that others would reach without a password does not start", async () => {
  const world = new FakeWorld({ SMARTEYE_CONFIG: "" });
  assert.equal(await run(["edge", "-f", "0", "--ui", "0.0.0.0:8080"], world), 2);
  assert.match(world.stderr.text, /\[ui\] password, password_file or token \(or 127\.0\.0\.1\)/);
});
