/** CPU time as Linux counts it. */

import assert from "node:assert/strict";
import { machineCpuMs, parseStat, processCpuMs } from "./cpu.ts";

Deno.test("a process may be called anything", () => {
  const numbers = "S 41 1 1 0 -1 0 0 0 0 0 70 8 0 0 20 0 1 0 5 0 0";
  assert.deepEqual(parseStat(`42 (a) R 9 (b) ${numbers}\n`), { parent: 41, ticks: 78 });
});

Deno.test({
  name: "what a process's child uses is the process's, and the machine's",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const [ownBefore, machineBefore] = [processCpuMs(Deno.pid), machineCpuMs()];
    const busy = "const until = Date.now() + 500; while (Date.now() < until); console.log(1);" +
      "Deno.stdin.readSync(new Uint8Array(1))";
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", busy],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    const [own, machine] = [processCpuMs(Deno.pid), machineCpuMs()];
    await child.stdin.close();
    await reader.cancel();
    await child.status;
    assert.ok(own - ownBefore >= 150, `${own - ownBefore} ms`); // others may be at the cores as well
    assert.ok(machine - machineBefore >= 150);
  },
});

Deno.test("what is not there is no process without CPU time", () => {
  assert.throws(() => processCpuMs(2 ** 22 + 1), Deno.errors.NotFound);
});
