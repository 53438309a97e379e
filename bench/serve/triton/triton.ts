/**
 * A real Triton as what is measured beside: PyPI's `nvidia-pytriton` holds the program, its Python
 * backend runs the same file in onnxruntime on one thread, in as many instances as there are cores.
 *
 *   python3 -m venv DIR
 *   DIR/bin/pip install --no-deps nvidia-pytriton==0.7.0
 *   DIR/bin/pip install -r bench/serve/triton/requirements.txt
 */

import { join } from "node:path";
import type { CatalogueEntry } from "../../../models/catalogue.ts";
import { OpenInference } from "../../../proto/grpc_service.ts";
import { stop, waitFor } from "../child.ts";
import type { Picture, Target } from "../target.ts";

/** How Triton is started. */
export interface TritonOptions {
  /** The Python that the packages are installed for. */
  readonly python: string;
  readonly entries: readonly CatalogueEntry[];
  /** Instances of each model. */
  readonly instances: number;
  /** Requests that may wait for one. */
  readonly queueLengthMax: number;
  /** Where its repository is made. */
  readonly directory: string;
}

/** Seconds that a model's Python may take to start: on a busy machine, the usual 30 are too few. */
const MODEL_LOADS_S = 120;

/** What a Python says of itself. */
interface PythonPlaces {
  /** Such as `3.11`. */
  readonly version: string;
  /** Where its own library is. */
  readonly lib: string;
  /** Where packages are installed. */
  readonly packages: string;
  readonly home: string;
}

const PLACES = `import json, sys, sysconfig
print(json.dumps({
  "version": f"{sys.version_info.major}.{sys.version_info.minor}",
  "lib": sysconfig.get_config_var("LIBDIR"),
  "packages": sysconfig.get_path("purelib"),
  "home": sys.base_prefix,
}))`;

/** Starts Triton on a free port. @throws when it is not installed or does not start. */
export async function startTriton(options: TritonOptions): Promise<Target> {
  const repository = join(options.directory, "repository");
  for (const entry of options.entries) await layModel(entry, repository, options);
  const { process, port } = await runTriton(options, repository);
  const method = OpenInference.service.ModelInfer;
  return {
    name: "triton",
    address: `127.0.0.1:${port}`,
    pid: process.pid,
    method: method.path,
    message: (model, picture, queueMs) =>
      method.requestSerialize(requestOf(model, picture, queueMs)),
    stop: () => stop(process),
  };
}

/**
 * Runs Triton on a free port.
 *
 * @param repository where its models are.
 * @throws when it is not installed or does not start.
 */
export async function runTriton(
  { python, directory }: Pick<TritonOptions, "python" | "directory">,
  repository: string,
): Promise<{ readonly process: Deno.ChildProcess; readonly port: number }> {
  const places = await placesOf(python);
  const triton = join(places.packages, "pytriton", "tritonserver");
  const backends = join(directory, "backends");
  await layBackend(triton, join(backends, "python"), places.version);
  const port = freePort();
  const process = new Deno.Command(join(triton, "bin", "tritonserver"), {
    args: [
      ...["--backend-directory", backends, "--model-repository", repository],
      ...["--grpc-address", "127.0.0.1", "--grpc-port", String(port), "--exit-timeout-secs", "5"],
      ...["--allow-http=false", "--allow-metrics=false"],
      `--backend-config=python,stub-timeout-seconds=${MODEL_LOADS_S}`,
    ],
    env: {
      LD_LIBRARY_PATH: `${join(places.packages, "nvidia_pytriton.libs")}:${places.lib}`,
      // Its interpreter is an isolated one: it looks for its library beside the first python3 of these.
      PATH: `${join(places.home, "bin")}:${Deno.env.get("PATH") ?? ""}`,
      PYTHONPATH: places.packages,
    },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  await waitFor(process.stderr, /Started GRPCInferenceService/);
  return { process, port };
}

/** A request with the file as one element of strings, and how long it may wait. */
function requestOf(modelName: string, { encoded }: Picture, queueMs: number): object {
  const element = new Uint8Array(4 + encoded.length);
  new DataView(element.buffer).setUint32(0, encoded.length, true);
  element.set(encoded, 4);
  return {
    modelName,
    inputs: [{ name: "image", datatype: "BYTES", shape: [1, 1] }],
    rawInputContents: [element],
    parameters: { timeout: { int64Param: Math.round(queueMs * 1000) } },
  };
}

async function placesOf(python: string): Promise<PythonPlaces> {
  const { success, stdout } = await new Deno.Command(python, {
    args: ["-c", PLACES],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot start Triton: ${python} does not run`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** The backend with the interpreter of this version: Triton takes the one that lies beside it. */
async function layBackend(triton: string, into: string, version: string): Promise<void> {
  await Deno.mkdir(into, { recursive: true });
  for (
    const from of [join(triton, "backends/python"), join(triton, "python_backend_stubs", version)]
  ) {
    for await (const { name, isFile } of Deno.readDir(from)) {
      if (isFile) await Deno.copyFile(join(from, name), join(into, name));
    }
  }
}

async function layModel(
  { manifest, path }: CatalogueEntry,
  repository: string,
  { instances, queueLengthMax }: TritonOptions,
): Promise<void> {
  const { input } = manifest;
  const [mean, std] = [input.mean[0], input.std[0]];
  const isTaken = [input.fit === "stretch" || input.fit === "letterbox_top_left"];
  isTaken.push(input.mean.every((value) => value === mean), input.std.every((one) => one === std));
  if (isTaken.includes(false) || input.type !== "float32" || input.layout !== "nchw") {
    throw new Error(`Cannot serve ${manifest.name} from Triton: model.py does not know its input`);
  }
  const { width, height, fit, color, pad } = input;
  const parameters = {
    file: await Deno.realPath(path),
    input: JSON.stringify({ width, height, fit, color, pad, mean, std }),
  };
  const version = join(repository, manifest.name, "1");
  await Deno.mkdir(version, { recursive: true });
  await Deno.copyFile(new URL("./model.py", import.meta.url), join(version, "model.py"));
  await Deno.writeTextFile(
    join(repository, manifest.name, "config.pbtxt"),
    `backend: "python"
max_batch_size: 1
input { name: "image" data_type: TYPE_STRING dims: [ 1 ] }
output { name: "largest" data_type: TYPE_FP32 dims: [ -1 ] }
instance_group { kind: KIND_CPU count: ${instances} }
dynamic_batching {
  default_queue_policy {
    timeout_action: REJECT
    default_timeout_microseconds: 1000000
    allow_timeout_override: true
    max_queue_size: ${queueLengthMax}
  }
}
` +
      Object.entries(parameters).map(([key, value]) =>
        `parameters { key: "${key}" value: { string_value: ${JSON.stringify(value)} } }\n`
      ).join(""),
  );
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
