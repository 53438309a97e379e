/** Where the cloud page may be, what edges are called, and what is refused. */

import assert from "node:assert/strict";
import { resolveEdge, resolveForward } from "../cli/config/resolve.ts";
import { AROUND, configured } from "./fakes/configured.ts";

const forwardOf = (text: string) => {
  const all = configured(`[forwarder]\n${text}`);
  return { ui: resolveForward(all, AROUND).ui, lines: all.problems.lines() };
};

Deno.test("others reach the page with a password alone, over TLS or where that is said", () => {
  const password = "ui_password=hunter22\n";
  const tls = "tls_cert=deno.json\ntls_key=deno.json\n"; // files that are there
  const cases: [text: string, refused?: RegExp][] = [
    ["ui_listen=8080\n"],
    ["ui_listen=localhost:8080\n"],
    ["ui_listen=[::1]:8080\n"],
    [`ui_listen=8080\n${password}`],
    [
      "ui_listen=0.0.0.0:8080\n",
      /"0.0.0.0:8080", which others reach, and no password, wanted \[forw/,
    ],
    ["ui_listen=[::]:8080\n", /"\[::\]:8080", which others reach/],
    [`ui_listen=0.0.0.0:8080\n${tls}`, /which others reach, and no password/],
    ["ui_listen=0.0.0.0:8080\nallow_plain_tokens=true\n", /which others reach, and no password/],
    [`ui_listen=192.0.2.7:8080\n${password}`, /send the password in the clear, wanted TLS/],
    [`ui_listen=192.0.2.7:8080\n${password}allow_plain_tokens=true\n`],
    [`ui_listen=0.0.0.0:8080\n${password}${tls}`],
  ];
  for (const [text, refused] of cases) {
    const { ui, lines } = forwardOf(text);
    assert.ok(ui, text);
    if (!refused) assert.deepEqual(lines, [], text);
    else {
      assert.equal(lines.length, 1, `${text}: ${lines}`);
      assert.match(lines[0]!, refused);
      assert.match(lines[0]!, /^\S*config\.ini:\d+: \[forwarder\] ui_listen: found /);
    }
    assert.ok(!lines.join().includes("hunter22"));
  }
  assert.equal(forwardOf("").ui, undefined);
  assert.deepEqual(forwardOf(password), { ui: undefined, lines: [] }, "it opens nothing");
});

Deno.test("a password that is guessed at once is none, and is not shown", () => {
  for (const password of ["short77", "with spaces", "x".repeat(257)]) {
    const { lines } = forwardOf(`ui_listen=8080\nui_password=${password}\n`);
    assert.equal(lines.length, 1, password);
    assert.match(lines[0]!, /\[forwarder\] ui_password: found .*, wanted nothing or 8 to 256/);
    assert.ok(!lines[0]!.includes(password), lines.join());
  }
});

Deno.test("an edge is called as is said, else as its machine, else an edge", () => {
  const nameOf = (text: string, hostName?: string) => {
    const all = configured(`[edge-setting]\nsource=0\n${text}`);
    return {
      name: resolveEdge(all, { ...AROUND, hostName }).edgeName,
      lines: all.problems.lines(),
    };
  };
  assert.deepEqual(nameOf("name=gate\n", "pi"), { name: "gate", lines: [] });
  assert.deepEqual(nameOf("", "pi.local"), { name: "pi.local", lines: [] });
  assert.deepEqual(nameOf("", "Anna's Mac"), { name: "Anna_s_Mac", lines: [] });
  assert.deepEqual(nameOf(""), { name: "edge", lines: [] });
  for (const name of ["a b", "-x", "a/b", "<b>", "x".repeat(49)]) {
    const { lines } = nameOf(`name=${name}\n`);
    assert.match(lines.join(), /\[edge-setting\] name: found .* letters and digits at most/, name);
  }
});
