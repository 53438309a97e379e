/** `deploy/systemd`: units that systemd accepts, which start the program as it wants to be started. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { testWhere } from "./fakes/data.ts";
import { program } from "./fakes/program.ts";

const DIRECTORY = fileURLToPath(new URL("../deploy/systemd", import.meta.url));
const UNITS = [...Deno.readDirSync(DIRECTORY)].map(({ name }) => name).sort();
const EXECUTABLE = "/usr/local/bin/smarteye";

/** "systemd-analyze security" calls up to 2.0 of 10 "OK"; what keeps ours from less, the units say. */
const EXPOSURE_MAX = 2;

const read = (unit: string) => Deno.readTextFile(join(DIRECTORY, unit));

/** The last value of a setting. */
function valueOf(text: string, name: string): string | undefined {
  return [...text.matchAll(new RegExp(`^${name}=(.*)$`, "gm"))].at(-1)?.[1];
}

Deno.test("there is a unit for each role; the edge's is one for each config", () => {
  assert.deepEqual(UNITS, [
    "smarteye-edge@.service",
    "smarteye-forward.service",
    "smarteye-serve.service",
  ]);
});

testWhere(
  "systemd-analyze is installed",
  await analyze("--version").then(({ code }) => code === 0, () => false),
  "systemd finds nothing wrong with the units, and little that they leave open",
  async () => {
    const directory = await Deno.makeTempDir({ prefix: "smarteye-test-" });
    try {
      for (const unit of UNITS) {
        // It looks whether the program is there; on the machine that tests this it need not be.
        const text = (await read(unit)).replace(EXECUTABLE, "/bin/true");
        const path = join(directory, unit.replace("@.", "@door."));
        await Deno.writeTextFile(path, text);
        const verified = await analyze("verify", "--man=no", path);
        assert.deepEqual(verified, { code: 0, told: "" }, unit);
        const threshold = `--threshold=${EXPOSURE_MAX * 10}`;
        const { code, told } = await analyze("security", "--offline=true", threshold, path);
        assert.equal(code, 0, told);

        await Deno.writeTextFile(path, text.replace("Restart=on-failure", "Restart=on-failur"));
        assert.match((await analyze("verify", "--man=no", path)).told, /on-failur/, "it looks");
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
);

for (const unit of UNITS) {
  Deno.test(`${unit}: no root, restarted when it fails or hangs, stopped in time`, async () => {
    const text = await read(unit);
    assert.equal(valueOf(text, "DynamicUser"), "yes");
    assert.equal(valueOf(text, "Restart"), "on-failure");
    assert.equal(valueOf(text, "Type"), "notify", "it is told when it is ready");
    assert.ok(Number(valueOf(text, "WatchdogSec")) >= 30, "a machine that is busy is no reason");
    assert.ok(Number(valueOf(text, "TimeoutStopSec")) >= 30);
    assert.doesNotMatch(text, /^MemoryDenyWriteExecute=(?!no)/m, "V8 makes code");
  });

  Deno.test(`${unit}: the program knows the command line`, async () => {
    const [executable, ...args] = valueOf(await read(unit), "ExecStart")!
      .replaceAll("%i", "door").split(" ");
    assert.equal(executable, EXECUTABLE);
    const config = await Deno.makeTempFile({ suffix: ".ini" });
    try {
      await Deno.writeTextFile(
        config,
        "[edge-setting]\nsource = rtsp://192.0.2.1/1\n[telemetry]\nlog_level = loud\n",
      );
      const given = args.map((one) => one.startsWith("/etc/smarteye/") ? config : one);
      const { code, stderr } = await program(given);
      assert.equal(code, 2);
      assert.match(stderr, /^error: [^\n]*\[telemetry\] log_level: found "loud"[^\n]*\n$/);
    } finally {
      await Deno.remove(config);
    }
  });
}

async function analyze(...args: string[]): Promise<{ code: number; told: string }> {
  const { code, stdout, stderr } = await new Deno.Command("systemd-analyze", {
    args: ["--no-pager", ...args],
    env: { SYSTEMD_COLORS: "0", SYSTEMD_LOG_LEVEL: "warning" },
  }).output();
  const decoder = new TextDecoder();
  const told = args[0] === "verify" ? "" : decoder.decode(stdout);
  return { code, told: told + decoder.decode(stderr) };
}
