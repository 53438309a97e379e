/** The camera's account and password: any text, and never shown. */

import assert from "node:assert/strict";
import { reportConfig } from "../cli/config/report.ts";
import { resolveEdge } from "../cli/config/resolve.ts";
import { AROUND, configured } from "./fakes/configured.ts";

Deno.test("values arrive as they were written", () => {
  const values = ["true", "null", "'quoted'", '"quoted"', "a;b#c", "a ; b # c", "a=b=c", "\\;\\#"];
  for (const value of ["pass word", "ünïcode", ...values]) {
    const { settings, problems } = configured(`\uFEFF[camera-info]\npassword = ${value}\t\n`);
    assert.deepEqual(problems.lines(), []);
    assert.equal(settings["camera-info"].password, value);
  }
});

Deno.test("no secret is in what is told", () => {
  const secret = "hunter2";
  const texts = [
    `[camera-info]\npasword=${secret}\n`,
    `[camera-info]\npassword: ${secret}\n`,
    `[camera-info]\npassword:${secret}=x\n`,
    `[camera-info]\npassword=a\npassword=${secret}\n`,
    `[camera-info]\npassword=\n${secret}\n`,
    `[camera-inf]\npassword ${secret}\n${secret}\n`,
    `password ${secret}\npassword:${secret}=1\n`,
    `[edge-setting]\nsource=rtsp://u:${secret}@h ; door\n`,
    `[flask-url]\nvideo_frame_url=ftp://u:${secret}@h\n`,
  ];
  for (const text of texts) {
    const lines = configured(text).problems.lines();
    assert.ok(lines.length > 0, text);
    assert.ok(!lines.join("\n").includes(secret), lines.join("\n"));
  }
});

Deno.test("no password of an address is in the report, wherever a space is in it", () => {
  for (const secret of [" hunter2", "12 hunter2", "a@b hunter2"]) {
    const shown = configured(`[source:door]\nfile = rtsp://me:${secret}@cam/1\n`);
    const report = JSON.stringify(reportConfig(shown, AROUND));
    assert.match(report, /rtsp:\/\/me:\*\*\*@cam\/1/);
    assert.ok(!report.includes("hunter2"), secret);
  }
});

Deno.test("account and password are encoded for the camera's URL", () => {
  const cases: [account: string, password: string, login: string][] = [
    ["", "", ""],
    ["admin", "", "admin@"],
    ["admin", "p@ss/wo:rd?#%", "admin:p%40ss%2Fwo%3Ard%3F%23%25@"],
    ["a:b", "ü x", "a%3Ab:%C3%BC%20x@"],
  ];
  for (const [account, password, login] of cases) {
    const text = `[camera-info]\naccount=${account}\npassword=${password}\n` +
      "ip_address=192.0.2.1:554\n[edge-setting]\nsource=rtsp:\n";
    const { source } = resolveEdge(configured(text), AROUND).sources[0]!;
    assert.equal(source, `rtsp://${login}192.0.2.1:554/cam/realmonitor?channel=1&subtype=0`);
    assert.equal(decodeURIComponent(new URL(source).password), password);
  }
});
