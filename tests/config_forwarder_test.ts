/** What an edge says to its forwarder, whom it trusts, and how much may go there. */

import assert from "node:assert/strict";
import { resolveEdge } from "../cli/config/resolve.ts";
import { AROUND, configured } from "./fakes/configured.ts";

const edgeOf = (text: string) => {
  const all = configured(`[edge-setting]\nsource=0\n${text}`);
  return { options: resolveEdge(all, AROUND), lines: all.problems.lines() };
};

Deno.test("a token goes over https or to this machine, else only if that is said", () => {
  const cases: [url: string, more: string, isRefused: boolean][] = [
    ["https://cloud.example/image_handler", "", false],
    ["http://127.0.0.1:5000/image_handler", "", false],
    ["http://localhost:5000/image_handler", "", false],
    ["http://[::1]:5000/image_handler", "", false],
    ["http://cloud.example/image_handler", "", true],
    ["http://127.0.0.1.example/image_handler", "", true],
    ["http://192.0.2.7:5000/image_handler", "allow_plain_token=no\n", true],
    ["http://192.0.2.7:5000/image_handler", "allow_plain_token=true\n", false],
  ];
  for (const [url, more, isRefused] of cases) {
    const text = `[flask-url]\nvideo_frame_url=${url}\ntoken=hunter2\n${more}`;
    const { options, lines } = edgeOf(text);
    assert.equal(options.forwarderToken, "hunter2");
    assert.equal(lines.length, isRefused ? 1 : 0, `${url}: ${lines}`);
    if (!isRefused) continue;
    assert.match(
      lines[0]!,
      /config\.ini:4: \[flask-url\] video_frame_url: found "http:.*", to which the token would go in the clear, wanted an https URL/,
    );
    assert.ok(!lines[0]!.includes("hunter2"));
    assert.deepEqual(edgeOf(text.replace("token=hunter2", "token=")).lines, []);
  }
});

Deno.test("what is no token is refused, and not shown", () => {
  for (const token of ["two words", "a\u00e9", "x:y", "a,b"]) {
    const { lines } = edgeOf(`[flask-url]\ntoken=${token}\n`);
    assert.equal(lines.length, 1, token);
    assert.match(lines[0]!, /\[flask-url\] token: found .*, wanted nothing or a token of letters/);
    assert.ok(!lines[0]!.includes(token), lines.join());
  }
});

Deno.test("a file of authorities has to be there", () => {
  const { lines } = edgeOf("[flask-url]\nca_file=no/such.pem\n");
  assert.match(
    lines.join(),
    /config\.ini:4: found no file "no\/such\.pem", wanted a file that exists$/,
  );
  const { options, lines: none } = edgeOf("[flask-url]\nca_file=deno.json\n");
  assert.deepEqual([options.forwarderAuthorities, none], ["deno.json", []]);
});

Deno.test("an allowance is so many megabytes each period, and none without", () => {
  assert.equal(edgeOf("").options.allowance, undefined);
  assert.deepEqual(edgeOf("allowance_mb=500\n").options.allowance, {
    bytesMax: 500_000_000,
    period: "month",
  });
  const { options } = edgeOf("allowance_mb=20\nallowance_period=day\n");
  assert.deepEqual(options.allowance, { bytesMax: 20_000_000, period: "day" });
  assert.equal(edgeOf("allowance_period=week\n").lines.length, 1);
});
