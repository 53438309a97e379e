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

Deno.test("others reach it with a password or a token alone, over TLS or where that is said", () => {
  const tls = "tls_cert = deno.json\ntls_key = deno.json\n"; // files that are there
  const plain = "allow_plain_tokens = true\n";
  const inTheClear =
    /listen: found "192\.0\.2\.7:80", to which people would send the password in the clear, wanted TLS, \[ui\] tls_cert and tls_key \(or allow_plain_tokens = true\)$/;
  const cases: [text: string, refused?: RegExp, environment?: Record<string, string>][] = [
    ["", /found "192\.0\.2\.7:80", which others reach, and no password, wanted \[ui\] password/],
    [tls, /which others reach, and no password/],
    [plain, /which others reach, and no password/],
    ["password = long enough\n", inTheClear],
    ["token = t0ken\n", inTheClear],
    ["password_file = deno.json\n", inTheClear],
    ["", inTheClear, { SMARTEYE_UI_PASSWORD: "long enough" }],
    [`password = long enough\n${plain}`],
    [`password = long enough\n${tls}`],
    [`token = t0ken\n${tls}tls_client_ca = deno.json\n`],
    [`password_file = /no/such\n${tls}`, /no\/such/],
    [`token = t0ken\n${tls.replace("= deno.json", "= none.pem")}`, /found no file "none\.pem"/],
    ["token = t0ken\ntls_cert = deno.json\n", /\[ui\]: found tls_cert alone, wanted tls_cert and/],
    [`password = short\n${tls}`, /a password of 8 characters or more/],
  ];
  for (const [text, refused, environment] of cases) {
    const { told } = resolved(`listen = 192.0.2.7:80\n${text}`, environment);
    if (refused) assert.match(told, refused, text);
    else assert.equal(told, "", text);
    assert.doesNotMatch(told, /short|long enough|t0ken/, "a password is not shown");
  }
  const { options } = resolved(`listen = 8080\n${tls}`);
  assert.deepEqual(options!.tls, { certificate: "deno.json", key: "deno.json" });
});

Deno.test("an edge that others would reach without a password does not start", async () => {
  const world = new FakeWorld({ SMARTEYE_CONFIG: "" });
  assert.equal(await run(["edge", "-f", "0", "--ui", "0.0.0.0:8080"], world), 2);
  assert.match(
    world.stderr.text,
    /\[ui\] password, password_file or token, or a port of this machine alone/,
  );
});
