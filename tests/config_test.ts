/** The config, from a file's text to what a role is given. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "ini";
import { configure, logLevelOf, NOTHING_GIVEN } from "../cli/config/configure.ts";
import { CONFIG_FLAG } from "../cli/config/flag.ts";
import { Problems } from "../cli/config/problems.ts";
import { resolveEdge, resolveForward, resolveServe } from "../cli/config/resolve.ts";
import { scan } from "../cli/config/scan.ts";
import type { KeyPath } from "../cli/config/settings.ts";
import { isSmarteyeError } from "../core/errors.ts";
import { BROKEN_FILES } from "./config_cases.ts";
import { AROUND, configured } from "./fakes/configured.ts";

/** The shape of a config file of the original SmartEye, with its habits. */
const ORIGINAL = `[grpc-url]
url0=127.0.0.1:6001
url1=127.0.0.1:6001
url2=gpu-box.example:6002

[flask-url]
video_frame_url=http://192.0.2.7:5000/image_handler
video_file_url=http://192.0.2.7:5000/video_file_handler

[camera-info]
account=viewer
password=p;w#1!
ip_address=192.0.2.9
channel=2


[monitor]
monitor_interval=30

[edge-setting]
worker_number=5
control_policy=always_local_fastest_model
;
;
;
queue_maxsize=12

[preload-models]
;model1=left_out
model9=fasterrcnn_mobilenet_v3_large_320_fpn
model10=retinanet_resnet50_fpn

[edge-model]
model10=mobilenet_v2
model5=alexnet

[image-classification]
model1=alexnet
model2= resnet152
model3 =mobilenet_v2

[object-detection]
model4=maskrcnn_resnet50_fpn
model5=retinanet_resnet50_fpn
model2=fasterrcnn_mobilenet_v3_large_fpn
model1=fasterrcnn_mobilenet_v3_large_320_fpn
`;

function flag(path: KeyPath, text: string, where: string) {
  return { path, number: 0, text, where };
}

Deno.test("a config file of the original SmartEye works unchanged", () => {
  const all = configured(ORIGINAL, { SMARTEYE_EDGE_SETTING_SOURCE: "rtsp:" });
  const edge = resolveEdge(all, AROUND);
  const forward = resolveForward(all, AROUND);
  const serve = resolveServe(all, AROUND);
  assert.deepEqual(all.problems.lines(), []);
  assert.equal(
    edge.sources[0]!.source,
    "rtsp://viewer:p%3Bw%231!@192.0.2.9/cam/realmonitor?channel=2&subtype=0",
  );
  assert.equal(edge.sources[0]!.controlPolicy, "always_local_fastest_model");
  assert.equal(edge.offloadsMax, 5);
  assert.equal(edge.queueLengthMax, 12);
  assert.equal(edge.forwarderUrl, "http://192.0.2.7:5000/image_handler");
  assert.equal(edge.monitorIntervalMs, 30_000);
  assert.deepEqual(edge.edgeModels, ["alexnet", "mobilenet_v2"]);
  assert.deepEqual(edge.models.classification, ["alexnet", "resnet152", "mobilenet_v2"]);
  assert.deepEqual(edge.models.detection, [
    "fasterrcnn_mobilenet_v3_large_320_fpn",
    "fasterrcnn_mobilenet_v3_large_fpn",
    "maskrcnn_resnet50_fpn",
    "retinanet_resnet50_fpn",
  ]);
  assert.deepEqual(forward.servers, ["127.0.0.1:6001", "gpu-box.example:6002"]);
  assert.deepEqual(serve.preload, [
    "fasterrcnn_mobilenet_v3_large_320_fpn",
    "retinanet_resnet50_fpn",
  ]);
  assert.ok(
    all.notes.some(({ level, text }) =>
      level === "debug" && text === "config/config.ini:8: video_file_url has no effect"
    ),
  );
});

for (const { name, text, told } of BROKEN_FILES) {
  Deno.test(`a broken file is told: ${name}`, () => {
    const { problems } = configured(text);
    assert.deepEqual(
      problems.lines(),
      told.map((line) => line.replace("FILE", "config/config.ini")),
    );
    assert.throws(() => problems.throwIfAny(), (error) => {
      assert.ok(isSmarteyeError(error, "invalid_argument"));
      for (const line of problems.lines()) assert.ok(error.message.includes(line));
      return true;
    });
  });
}

Deno.test("a file that cannot be read is told, by who named it", () => {
  const directory = Deno.makeTempDirSync();
  try {
    Deno.mkdirSync(join(directory, "folder"));
    Deno.writeFileSync(join(directory, "latin1.ini"), new Uint8Array([0x5b, 0xe9, 0x5d]));
    Deno.writeFileSync(join(directory, "large.ini"), new Uint8Array(1_000_001).fill(0x3b));
    const cases: [file: string, told: string][] = [
      ["nowhere.ini", 'found no file "nowhere.ini", wanted a config file that exists'],
      ["latin1.ini/x", 'found no file "latin1.ini/x", wanted a config file that exists'],
      ["folder", 'found the directory "folder", wanted a config file'],
      [
        "latin1.ini",
        'found bytes that are not UTF-8 in "latin1.ini", wanted a config file saved as UTF-8',
      ],
      ["large.ini", 'found more than 1000000 bytes in "large.ini", wanted a smaller config file'],
    ];
    for (const [file, told] of cases) {
      const byFlag = configure(
        { ...NOTHING_GIVEN, own: new Map([[CONFIG_FLAG, file]]) },
        { SMARTEYE_CONFIG: "x" },
        directory,
      );
      assert.deepEqual(byFlag.problems.lines(), [`--config: ${told}`]);
      const byEnvironment = configure(
        NOTHING_GIVEN,
        { SMARTEYE_CONFIG: file },
        directory,
      );
      assert.deepEqual(byEnvironment.problems.lines(), [`SMARTEYE_CONFIG: ${told}`]);
    }
    Deno.mkdirSync(join(directory, "config/config.ini"), { recursive: true });
    assert.deepEqual(configure(NOTHING_GIVEN, {}, directory).problems.lines(), [
      'config/config.ini: found the directory "config/config.ini", wanted a config file',
    ]);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("without any file the defaults serve", () => {
  const all = configured(undefined);
  assert.deepEqual(all.problems.lines(), []);
  assert.deepEqual(all.settings, configured("").settings);
  assert.deepEqual(resolveForward(all, AROUND).servers, ["127.0.0.1:50051"]);
  const { workers, cores } = resolveServe(all, AROUND);
  assert.deepEqual([workers, cores], [undefined, 6], "as many as pay");
});

Deno.test("a flag wins over the environment, over the file, over the default", () => {
  const path = ["edge-setting", "interval"] as const;
  const file = "[edge-setting]\ninterval=1\n";
  const environment = { SMARTEYE_EDGE_SETTING_INTERVAL: "2" };
  const commandLine = { ...NOTHING_GIVEN, given: [flag(path, "3", "--interval")] };
  const intervals = [
    configured(undefined),
    configured(file),
    configured(file, { SMARTEYE_EDGE_SETTING_INTERVAL: "" }),
    configured(file, environment),
    configured(file, environment, commandLine),
  ].map(({ settings, origin }) => [settings["edge-setting"].interval, origin(path)]);
  assert.deepEqual(intervals, [
    [0, "[edge-setting] interval"],
    [1, "config/config.ini:2"],
    [1, "config/config.ini:2"],
    [2, "SMARTEYE_EDGE_SETTING_INTERVAL"],
    [3, "--interval"],
  ]);
});

Deno.test("numbered keys: the environment adds to the file, a flag gives the whole list", () => {
  const file = "[grpc-url]\nurl10=c:1\nurl2=b:1\nurl0=a:1\n";
  const environment = { SMARTEYE_GRPC_URL_URL2: "B:1", SMARTEYE_GRPC_URL_URL3: "d:1" };
  const given = ["x:1", "y:1"].map((text, number) => ({
    path: ["grpc-url", "url<N>"] as const,
    number,
    text,
    where: "--servers",
    wholeList: true as const,
  }));
  const servers = (...args: Parameters<typeof configured>) =>
    configured(...args).settings["grpc-url"]["url<N>"];
  assert.deepEqual(servers(file), ["a:1", "b:1", "c:1"]);
  assert.deepEqual(servers(file, environment), ["a:1", "B:1", "d:1", "c:1"]);
  assert.deepEqual(servers(file, environment, { ...NOTHING_GIVEN, given }), ["x:1", "y:1"]);
});

Deno.test("SMARTEYE_MODELS is short for models.directory; the full name wins", () => {
  const directory = (environment: Record<string, string>) =>
    configured("[models]\ndirectory=a\n", environment).settings.models.directory;
  assert.equal(directory({}), "a");
  assert.equal(directory({ SMARTEYE_MODELS: "b" }), "b");
  assert.equal(directory({ SMARTEYE_MODELS: "b", SMARTEYE_MODELS_DIRECTORY: "c" }), "c");
});

Deno.test("the file, the environment and the flags are told at once, hidden values too", () => {
  const { problems } = configured(
    "[edge-setting]\ninterval=x\n[nonsense]\n",
    { SMARTEYE_EDGE_SETTING_INTERVAL: "y", SMARTEYE_GRPC_URL_URL1: "z" },
    { ...NOTHING_GIVEN, given: [flag(["edge-setting", "interval"], "w", "--interval")] },
  );
  assert.equal(problems.count, 5);
  assert.deepEqual(problems.lines().map((line) => line.split(": found")[0]), [
    "config/config.ini:2: [edge-setting] interval",
    "config/config.ini:3",
    "SMARTEYE_EDGE_SETTING_INTERVAL",
    "SMARTEYE_GRPC_URL_URL1",
    "--interval",
  ]);
});

Deno.test("a plain file is read as the ini package reads it", () => {
  for (const text of [ORIGINAL.replace("p;w#1!", "pw"), "[a]\nb = c\n\n# d\n[e]\nf=\n"]) {
    const read: Record<string, Record<string, string>> = {};
    for (const { section, key, text: value } of scan(text, "", new Problems()).entries) {
      (read[section] ??= {})[key] = value;
    }
    assert.deepEqual(read, JSON.parse(JSON.stringify(parse(text))));
  }
});

Deno.test("what is resolved is frozen, to its leaves", () => {
  const all = configured(ORIGINAL);
  const options = [
    resolveEdge(all, AROUND),
    resolveForward(all, AROUND),
    resolveServe(all, AROUND),
  ];
  const check = (value: unknown) => {
    if (typeof value !== "object" || value === null) return;
    assert.ok(Object.isFrozen(value));
    Object.values(value).forEach(check);
  };
  options.forEach(check);
});

Deno.test("quiet leaves warnings and errors", () => {
  const level = (text: string) => logLevelOf(configured(`[telemetry]\n${text}\n`));
  assert.equal(level(""), "info");
  assert.equal(level("quiet=yes"), "warning");
  assert.equal(level("quiet=true\nlog_level=debug"), "warning");
  assert.equal(level("quiet=on\nlog_level=error"), "error");
});
