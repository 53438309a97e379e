/** SIGHUP at a forwarder in a terminal: one that is sent reloads, that of a closed terminal stops. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { testWhere } from "./fakes/data.ts";
import { HEARS_SIGHUP } from "./fakes/signals.ts";
import { Folder } from "./fakes/folder.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));

/** `script` of util-linux gives a program a terminal; it tells its version, others do not. */
async function hasScript(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  try {
    const { stdout } = await new Deno.Command("script", { args: ["--version"] }).output();
    return /util-linux/.test(new TextDecoder().decode(stdout));
  } catch {
    return false;
  }
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline;) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`it never came to this: ${what}`);
}

function isAlive(pid: number): boolean {
  try {
    // One that has ended and that nobody has asked for is a zombie.
    return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

testWhere(
  "script of util-linux gives a terminal, and not under nohup",
  HEARS_SIGHUP && await hasScript(),
  "a forwarder in a terminal reloads when SIGHUP is sent, and stops when the terminal is closed",
  async () => {
    await using folder = new Folder();
    const config = folder.write("config.ini", "[grpc-url]\nurl0 = 127.0.0.1:1\n");
    const log = folder.file("log");
    folder.write("log", "");
    const read = () => Deno.readTextFileSync(log);
    const args = ["run", "-A", MAIN, "forward", "--listen", "127.0.0.1:0", "--config", config];
    // Its own file for what it says: the terminal's end would take that with it.
    const command = `echo $$ > ${folder.file("pid")}; exec ${Deno.execPath()} ${
      args.join(" ")
    } 2> ${log}`;
    const terminal = new Deno.Command("script", {
      args: ["--quiet", "--command", command, "/dev/null"],
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn();
    let pid = 0;
    try {
      await until("it listens", () => /listening on/.test(read()));
      pid = Number(Deno.readTextFileSync(folder.file("pid")));
      folder.write("config.ini", "[grpc-url]\nurl0 = 127.0.0.1:2\n");
      Deno.kill(pid, "SIGHUP");
      await until(
        "it reloads",
        () => /settings are read again: \[grpc-url\] url changed/.test(read()),
      );
      assert.ok(isAlive(pid));
      terminal.kill("SIGKILL");
      await until(
        "it drains",
        () => /SIGHUP of a terminal that is gone: finishing what is under way/.test(read()),
      );
      await until("it ends", () => !isAlive(pid));
    } finally {
      if (pid && isAlive(pid)) Deno.kill(pid, "SIGKILL");
      await terminal.stdin.close().catch(() => {});
      await terminal.status;
    }
  },
);
