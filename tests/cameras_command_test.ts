/** `smarteye cameras`, as a user calls it, against cameras that are none. */

import assert from "node:assert/strict";
import { type CamerasOptions, run as cameras } from "../cli/cameras.ts";
import { run } from "../cli/run.ts";
import { systemClock } from "../core/clock.ts";
import { redact } from "../core/redact.ts";
import { seededRng } from "../core/rng.ts";
import { LINUX } from "../edge/discovery/local_cameras.ts";
import { answering, probeMatch, serving, soap } from "./fakes/onvif_device.ts";
import { FakeWorld } from "./fakes/world.ts";

const LOGIN = { account: "me@home", password: "s3cret" };

/** What it prints of cameras that answer so, as it comes through to stdout. */
async function printed(
  answers: readonly (string | Uint8Array)[],
  options: Partial<CamerasOptions> = {},
): Promise<string> {
  await using device = await answering(() => answers);
  const lines: string[] = [];
  const status = await cameras({
    ...{ target: device.target, waitMs: 200, login: undefined, json: false },
    places: { devices: "/nowhere", udev: "/nowhere" },
    ...options,
  }, {
    ...{ clock: systemClock, rng: seededRng(1), drain: new AbortController().signal },
    print: (line) => void lines.push(redact(line)),
  });
  assert.equal(status, 0);
  return lines.join("\n");
}

Deno.test("cameras: where there is none, it is said what may be the cause", async () => {
  assert.match(await printed([]), /^no camera found\n- .*same network/);
  assert.deepEqual(JSON.parse(await printed(["garbage"], { json: true })), {
    cameras: [],
    malformed_answers: 2,
  });
});

Deno.test("cameras: without an account, it is said what is to be filled in", async () => {
  const lines = (await printed([probeMatch({ url: "http://127.0.0.1/" })])).split("\n");
  assert.deepEqual(lines, [
    "Front door  127.0.0.1  smarteye edge -f 'rtsp://USER:PASSWORD@127.0.0.1:554/PATH'",
    "to be filled in, percent-encoded: USER, PASSWORD, PATH; with --account and --password, each " +
    "camera is asked for its streams",
  ]);
});

Deno.test("cameras: with an account, the streams are those of the camera", async () => {
  await using camera = serving({
    ...LOGIN,
    uris: ["rtsp://127.0.0.1/main?a=1", "rtsp://127.0.0.1/2"],
  });
  const answers = [probeMatch({ url: camera.url }), "garbage", probeMatch({ url: camera.url })];
  const text = await printed(answers, { login: LOGIN });
  const command = (path: string) =>
    `Front door  127.0.0.1  smarteye edge -f 'rtsp://me%40home:PASSWORD@127.0.0.1/${path}'`;
  assert.deepEqual(text.split("\n"), [
    `${command("main?a=1")}  # Stream 0, H264, 1920x1080`,
    `${command("2")}  # Stream 1, H264, 1920x1080`,
    "to be filled in, percent-encoded: PASSWORD",
  ]);

  const { cameras: [listed], malformed_answers } = JSON.parse(
    await printed(answers, { login: LOGIN, json: true }),
  );
  assert.equal(malformed_answers, 2);
  assert.deepEqual({ ...listed, streams: listed.streams.slice(0, 1) }, {
    kind: "onvif",
    name: "Front door",
    address: "127.0.0.1",
    streams: [{
      name: "Stream 0",
      encoding: "H264",
      size: "1920x1080",
      source: "rtsp://me%40home:PASSWORD@127.0.0.1/main?a=1",
      command: "smarteye edge -f 'rtsp://me%40home:PASSWORD@127.0.0.1/main?a=1'",
    }],
  });
});

Deno.test("cameras: one that refuses, or repeats what it was told, is listed with why", async () => {
  await using refusing = serving({ ...LOGIN, password: "other" });
  await using telling = serving({
    ...LOGIN,
    instead: {
      GetProfiles: () =>
        soap("<s:Fault><s:Reason><s:Text>not s3cret</s:Text></s:Reason></s:Fault>"),
    },
  });
  const text = await printed([
    probeMatch({ id: "a", url: refusing.url }),
    probeMatch({ id: "b", url: telling.url }),
  ], { login: LOGIN });
  assert.match(text, /PATH' {2}# it refuses the account or the password\n/);
  assert.match(text, /PATH' {2}# it refuses: not \*\*\*\n/);
  assert.doesNotMatch(text, /s3cret/);
});

Deno.test("cameras: those of this machine are read by their number", async () => {
  if (Deno.build.os !== "linux") return console.log("skipped: only Linux lists them in files");
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/video2`);
    await Deno.writeTextFile(`${root}/video2/name`, "USB Camera\n");
    const places = { ...LINUX, devices: root };
    const listed = "USB Camera  /dev/video2  smarteye edge -f 2";
    assert.equal(await printed([], { places }), listed);
    const target = { host: "192.0.2.1", port: 0 }; // to which nothing can be sent
    assert.equal(await printed([], { places, target }), listed, "also where there is no network");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("cameras: the command line is checked, and help tells of it", async () => {
  const help = new FakeWorld({});
  assert.equal(await run(["cameras", "--help"], help), 0);
  assert.match(help.stdout.text, /--wait <seconds> +how long to wait.*\(default: 3\)/s);
  assert.match(help.stdout.text, /--account <name>/);
  const wrong = new FakeWorld({});
  assert.equal(await run(["cameras", "--wait", "0"], wrong), 2);
  assert.match(wrong.stderr.text, /--wait: found "0", wanted a number of seconds/);
});
