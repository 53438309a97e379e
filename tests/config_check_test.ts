/** `smarteye config check`, as a user calls it. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../cli/run.ts";
import { ALL_SECTIONS, keysOf } from "../cli/config/settings.ts";
import { Folder } from "./fakes/folder.ts";
import { FakeWorld } from "./fakes/world.ts";

/** Runs it in a folder. */
async function check(
  folder: Folder,
  args: string = "",
  environment: Readonly<Record<string, string>> = {},
) {
  const world = new FakeWorld(environment, folder.path);
  const code = await run(["config", "check", ...args.split(" ").filter(Boolean)], world);
  return { code, stdout: world.stdout.text, stderr: world.stderr.text };
}

/** A folder with `text` as the file that is found by itself. */
function folderWith(text: string): Folder {
  const folder = new Folder();
  Deno.mkdirSync(folder.file("config"));
  folder.write("config/config.ini", text);
  return folder;
}

/** The row of a key: its value and where that is from. */
function rowOf(stdout: string, key: string): readonly (string | undefined)[] | undefined {
  return stdout.split("\n").map((line) => line.split("│").map((cell) => cell.trim()))
    .find((cells) => cells[2] === key)?.slice(3, 5);
}

const FILE = `[grpc-url]
url0 = a:1
url2 = b:1
[flask-url]
video_frame_url = http://edge:hunter2@cloud:5000/image_handler
video_file_url = http://cloud:5000/old
[camera-info]
account = viewer
password = hunter2/@
ip_address = 192.0.2.1
[edge-setting]
interval = 40
local_workers = 0
[results]
images = off
`;

Deno.test("every setting is shown with its value and where it was written", async () => {
  await using folder = folderWith(FILE);
  const { code, stdout, stderr } = await check(folder, "--log-level warning", {
    SMARTEYE_GRPC_URL_URL3: "c:1",
    SMARTEYE_MODELS: "the/models",
    SMARTEYE_INFERENCE_WORKERS: "3",
  });
  assert.equal(stderr, "");
  assert.equal(code, 0);
  const rows = {
    url0: ["a:1", "config/config.ini:2"],
    url2: ["b:1", "config/config.ini:3"],
    url3: ["c:1", "SMARTEYE_GRPC_URL_URL3"],
    interval: ["40", "config/config.ini:12"],
    local_workers: ["0 → 8", "config/config.ini:13"],
    workers: ["3", "SMARTEYE_INFERENCE_WORKERS"],
    threads: ["1", "default"],
    images: ["off → none", "config/config.ini:15"],
    video_file_url: ["http://cloud:5000/old (has no effect)", "config/config.ini:6"],
    log_level: ["warning", "--log-level"],
    "model<N>": ["–", "default"],
    source: ["–", "default"],
  };
  for (const [key, row] of Object.entries(rows)) assert.deepEqual(rowOf(stdout, key), row, key);
  assert.ok(stdout.startsWith("config/config.ini\n"));
  assert.ok(stdout.endsWith("nothing is wrong with these settings\n"));
});

Deno.test("as one object: all there is, typed", async () => {
  await using folder = folderWith(FILE);
  const environment = { SMARTEYE_FORWARDER_LISTEN: "[::1]:0", SMARTEYE_MODELS: "the/models" };
  const { code, stdout } = await check(folder, "--json", environment);
  assert.equal(code, 0);
  const { file, settings } = JSON.parse(stdout);
  assert.equal(file, "config/config.ini");
  assert.deepEqual(
    Object.entries(settings).map(([section, keys]) => [section, Object.keys(keys as object)]),
    ALL_SECTIONS.map((section) => [section, keysOf(section)]),
  );
  assert.deepEqual(settings["grpc-url"]["url<N>"], [
    { number: 0, value: "a:1", from: "config/config.ini:2" },
    { number: 2, value: "b:1", from: "config/config.ini:3" },
  ]);
  assert.deepEqual(settings["preload-models"]["model<N>"], []);
  assert.deepEqual(settings["edge-setting"].interval, { value: 40, from: "config/config.ini:12" });
  const own = { value: 0, from: "config/config.ini:13", used: 8 };
  assert.deepEqual(settings["edge-setting"].local_workers, own);
  // How many a server takes is measured when it starts.
  assert.deepEqual(settings["inference"].workers, { value: 0, from: "default" });
  assert.deepEqual(settings.results.images, {
    value: "off",
    from: "config/config.ini:15",
    used: "none",
  });
  assert.deepEqual(settings.forwarder.listen, {
    value: "[::1]:0",
    from: "SMARTEYE_FORWARDER_LISTEN",
  });
  assert.deepEqual(settings.models.directory, { value: "the/models", from: "SMARTEYE_MODELS" });
  assert.deepEqual(settings.telemetry.json, { value: true, from: "--json" });
});

Deno.test("no password is shown, wherever it stands", async () => {
  const sources = ["rtsp:", "rtsp://viewer:hunter2@192.0.2.1/1"];
  for (const source of sources) {
    await using folder = folderWith(FILE);
    for (const args of ["", "--json"]) {
      const environment = { SMARTEYE_EDGE_SETTING_SOURCE: source };
      const { code, stdout, stderr } = await check(folder, args, environment);
      assert.equal(code, 0, stderr);
      assert.ok(!(stdout + stderr).includes("hunter2"), stdout);
      assert.ok(stdout.includes("rtsp://viewer:***@192.0.2.1"), stdout);
      assert.ok(stdout.includes("http://edge:***@cloud:5000/image_handler"), stdout);
    }
    const { stdout } = await check(folder);
    assert.deepEqual(rowOf(stdout, "password"), ["***", "config/config.ini:9"]);
  }
});

Deno.test("what a value comes to is shown only where it is something else, hidden or not", async () => {
  await using folder = new Folder();
  const where = "SMARTEYE_EDGE_SETTING_SOURCE";
  const environment = { [where]: "rtsp://viewer:hunter2@192.0.2.1/1" };
  const { stdout } = await check(folder, "", environment);
  assert.deepEqual(rowOf(stdout, "source"), ["rtsp://viewer:***@192.0.2.1/1", where]);
  const { settings } = JSON.parse((await check(folder, "--json", environment)).stdout);
  assert.equal("used" in settings["edge-setting"].source, false);
});

Deno.test("all that is wrong is told at once, what the roles would find too", async () => {
  await using folder = folderWith(`[edge-setting]
source = nowhere.mp4
control_policy = threshold_policy
intervall = 5
[forwarder]
listen = 5000
dispatch_policy = ./mine.ts
[models]
directory = config/config.ini
[results]
directory = config/config.ini
[grpc-url]
url0 = cloud
`);
  const { code, stdout, stderr } = await check(folder, "--json", {
    SMARTEYE_EDGE_SETTING_JPEG_QUALITY: "101",
  });
  assert.equal(code, 2);
  assert.equal(stdout, "");
  const [head, ...lines] = stderr.trimEnd().split("\n");
  assert.equal(head, "error: Cannot use the settings: 9 problems");
  const file = "  config/config.ini";
  assert.deepEqual(lines.map((line) => line.split(", wanted")[0]), [
    `${file}:2: found no file or folder "nowhere.mp4"`,
    `${file}:3: found the unknown policy "threshold_policy"`,
    `${file}:4: [edge-setting]: found the unknown key "intervall"`,
    `${file}:6: [forwarder] listen: found "5000"`,
    `${file}:7: found no file "./mine.ts"`,
    `${file}:9: found the file "config/config.ini"`,
    `${file}:11: found the file "config/config.ini"`,
    `${file}:13: [grpc-url] url0: found "cloud"`,
    '  SMARTEYE_EDGE_SETTING_JPEG_QUALITY: found "101"',
  ]);
});

Deno.test("the file is the argument, or the one that every command would read", async () => {
  await using folder = folderWith("[edge-setting]\ninterval = 1\n");
  folder.write("site.ini", "[edge-setting]\ninterval = 2\n");
  const found = async (args: string, environment = {}) =>
    rowOf((await check(folder, args, environment)).stdout, "interval");
  assert.deepEqual(await found(""), ["1", "config/config.ini:2"]);
  assert.deepEqual(await found("site.ini"), ["2", "site.ini:2"]);
  assert.deepEqual(await found("-c site.ini"), ["2", "site.ini:2"]);
  const absolute = join(folder.path, "site.ini");
  const environment = { SMARTEYE_CONFIG: absolute };
  assert.deepEqual(await found("", environment), ["2", `${absolute}:2`]);
  assert.deepEqual(await found("config/config.ini", environment), ["1", "config/config.ini:2"]);

  const gone = await check(folder, "gone.ini");
  assert.equal(gone.code, 2);
  assert.match(gone.stderr, /FILE: found no file "gone\.ini", wanted a config file that exists\n$/);
  const both = await check(folder, "site.ini -c config/config.ini");
  assert.equal(both.code, 2);
  assert.match(both.stderr, /FILE: found --config as well, wanted only one of the two\n$/);
});

Deno.test("without any file the defaults are shown, and where they lead", async () => {
  await using folder = new Folder();
  const { code, stdout } = await check(folder);
  assert.equal(code, 0);
  assert.match(stdout, /^no config file is read/);
  assert.deepEqual(rowOf(stdout, "url0"), ["127.0.0.1:50051", "default"]);
  assert.match(rowOf(stdout, "directory")![0]!, /^– → .*models$/);
  assert.equal(JSON.parse((await check(folder, "--json")).stdout).file, null);
});

Deno.test("its help teaches it", async () => {
  await using folder = new Folder();
  const { code, stdout } = await check(folder, "--help");
  assert.equal(code, 0);
  assert.match(stdout, /Usage: smarteye config check \[options\] \[FILE\]/);
  assert.match(stdout, /Passwords are not shown/);
  assert.match(stdout, /Examples:\n {2}smarteye config check/);
});
