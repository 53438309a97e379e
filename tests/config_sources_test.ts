/** Sections `[source:NAME]` and several `-f`: what each source comes to, and all that is wrong. */

import assert from "node:assert/strict";
import { run } from "../cli/run.ts";
import { edgeCommand } from "../cli/commands/edge.ts";
import { resolveEdge } from "../cli/config/resolve.ts";
import { scan } from "../cli/config/scan.ts";
import { Problems } from "../cli/config/problems.ts";
import { FALLS_TO, SOURCE_KEYS } from "../cli/config/source_keys.ts";
import { CAPTURE_DEFAULTS } from "../edge/capture/open_source.ts";
import type { EdgeOptions } from "../edge/options.ts";
import { AROUND, configured } from "./fakes/configured.ts";
import { Folder } from "./fakes/folder.ts";
import { FakeWorld } from "./fakes/world.ts";

const FILE = "config/config.ini";

/** What an edge makes of a file, what is wrong and what is noted. */
function resolved(text: string, environment: Record<string, string> = {}) {
  const all = configured(text, environment);
  const edge = resolveEdge(all, AROUND);
  const notes = all.notes.filter(({ level }) => level === "warning").map(({ text }) => text);
  return { edge, told: all.problems.lines(), notes };
}

/** What a command line comes to beside a file, in a folder with both. */
async function typed(line: string, file: string) {
  await using folder = new Folder();
  folder.write("site.ini", file);
  let options: EdgeOptions | undefined;
  const load = () =>
    Promise.resolve({
      run: (given: EdgeOptions) => {
        options = given;
        return Promise.resolve(0 as const);
      },
    });
  const world = new FakeWorld({}, folder.path);
  const args = ["edge", "-c", "site.ini", ...line.split(" ").filter(Boolean)];
  const code = await run(args, world, [(cli) => edgeCommand(cli, load)]);
  return { code, options, stderr: world.stderr.text };
}

const TWO = `[edge-setting]
interval = 40
overflow = drop_oldest
stall_ms = 900
[source:door]
file = 0
[source:Yard-2]
file = rtsp://viewer:secret@192.0.2.1/1
interval = 7
frames = 3
policy = always_local_fastest_model
overflow = drop_newest
live = no
realtime = yes
loop = true
reconnect = 2
stall_ms = 100
transport = udp
hwaccel = vaapi
camera_size = 320x240
camera_fps = 12.5
filter = motion
mask = 0,0 0.35,0 0.35,0.06; 0.9,0.5 1,0.5 1,1
images = every 10
output = there/yard
`;

Deno.test("each source has what its section gives, and else what holds for all", () => {
  const { edge, told, notes } = resolved(TWO);
  assert.deepEqual([told, notes], [[], []]);
  const base = "info_system/handled_result";
  const [door, yard] = edge.sources;
  assert.equal(edge.newDirectory!.slice(0, base.length), base);
  assert.deepEqual(door, {
    ...CAPTURE_DEFAULTS,
    name: "door",
    source: "0",
    stallMs: 900,
    intervalMs: 40,
    framesMax: 0,
    controlPolicy: "threshold_offload_policy",
    overflow: "drop_oldest",
    resultsDirectory: `${edge.newDirectory}/door`,
    track: undefined,
    events: "all",
    images: "all",
    zones: [],
    rules: [],
    clipBytesMax: 64_000_000,
  });
  assert.deepEqual(yard, {
    name: "Yard-2",
    source: "rtsp://viewer:secret@192.0.2.1/1",
    live: false,
    realtime: true,
    loop: true,
    reconnectsMax: 2,
    stallMs: 100,
    transport: "udp",
    hwaccel: "vaapi",
    cameraSize: { width: 320, height: 240 },
    cameraFps: 12.5,
    pixelsMax: 40_000_000,
    intervalMs: 7,
    framesMax: 3,
    controlPolicy: "always_local_fastest_model",
    overflow: "drop_newest",
    resultsDirectory: "there/yard",
    track: undefined,
    events: "all",
    filter: {
      refreshMs: 60_000,
      mask: [[[0, 0], [0.35, 0], [0.35, 0.06]], [[0.9, 0.5], [1, 0.5], [1, 1]]],
      sensitivity: 1,
    },
    images: { every: 10 },
    zones: [],
    rules: [],
    clipBytesMax: 64_000_000,
  });
});

Deno.test("one section: the run's directory is named by it, or it has its own", () => {
  const { edge } = resolved("[source:door]\nfile = 0\n");
  assert.equal(edge.sources[0]!.resultsDirectory, edge.newDirectory);
  assert.match(edge.newDirectory!, /\d\d-\d\d-\d\d_door$/);
  const own = resolved("[source:door]\nfile = 0\noutput = d\n").edge;
  assert.deepEqual([own.sources[0]!.resultsDirectory, own.newDirectory], ["d", undefined]);
});

Deno.test("a source's variables count once its section stands there", () => {
  const environment = {
    SMARTEYE_SOURCE_YARD_2_FILE: "1",
    SMARTEYE_SOURCE_YARD_2_STALL_MS: "77",
    SMARTEYE_SOURCE_ROOF_FILE: "2",
  };
  const { edge, told, notes } = resolved("[source:yard-2]\nfile = 0\n", environment);
  assert.deepEqual(told, []);
  assert.deepEqual(edge.sources.map(({ source, stallMs }) => [source, stallMs]), [["1", 77]]);
  assert.deepEqual(notes, [
    "the environment variable SMARTEYE_SOURCE_ROOF_FILE is no setting; " +
    "a source of your own wants its section [source:NAME] in the config file",
  ]);
  const keys = Object.keys(SOURCE_KEYS);
  assert.ok(
    keys.every((key) => !keys.some((other) => key.endsWith(`_${other}`))),
    "a variable tells where NAME ends",
  );
});

Deno.test("a flag holds for every source, and -f is read in place of the sections", async () => {
  const { options, code, stderr } = await typed("-i 5 --no-images --out all --transport tcp", TWO);
  assert.equal(code, 0, stderr);
  assert.deepEqual(
    options!.sources.map(({ intervalMs, images, transport, resultsDirectory, stallMs }) => [
      ...[intervalMs, images, transport, resultsDirectory, stallMs],
    ]),
    [[5, "none", "tcp", "all/door", 900], [5, "none", "tcp", "all/Yard-2", 100]],
  );
  assert.equal(options!.newDirectory, undefined);

  const camera = "[camera-info]\nip_address = 192.0.2.9\n";
  const { options: typedOnly } = await typed("-f 5 -f 5 -r -f http://Host/5", TWO + camera);
  assert.deepEqual(
    typedOnly!.sources.map(({ name, source, intervalMs }) => [
      ...[name, source, intervalMs],
    ]),
    [
      ["camera5", "5", 40],
      ["camera5_2", "5", 40],
      ["Host_5", "http://Host/5", 40],
      ["192.0.2.9_cam_realmonitor", "rtsp://192.0.2.9/cam/realmonitor?channel=1&subtype=0", 40],
    ],
  );
});

Deno.test("all that is wrong with sources is told at once", () => {
  const { told } = resolved(`[source:a]
file = nowhere.mp4
intervall = 5
control_policy = x
[source:b]
[source:c]
file = rtsp:
policy = always_locl_fastest_model
stall_ms = soon
[source:C]
file = -
output = d
[source:d]
file = -
output = d/below
[source:e/f]
file = 0
[source:]
[source:nul.1]
[source:..]
[sorce:x]
[monitor]
file = 0
[source:g]
file = 0
camera_size = big
`);
  assert.deepEqual(
    told.map((line) => line.replace(`${FILE}:`, "")),
    [
      '2: found no file or folder "nowhere.mp4", wanted a video, a folder of images, an image, ' +
      "a URL or the number of a local camera",
      '3: [source:a]: found the unknown key "intervall", wanted a key of this section ' +
      '(did you mean "interval"?)',
      '4: [source:a]: found the unknown key "control_policy", wanted it under [edge-setting]',
      "5: [source:b]: found no file, wanted file = FILE (a video, a folder of images, an image, " +
      "a URL or a camera's number)",
      "7: found no address of a camera, wanted [camera-info] ip_address in the config, " +
      "or SMARTEYE_CAMERA_INFO_IP_ADDRESS",
      '8: found the unknown policy "always_locl_fastest_model", wanted one of ' +
      "always_local_fastest_model, always_cloud_lowest_delay, threshold_offload_policy, " +
      "deadline_accuracy, bandit, confidence_cascade, metered " +
      '(did you mean "always_local_fastest_model"?) or the path of a module with one',
      '9: [source:c] stall_ms: found "soon", wanted nothing or a whole number of milliseconds ' +
      "from 1 to 3600000",
      '10: found the section "[source:C]" beside "[source:c]", wanted names that differ in more ' +
      "than case and - _ .",
      '14: found "-" a second time, wanted stdin for one source',
      '15: found results of "d" where those of "C" go: "d", wanted a directory for each source',
      ...["e/f", "nul.1", ".."].map((name) =>
        `${name === "e/f" ? 16 : name === ".." ? 20 : 19}: found the section "[source:${name}]", ` +
        "wanted a name that a directory may have: up to 64 letters, digits, - _ and ., " +
        "such as [source:door]"
      ),
      '18: found the section "[source:]", wanted a name of the source behind the colon',
      '21: found the unknown section "[sorce:x]", wanted a known section ' +
      '(did you mean "source:x"?)',
      '23: [monitor]: found the unknown key "file", wanted it under [source:NAME]',
      '26: [source:g] camera_size: found "big", wanted nothing or width x height in pixels, ' +
      "such as 640x640",
    ].sort((a, b) => parseInt(a) - parseInt(b)),
  );
});

Deno.test("[edge-setting] source beside sections is said to have no effect", () => {
  const { edge, notes } = resolved("[edge-setting]\nsource = 3\n[source:door]\nfile = 0\n");
  assert.deepEqual(edge.sources.map(({ source }) => source), ["0"]);
  assert.deepEqual(notes, [
    `${FILE}:2: [edge-setting] source has no effect, since sections such as [source:door] ` +
    "say what is read",
  ]);
});

Deno.test("a policy that only a section uses is in use", () => {
  const text = "[policy:nightly]\nrate = 1\n[source:door]\nfile = 0\npolicy = ";
  const module = "./tests/config_sources_test.ts";
  assert.deepEqual(resolved(`${text}${module}\n`).notes, []);
  assert.match(
    resolved(`${text}always_local_fastest_model\n`).notes[0]!,
    /of no policy that is in use/,
  );
});

Deno.test("config check shows each source, where each value stands, and no password", async () => {
  await using folder = new Folder();
  folder.write(
    "site.ini",
    TWO.replace("file = 0", "file = rtsp:") +
      "[camera-info]\npassword = hunter2\nip_address = 192.0.2.9\n",
  );
  const checked = async (...args: string[]) => {
    const world = new FakeWorld({}, folder.path);
    assert.equal(await run(["config", "check", "site.ini", ...args], world), 0, world.stderr.text);
    return world.stdout.text;
  };
  const text = await checked();
  const { settings } = JSON.parse(await checked("--json"));
  assert.ok(!/secret|hunter2/.test(text + JSON.stringify(settings)));
  assert.match(
    text,
    /│ source:door +│ file +│ rtsp: → rtsp:\/\/:\*\*\*@192\.0\.2\.9\/\S+ +│ site\.ini:6 +│/,
  );
  assert.match(text, /│ interval +│ – → 40 +│ site\.ini:2 +│/);
  const door = settings["source:door"];
  assert.deepEqual(Object.keys(door), Object.keys(SOURCE_KEYS));
  assert.deepEqual(door.interval, { value: null, from: "site.ini:2", used: 40 });
  assert.deepEqual(door.transport, { value: null, from: "default", used: "auto" });
  assert.deepEqual(door.camera_size, { value: null, from: "default" });
  const yard = settings["source:Yard-2"];
  assert.deepEqual(yard.file, { value: "rtsp://viewer:***@192.0.2.1/1", from: "site.ini:8" });
  assert.deepEqual(yard.live, { value: false, from: "site.ini:13" });
  assert.deepEqual(yard.images, { value: "every 10", from: "site.ini:24" });
});

Deno.test("a line of a source that is none shows no password", () => {
  const { told } = resolved(
    "[source:a]\nfile = 0\nfile: rtsp://u:hun=ter2@192.0.2.1\nfile rtsp://u:hunter2@h\n",
  );
  assert.equal(told.length, 2);
  assert.ok(told.every((line) => !line.includes("hun")), told.join("\n"));
});

Deno.test("config.ini and docs/settings.md show a section with every key, and it works", () => {
  for (
    const [file, begin] of [[FILE, /^; (?=\[source:|[a-z_]+ = ?)/gm], [
      "docs/settings.md",
      /^$/g,
    ]] as const
  ) {
    const lines = Deno.readTextFileSync(file).replace(begin, "").split("\n");
    const start = lines.findIndex((line) => line.startsWith("[source:door]"));
    assert.ok(start > 0, file);
    const length = lines.slice(start + 1).findIndex((line) => /^$|^\[|^```/.test(line));
    const text = lines.slice(start, start + 1 + length).join("\n");
    const { told, edge } = resolved(text);
    assert.deepEqual(told, [], file);
    assert.equal(edge.sources.length, 1);
    const keys = scan(text, file, new Problems()).entries.map(({ key }) => key);
    if (file === FILE) assert.deepEqual(keys.sort(), Object.keys(SOURCE_KEYS).sort());
  }
  const settings = Deno.readTextFileSync("docs/settings.md");
  for (const key of Object.keys(SOURCE_KEYS)) assert.ok(settings.includes(`\`${key}\``), key);
  for (const [section, key] of Object.values(FALLS_TO)) {
    assert.ok(settings.includes(`\`[${section}] ${key}\``) || settings.includes(`\`${key}\``), key);
  }
});

Deno.test("help teaches sources, in lines that fit", async () => {
  const world = new FakeWorld();
  world.stdout.columns = () => 200;
  assert.equal(await run(["edge", "--help"], world), 0);
  const lines = world.stdout.text.split("\n");
  assert.deepEqual(lines.filter((line) => line.length > 100), []);
  for (const key of Object.keys(SOURCE_KEYS)) {
    assert.match(world.stdout.text, new RegExp(`\\b${key}\\b`));
  }
  assert.match(world.stdout.text, /^ {2}\[source:door\]$/m);
});
