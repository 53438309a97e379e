/** The real program under a service manager's socket, as systemd opens one. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { openNotifySocket } from "../cli/notify_socket.ts";
import { testWhere } from "./fakes/data.ts";
import { Program } from "./fakes/program.ts";

const RECEIVER = fileURLToPath(new URL("./rigs/notify_receiver.ts", import.meta.url));
const isLinux = Deno.build.os === "linux";

/** Listens at `path`; says what it hears. */
async function listener(path: string): Promise<Program> {
  const start = ["run", "--quiet", "--unstable-net", "-A", RECEIVER];
  const program = new Program([path], {}, start);
  await program.says(/"listening"/);
  return program;
}

testWhere("systemd can be", isLinux, "a message arrives as one datagram", async () => {
  const directory = await Deno.makeTempDir({ prefix: "smarteye-test-" });
  try {
    const path = `${directory}/notify`;
    await using heard = await listener(path);
    const socket = openNotifySocket(path);
    assert.ok(socket.send("READY=1\nSTATUS=ünder way"));
    await heard.says(/"READY=1\\nSTATUS=ünder way"/);
    const [before, after] = [socket.nowUs(), socket.nowUs()];
    assert.ok(before > 0n && after >= before);
    // Of the same clock as the kernel's own: since the machine's start.
    const upS = Number((await Deno.readTextFile("/proc/uptime")).split(" ")[0]);
    assert.ok(Number(before) / 1e6 <= upS + 1, `${before} µs, up for ${upS} s`);

    heard.kill("SIGKILL");
    await heard.ran();
    assert.equal(socket.send("READY=1"), false, "nobody listens any more");
    socket.close();
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

testWhere("systemd can be", isLinux, "what is no socket's path is refused", () => {
  for (const path of ["notify", "vsock:2:1234", "/", `/${"x".repeat(120)}`]) {
    assert.throws(() => openNotifySocket(path), /no absolute path|too long/, path);
  }
  const nobody = openNotifySocket("@smarteye-test-nobody-listens-here");
  assert.equal(nobody.send("READY=1"), false);
  nobody.close();
});

testWhere("systemd can be", isLinux, "forward under a service manager", async () => {
  const directory = await Deno.makeTempDir({ prefix: "smarteye-test-" });
  try {
    const path = `${directory}/notify`;
    await using heard = await listener(path);
    await using forwarder = new Program(
      ["forward", "--listen", "127.0.0.1:0", "--servers", "127.0.0.1:1"],
      { NOTIFY_SOCKET: path, WATCHDOG_USEC: "400000" },
    );
    await heard.says(/"READY=1"/);
    await forwarder.tells(/listening on/);
    await heard.says(/"WATCHDOG=1"\n(.*\n)*"WATCHDOG=1"/);
    forwarder.kill("SIGHUP");
    await heard.says(/"RELOADING=1\\nMONOTONIC_USEC=\d+"\n(.*\n)*"READY=1"/);
    forwarder.kill("SIGTERM");
    await heard.says(/"STOPPING=1"/);
    assert.equal((await forwarder.ran()).code, 0);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

testWhere("systemd can be", isLinux, "without leave to tell it, forward works", async () => {
  const main = fileURLToPath(new URL("../main.ts", import.meta.url));
  const leave = ["--no-prompt", "--allow-read", "--allow-net", "--allow-env", "--allow-sys"];
  await using forwarder = new Program(
    ["forward", "--listen", "127.0.0.1:0", "--servers", "127.0.0.1:1"],
    { NOTIFY_SOCKET: "/nowhere/notify" },
    ["run", ...leave, main],
  );
  await forwarder.tells(/cannot tell the service manager at NOTIFY_SOCKET: .*ffi/);
  await forwarder.tells(/listening on/);
  forwarder.kill("SIGTERM");
  assert.equal((await forwarder.ran()).code, 0);
});
