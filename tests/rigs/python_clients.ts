/** Clients that others wrote, in Python: Triton's, gRPC's own, and an Envoy. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { testWhere } from "../fakes/data.ts";

/** Python with the packages of `tests/clients/requirements.txt`. */
const PYTHON = Deno.env.get("SMARTEYE_TEST_PYTHON") || undefined;

/** A test that needs them. */
export function testWithPythonClients(name: string, test: () => Promise<void>): void {
  testWhere(
    "SMARTEYE_TEST_PYTHON names a Python with tests/clients/requirements.txt",
    PYTHON !== undefined,
    name,
    test,
  );
}

/** Runs a script of `tests/clients`. @returns what it printed, read as JSON. */
export async function runClient(script: string, ...args: string[]): Promise<unknown> {
  const path = fileURLToPath(new URL(`../clients/${script}`, import.meta.url));
  const { success, stdout, stderr } = await new Deno.Command(PYTHON!, {
    args: ["-W", "ignore", path, ...args],
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  assert.ok(success, decoder.decode(stderr).slice(-3000));
  return JSON.parse(decoder.decode(stdout));
}

/** Where that Python has a program. */
export function pythonProgram(name: string): string {
  return PYTHON!.replace(/[^/\\]+$/, name);
}
