/** `smarteye demo`: the whole system in one command, and nothing of it left afterwards. */

import assert from "node:assert/strict";
import { Folder } from "./fakes/folder.ts";
import { processesWith } from "./fakes/processes.ts";
import { Program, program } from "./fakes/program.ts";

Deno.test("the demo finds the street with the program's own detector, and leaves no process behind", async () => {
  await using folder = new Folder();
  const mark = crypto.randomUUID();
  const env = { SMARTEYE_MODELS: folder.file("none"), MARK: mark };
  const { code, stdout, stderr } = await program(["demo", "--out", folder.file("demo")], env);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /in the cloud/);
  assert.match(stdout, /frames by model: smarteye_street 250$/m);
  assert.match(stdout, /results: .*demo\/results/);
  const [, f1] = /│ all +│ .*│ +(0\.\d+) │$/m.exec(stdout)!;
  assert.ok(Number(f1) >= 0.8, `F1 is ${f1}`);
  assert.ok(folder.names().includes("demo"));
  assert.deepEqual(await processesWith(mark), []);

  const signals: Deno.Signal[] = ["SIGINT", "SIGHUP"];
  for (const signal of Deno.build.os === "windows" ? signals.slice(0, 1) : signals) {
    await using stopped = new Program(["demo", "--out", folder.file(signal)], env);
    await stopped.tells(/forwarder on/);
    assert.ok((await processesWith(mark)).length > 3, "they are seen while they run");
    stopped.kill(signal);
    await stopped.ran();
    assert.deepEqual(await processesWith(mark), [], signal);
  }
});

Deno.test("the demo's processes read the config that it is given", async () => {
  await using folder = new Folder();
  const config = folder.write("site.ini", "[edge-setting]\nmodel = of_the_site\n");
  const out = folder.file("demo");
  const { code, stderr } = await program(["demo", "--config", config, "--out", out]);
  assert.equal(code, 1, stderr);
  assert.match(stderr, /Cannot find the model "of_the_site"/);
});
