/** Config files that are wrong, each with the lines that the user is told. */

/** One wrong file. */
export interface BrokenFile {
  readonly name: string;
  readonly text: string;
  /** What is told, in this order; `FILE` stands for the file's name. */
  readonly told: readonly string[];
}

const INTERVAL = "wanted a number of seconds above 0, at most 3600";
const NEITHER = 'wanted "key = value", "[section]" or a comment that begins with ";" or "#"';

const SECTIONS =
  "grpc-url, flask-url, camera-info, monitor, edge-setting, filter, forwarder, inference, " +
  "object-detection, image-classification, edge-model, preload-models, models, results, " +
  "security, telemetry, policy:NAME, source:NAME, zone:NAME, sink:NAME";

/** Every way to be wrong that a user has come up with. */
export const BROKEN_FILES: readonly BrokenFile[] = [
  {
    name: "a word for a number",
    text: "[monitor]\nmonitor_interval=often\n",
    told: [`FILE:2: [monitor] monitor_interval: found "often", ${INTERVAL}`],
  },
  {
    name: "nothing for a number",
    text: "[monitor]\n\n\nmonitor_interval =\n",
    told: [`FILE:4: [monitor] monitor_interval: found nothing, ${INTERVAL}`],
  },
  {
    name: "zero where it is not allowed",
    text: "[monitor]\nmonitor_interval=0\n",
    told: [`FILE:2: [monitor] monitor_interval: found "0", ${INTERVAL}`],
  },
  {
    name: "a number that is too large",
    text: "[monitor]\r\nmonitor_interval=3600.5\r\n",
    told: [`FILE:2: [monitor] monitor_interval: found "3600.5", ${INTERVAL}`],
  },
  {
    name: "a negative number",
    text: "[edge-setting]\ninterval=-1\n",
    told: [
      'FILE:2: [edge-setting] interval: found "-1", ' +
      "wanted a whole number of milliseconds from 0 to 86400000",
    ],
  },
  {
    name: "a part of a whole number",
    text: "[edge-setting]\nworker_number=2.5\n",
    told: [
      'FILE:2: [edge-setting] worker_number: found "2.5", ' +
      "wanted a whole number of offloads from 1 to 1024",
    ],
  },
  {
    name: "numbers that only a programming language knows",
    text: "[edge-setting]\nframes=1e3\nqueue_maxsize=0x10\njpeg_quality=Infinity\n",
    told: [
      'FILE:2: [edge-setting] frames: found "1e3", ' +
      "wanted a whole number of frames from 0 to 1000000000000",
      'FILE:3: [edge-setting] queue_maxsize: found "0x10", ' +
      "wanted a whole number of frames from 1 to 10000",
      'FILE:4: [edge-setting] jpeg_quality: found "Infinity", wanted a whole number from 1 to 100',
    ],
  },
  {
    name: "a comment behind a value",
    text: "[edge-setting]\nqueue_maxsize=10 ; frames\nsource=0 # the door\n",
    told: [
      'FILE:2: [edge-setting] queue_maxsize: found "10 ; frames", ' +
      "wanted a whole number of frames from 1 to 10000 (a comment needs a line of its own)",
      'FILE:3: [edge-setting] source: found "0 # the door", wanted nothing or a file, a folder, ' +
      "a URL, a camera's number, - or rtsp: for the camera of camera-info " +
      "(a comment needs a line of its own)",
    ],
  },
  {
    name: "quotes around a value",
    text: '[forwarder]\ndispatch_policy="p2c"\n',
    told: [
      'FILE:2: [forwarder] dispatch_policy: found "\\"p2c\\"", wanted the name of a dispatch ' +
      "policy or the path of a module with one (without quotes)",
    ],
  },
  {
    name: "a word that is none of the choices",
    text: "[edge-setting]\noverflow=discard\nservice=segmentation\non_cloud_failure=Local\n",
    told: [
      'FILE:2: [edge-setting] overflow: found "discard", wanted wait, drop_oldest, drop_newest or adaptive',
      'FILE:3: [edge-setting] service: found "segmentation", wanted detection or classification',
      'FILE:4: [edge-setting] on_cloud_failure: found "Local", wanted local or drop',
    ],
  },
  {
    name: "servers that are no servers",
    text:
      "[grpc-url]\nurl0=localhost\nurl1=:50051\nurl2=http://a:1\nurl3=a:70000\nurl4=a:0\nurl5=\n",
    told: [
      ...['"localhost"', '":50051"', '"http://a:1"', '"a:70000"', '"a:0"', "nothing"].map((
        found,
        index,
      ) =>
        `FILE:${index + 2}: [grpc-url] url${index}: found ${found}, ` +
        'wanted host:port, such as "127.0.0.1:50051", or dns:///name:port, ' +
        "dns:///_service._tcp.name, oip://host:port, msgtransfer://host:port"
      ),
    ],
  },
  {
    name: "a URL that is none",
    text: "[flask-url]\nvideo_frame_url=127.0.0.1:5000/image_handler\n",
    told: [
      'FILE:2: [flask-url] video_frame_url: found "127.0.0.1:5000/image_handler", ' +
      'wanted an http or https URL with a path, such as "http://127.0.0.1:5000/image_handler"',
    ],
  },
  ...[
    ["http://a:5000", "http://a:5000/image_handler"],
    ["https://a", "https://a/image_handler"],
    ["http://a:5000/", "http://a:5000/image_handler"],
    ["http://a:5000/?line=1", "http://a:5000/image_handler?line=1"],
    ["http://a:5000?line=1", "http://a:5000/image_handler?line=1"],
    ["http://u:p@a:5000", "http://u:p@a:5000/image_handler"],
  ].map(([url, meant]) => ({
    name: `a server's URL without a path: ${url}`,
    text: `[flask-url]\nvideo_frame_url=${url}\n`,
    told: [
      `FILE:2: [flask-url] video_frame_url: found "${url!.replace(":p@", ":***@")}", ` +
      'wanted an http or https URL with a path, such as "http://127.0.0.1:5000/image_handler" ' +
      `(did you mean "${meant!.replace(":p@", ":***@")}"?)`,
    ],
  })),
  {
    name: "an accelerator and a share",
    text: "[inference]\ngpu=cuda:0\n[models]\nscore_threshold=1.5\n",
    told: [
      'FILE:2: [inference] gpu: found "cuda:0", ' +
      "wanted nothing or auto or the number of an accelerator (0, 1, …)",
      'FILE:4: [models] score_threshold: found "1.5", wanted nothing or a number from 0 to 1',
    ],
  },
  {
    name: "two models on a line",
    text: "[object-detection]\nmodel1=a, b\n",
    told: [
      'FILE:2: [object-detection] model1: found "a, b", ' +
      "wanted nothing or the name of a model, without spaces",
    ],
  },
  {
    name: "neither yes nor no",
    text: "[results]\noverwrite=maybe\n[telemetry]\nlog_level=verbose\n",
    told: [
      'FILE:2: [results] overwrite: found "maybe", wanted true or false',
      'FILE:4: [telemetry] log_level: found "verbose", wanted debug, info, warning or error',
    ],
  },
  {
    name: "an unknown key that is close to one",
    text: "[edge-setting]\ncontrl_policy=x\nqueue-maxsize=3\n[grpc-url]\nulr0=a:1\n",
    told: [
      'FILE:2: [edge-setting]: found the unknown key "contrl_policy", ' +
      'wanted a key of this section (did you mean "control_policy"?)',
      'FILE:3: [edge-setting]: found the unknown key "queue-maxsize", ' +
      'wanted a key of this section (did you mean "queue_maxsize"?)',
      'FILE:5: [grpc-url]: found the unknown key "ulr0", ' +
      'wanted a key of this section (did you mean "url<N>"?)',
    ],
  },
  {
    name: "an unknown key that is close to none",
    text: "[monitor]\ncolour=blue\n",
    told: [
      'FILE:2: [monitor]: found the unknown key "colour", ' +
      "wanted a key of this section: monitor_interval",
    ],
  },
  {
    name: "a key of another section",
    text: "[monitor]\njpeg_quality=80\n",
    told: [
      'FILE:2: [monitor]: found the unknown key "jpeg_quality", wanted it under [edge-setting]',
    ],
  },
  {
    name: "an unknown section, told once",
    text: "[edge_setting]\ninterval=x\nnonsense=1\n",
    told: [
      'FILE:1: found the unknown section "[edge_setting]", ' +
      'wanted a known section (did you mean "edge-setting"?)',
    ],
  },
  {
    name: "names that objects have by themselves",
    text: "[__proto__]\na=1\n[constructor]\n[monitor]\n__proto__=1\ntostring=1\n",
    told: [
      ...["__proto__", "constructor"].map((name, index) =>
        `FILE:${
          index * 2 + 1
        }: found the unknown section "[${name}]", wanted a known section: ${SECTIONS}`
      ),
      ...["__proto__", "tostring"].map((name, index) =>
        `FILE:${index + 5}: [monitor]: found the unknown key "${name}", ` +
        "wanted a key of this section: monitor_interval"
      ),
    ],
  },
  {
    name: "arrays and nested sections of other dialects",
    text: "[grpc-url]\nurl[]=a:1\n[models.directory]\n",
    told: [
      'FILE:2: [grpc-url]: found the unknown key "url[]", wanted a key of this section: url<N>, nameserver, oip_model<N>, tls, ca_file, client_cert, client_key, token, allow_plain_token',
      'FILE:3: found the unknown section "[models.directory]", wanted a known section: ' + SECTIONS,
    ],
  },
  {
    name: "the same key twice",
    text: "[monitor]\nmonitor_interval=1\n\nMONITOR_INTERVAL=2\n",
    told: [
      'FILE:4: [monitor]: found the key "monitor_interval" a second time (first in line 2), ' +
      "wanted each key once",
    ],
  },
  {
    name: "the same section twice",
    text: "[grpc-url]\nurl0=a:1\n[monitor]\n[grpc-url]\nurl0=b:1\n",
    told: [
      'FILE:4: found the section "grpc-url" a second time (first in line 1), ' +
      "wanted each section once",
      'FILE:5: [grpc-url]: found the key "url0" a second time (first in line 2), ' +
      "wanted each key once",
    ],
  },
  {
    name: "lines that are neither",
    text: "[edge-setting]\ninterval 50\n= 50\n[monitor\n",
    told: [
      `FILE:2: found "interval 50", ${NEITHER}`,
      `FILE:3: found "= 50", ${NEITHER}`,
      `FILE:4: found "[monitor", ${NEITHER}`,
    ],
  },
  {
    name: "a key before any section",
    text: "; nothing yet\ninterval=50\n",
    told: ['FILE:2: found the key "interval" before any section, wanted a [section] above it'],
  },
  {
    name: "a number in a key that is not how numbers are written",
    text: "[edge-model]\nmodel01=a\nmodel<N>=b\nmodel=c\n",
    told: [
      'FILE:2: [edge-model]: found the unknown key "model01", ' +
      'wanted a key of this section (did you mean "model<N>"?)',
      'FILE:3: [edge-model]: found the unknown key "model<n>", ' +
      'wanted a key of this section (did you mean "model<N>"?)',
      'FILE:4: [edge-model]: found the unknown key "model", wanted it under [edge-setting]',
    ],
  },
  {
    name: "what moves the cursor of a terminal",
    text: "[forwarder]\nlisten=\x1b[2J\x9b2J\n",
    told: [
      'FILE:2: [forwarder] listen: found "\\u001b[2J\\u009b2J", ' +
      'wanted host:port to listen on, such as "127.0.0.1:5000" (port 0 takes a free one)',
    ],
  },
  ...["x", "70000", ":9100", "localhost:", "http://localhost:1", "-1"].map((found) => ({
    name: `metrics at ${found}`,
    text: `[telemetry]\nmetrics = ${found}\n`,
    told: [
      `FILE:2: [telemetry] metrics: found "${found}", ` +
      'wanted nothing or a port, or host:port, to listen on, such as "9100" (0 takes a free one)',
    ],
  })),
  {
    name: "a value without an end",
    text: `[forwarder]\nlisten=${"x".repeat(300)}\n`,
    told: [
      `FILE:2: [forwarder] listen: found "${"x".repeat(60)}…", ` +
      'wanted host:port to listen on, such as "127.0.0.1:5000" (port 0 takes a free one)',
    ],
  },
];
