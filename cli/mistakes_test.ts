/** What a newcomer types wrong: said in one sentence each, before anything begins. */

import assert from "node:assert/strict";
import { FakeWorld } from "../tests/fakes/world.ts";
import { TARGET_FORMS } from "../forwarder/target.ts";
import { run } from "./run.ts";

const TELLS = (command: string) => ` ("${command} --help" tells what there is)\n`;

/** What a command that does not take an argument says of it. */
const takes = (argument: string, command: string, what: string) =>
  `error: Cannot use the argument "${argument}": "${command}" takes ${what}\n`;
const FLAGS = (command: string) =>
  `, its flags are wanted ("${command} --help" tells them; ` +
  "a value with spaces in it wants quotes)";

const WRONG: [line: string, stderr: string][] = [
  ["edg", "error: unknown command 'edg' (Did you mean edge?)\n"],
  ["xyz", "error: unknown command 'xyz'" + TELLS("smarteye")],
  ["--jsn edge", "error: unknown option '--jsn' (Did you mean --json?)\n"],
  ["edge --fil x", "error: unknown option '--fil' (Did you mean --file?)\n"],
  ["serve -f x", "error: unknown option '-f'" + TELLS("smarteye serve")],
  ["edge -f", "error: option '-f, --file <source>' argument missing" + TELLS("smarteye edge")],
  ["edge x.mp4", takes("x.mp4", "smarteye edge", "none, -f x.mp4 is wanted")],
  [
    "edge --json rtsp://u:p@h/1",
    takes("rtsp://u:***@h/1", "smarteye edge", "none, -f rtsp://u:***@h/1 is wanted"),
  ],
  [
    "edge -f my video.mp4",
    takes(
      "video.mp4",
      "smarteye edge",
      "none, -f before each is wanted (in quotes, a value with spaces or a pattern such as *.jpg)",
    ),
  ],
  [
    "forward 127.0.0.1:50051",
    takes("127.0.0.1:50051", "smarteye forward", "none" + FLAGS("smarteye forward")),
  ],
  ["polices list", "error: unknown command 'polices' (Did you mean policies?)\n"],
  [
    "edge -f 0 --seed -1",
    'error: Cannot use the settings: --seed: found "-1", wanted nothing or a whole number from 0 ' +
    "to 4294967295\n",
  ],
  ["serve --models a, b", takes("b", "smarteye serve", "none" + FLAGS("smarteye serve"))],
  ["demo there", takes("there", "smarteye demo", "none" + FLAGS("smarteye demo"))],
  [
    "models list yunet",
    takes("yunet", "smarteye models list", "none" + FLAGS("smarteye models list")),
  ],
  ["sample a.mp4 b.mp4", takes("b.mp4", "smarteye sample", "<out.mp4>" + FLAGS("smarteye sample"))],
  [
    "edge -i -f x.mp4",
    "error: option '-i, --interval <ms>' argument missing before '-f'" + TELLS("smarteye edge"),
  ],
  [
    "edge -f 0 --policy . --policy rtsp://u:secret@b",
    "error: Cannot use the settings: 2 problems\n" +
    '  --policy: found "." and "rtsp://u:***@b", wanted only one of them\n' +
    '  --policy: found no file "rtsp://u:***@b", wanted the name of a policy or the path of a ' +
    "module that exists\n",
  ],
  [
    "edge -f - -f 0 -f - -f nothing/*.jpg --live --no-live --images x --no-images",
    "error: Cannot use the settings: 5 problems\n" +
    "  --no-live: found --live as well, wanted only one of the two\n" +
    "  --no-images: found --images as well, wanted only one of the two\n" +
    '  --images: found "x", wanted all, detections, none or every N, such as every 25\n' +
    '  --file: found "-" a second time, wanted stdin for one source\n' +
    '  --file: found no file that matches "nothing/*.jpg", wanted a video, a folder of images, ' +
    "an image, a URL or the number of a local camera\n",
  ],
  [
    "edge -f 0 --reconnect never --stall 0 --transport tls --hwaccel /dev/dri --camera-size big",
    "error: Cannot use the settings: 5 problems\n" +
    '  --reconnect: found "never", wanted forever or a whole number of tries from 0 to 1000000\n' +
    '  --stall: found "0", wanted a whole number of milliseconds from 1 to 3600000\n' +
    '  --transport: found "tls", wanted auto, tcp or udp\n' +
    '  --hwaccel: found "/dev/dri", wanted none, auto or FFmpeg\'s name of a device, such as ' +
    "vaapi, cuda, qsv or drm\n" +
    '  --camera-size: found "big", wanted nothing or width x height in pixels, such as 640x640\n',
  ],
  [
    "--log-level warning edge -f 0 --log-level info --out a --out b",
    "error: Cannot use the settings: 2 problems\n" +
    '  --out: found "a" and "b", wanted only one of them\n' +
    '  --log-level: found "warning" and "info", wanted only one of them\n',
  ],
  [
    "forward --servers a:1 --servers b:1",
    'error: Cannot use the settings: --servers: found "a:1" and "b:1", ' +
    "wanted one list, with commas between\n",
  ],
  [
    "edge -f 0 --forwarder http://u:secret@h:5000",
    'error: Cannot use the settings: --forwarder: found "http://u:***@h:5000", wanted an http or ' +
    'https URL with a path, such as "http://127.0.0.1:5000/image_handler" ' +
    '(did you mean "http://u:***@h:5000/image_handler"?)\n',
  ],
  [
    "edge -f 0 --policy always_cloudy",
    'error: Cannot use the settings: --policy: found the unknown policy "always_cloudy", wanted ' +
    "one of always_local_fastest_model, always_cloud_lowest_delay, threshold_offload_policy, " +
    "deadline_accuracy, bandit, confidence_cascade, metered or the path of a module with one\n",
  ],
  [
    "forward --policy round_robbin",
    'error: Cannot use the settings: --policy: found the unknown policy "round_robbin", wanted ' +
    "one of random, round_robin, shortest_queue, lowest_cpu_utilization, p2c, peak_ewma, weighted, " +
    'prequal (did you mean "round_robin"?) or the path of a module with one\n',
  ],
  [
    "demo --policy nowhere.ts --out run.ts",
    "error: Cannot use the settings: 2 problems\n" +
    '  --policy: found no file "nowhere.ts", wanted the name of a policy or the path of a ' +
    "module that exists\n" +
    '  --out: found the file "run.ts", wanted a directory\n',
  ],
  [
    "edge -f 0 -i 50ms",
    'error: Cannot use the settings: --interval: found "50ms", ' +
    "wanted a whole number of milliseconds from 0 to 86400000\n",
  ],
  [
    "sample street.mp4 --width 63 --fps 0 --frames 1.5 --seed x",
    "error: Cannot use the settings: 4 problems\n" +
    '  --width: found "63", wanted a whole number of pixels from 64 to 3840\n' +
    '  --fps: found "0", wanted a number of frames a second from 1 to 120\n' +
    '  --frames: found "1.5", wanted a whole number of frames from 1 to 10000000\n' +
    '  --seed: found "x", wanted a whole number from 0 to 2147483647\n',
  ],
  [
    "models bench --threads 0 --runs many",
    "error: Cannot use the settings: 2 problems\n" +
    '  --threads: found "0", wanted a whole number of threads from 1 to 256\n' +
    '  --runs: found "many", wanted a whole number of inferences from 1 to 100000\n',
  ],
  [
    "models add x.onnx --size big --name a/b",
    "error: Cannot use the settings: 3 problems\n" +
    '  --name: found "a/b", wanted up to 128 letters, digits, _ . -\n' +
    '  --size: found "big", wanted width x height in pixels, such as 640x640\n' +
    '  smarteye models add: found no file "x.onnx", wanted a file that exists\n',
  ],
  [
    "edge",
    "error: Cannot use the settings: smarteye edge: found nothing to read from, wanted --file " +
    "FILE (a video, a folder of images, an image, a URL or a camera's number), --rtsp (the " +
    "camera of [camera-info]), [edge-setting] source or a section [source:NAME] in the config\n",
  ],
  [
    "edge -f 0 -r -i x",
    "error: Cannot use the settings: 2 problems\n" +
    '  --interval: found "x", wanted a whole number of milliseconds from 0 to 86400000\n' +
    "  --rtsp: found no address of a camera, wanted [camera-info] ip_address in the config, or " +
    "SMARTEYE_CAMERA_INFO_IP_ADDRESS\n",
  ],
  [
    "edge -f nowhere.mp4 --policy ./nowhere.ts --out run.ts",
    "error: Cannot use the settings: 3 problems\n" +
    '  --policy: found no file "./nowhere.ts", wanted the name of a policy or the path of a ' +
    "module that exists\n" +
    '  --out: found the file "run.ts", wanted a directory\n' +
    '  --file: found no file or folder "nowhere.mp4", wanted a video, a folder of images, an ' +
    "image, a URL or the number of a local camera\n",
  ],
  [
    "edge -f 0 --frames -1",
    'error: Cannot use the settings: --frames: found "-1", wanted a whole number of frames ' +
    "from 0 to 1000000000000\n",
  ],
  [
    "forward --servers a:1,,b",
    "error: Cannot use the settings: 2 problems\n" +
    `  --servers: found nothing, wanted ${TARGET_FORMS}\n` +
    `  --servers: found "b", wanted ${TARGET_FORMS}\n`,
  ],
  [
    "serve -c nowhere.ini --gpu first",
    "error: Cannot use the settings: 2 problems\n" +
    '  --config: found no file "nowhere.ini", wanted a config file that exists\n' +
    '  --gpu: found "first", wanted nothing or auto or the number of an accelerator (0, 1, …)\n',
  ],
];

for (const [line, stderr] of WRONG) {
  Deno.test(`wrong: smarteye ${line}`, async () => {
    const world = new FakeWorld();
    assert.equal(await run(line.split(" "), world), 2);
    assert.equal(world.stderr.text, stderr);
    assert.equal(world.stdout.text, "");
    assert.deepEqual(world.loggedAt, [], "nothing has begun");
  });
}
