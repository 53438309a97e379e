/** Tests of how the program starts itself again. */

import assert from "node:assert/strict";
import project from "../deno.json" with { type: "json" };
import { selfCommand } from "./executable.ts";

const DENO = "/opt/bin/deno";

Deno.test("a file that unpacked itself is started by its own path", () => {
  const running = { executable: "/opt/smarteye", isCompiled: false, execPath: DENO };
  assert.deepEqual(selfCommand(running), { command: "/opt/smarteye", args: [] });
});

Deno.test("a compiled program is its own executable", () => {
  const running = { executable: undefined, isCompiled: true, execPath: "/opt/smarteye" };
  assert.deepEqual(selfCommand(running), { command: "/opt/smarteye", args: [] });
});

Deno.test("under Deno, main.ts is run again, from any directory, never with all permissions", async () => {
  const running = { executable: undefined, isCompiled: false, execPath: Deno.execPath() };
  const { command, args } = selfCommand(running);
  assert.ok(!args.includes("-A") && !args.includes("--allow-all"));
  const output = await new Deno.Command(command, { args: [...args, "--version"], cwd: "/" })
    .output();
  assert.equal(new TextDecoder().decode(output.stdout), `smarteye ${project.version}\n`);
  assert.equal(output.code, 0);
});
