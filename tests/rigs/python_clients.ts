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

/** Whether that Python has a module: one that was made for older tests lacks newer ones. */
export function pythonHas(module: string): boolean {
  if (PYTHON === undefined) return false;
  const args = ["-c", `import ${module}`];
  return new Deno.Command(PYTHON, { args, stdout: "null", stderr: "null" }).outputSync().success;
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

/** What Prometheus's `promtool check metrics` objects to; nothing where it is not installed. */
export async function promtool(metrics: string): Promise<string> {
  const command = new Deno.Command("promtool", {
    args: ["check", "metrics"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  let child: Deno.ChildProcess;
  try {
    child = command.spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log("skipped: promtool is not installed");
    return "";
  }
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(metrics));
  await writer.close();
  const { stdout, stderr } = await child.output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}
