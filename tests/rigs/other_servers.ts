/** Inference servers that nobody here wrote, each with one ONNX file: Triton, KServe's and MLServer. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stop, waitFor } from "../../bench/serve/child.ts";
import { runTriton } from "../../bench/serve/triton/triton.ts";
import { testWhere } from "../fakes/data.ts";

/** A network that a server is to have. */
export interface Served {
  /** What it is called there. */
  readonly name: string;
  /** Path of its ONNX file. */
  readonly file: string;
  /** Its input's name and shape. */
  readonly input: readonly [name: string, dims: readonly number[]];
  /** Its outputs' names and shapes. */
  readonly outputs: readonly (readonly [name: string, dims: readonly number[]])[];
}

/** A server that is up. */
export interface OtherServer extends AsyncDisposable {
  /** `host:port` of its gRPC. */
  readonly address: string;
}

/** How each kind of server is started, by the Python that its packages are installed for. */
export const OTHER_SERVERS: Readonly<
  Record<
    string,
    (python: string, folder: string, served: readonly Served[]) => Promise<OtherServer>
  >
> = { triton: startTriton, kserve: startKserve, mlserver: startMlserver };

/** A test that needs such a server: `SMARTEYE_TEST_TRITON` and so on name a Python. */
export function testWithServer(
  kind: string,
  name: string,
  test: (
    start: (folder: string, served: readonly Served[]) => Promise<OtherServer>,
  ) => Promise<void>,
): void {
  const variable = `SMARTEYE_TEST_${kind.toUpperCase()}`;
  const python = Deno.env.get(variable) || undefined;
  const what = `${variable} names a Python with tests/servers/${kind}.txt`;
  testWhere(what, python !== undefined, name, async () => {
    await test((folder, served) => OTHER_SERVERS[kind]!(python!, folder, served));
  });
}

/** As Triton's batchers want it: without the axis of pictures where `isBatched`. */
function tritonConfig({ file, input, outputs }: Served, isBatched: boolean): string {
  const own = (dims: readonly number[]) => `[ ${(isBatched ? dims.slice(1) : dims).join(", ")} ]`;
  const tensor = (kind: string, [name, dims]: Served["input"]) =>
    `${kind} { name: "${name}" data_type: TYPE_FP32 dims: ${own(dims)} }\n`;
  return `backend: "python"\nmax_batch_size: ${isBatched ? 4 : 0}\n` +
    tensor("input", input) + outputs.map((output) => tensor("output", output)).join("") +
    `instance_group { kind: KIND_CPU count: 1 }\n` +
    `parameters { key: "file" value: { string_value: ${JSON.stringify(file)} } }\n`;
}

/** Every second model is batched. */
async function startTriton(
  python: string,
  directory: string,
  served: readonly Served[],
): Promise<OtherServer> {
  const repository = join(directory, "repository");
  for (const [i, one] of served.entries()) {
    const folder = join(repository, one.name);
    await Deno.mkdir(join(folder, "1"), { recursive: true });
    await Deno.copyFile(scriptOf("triton"), join(folder, "1/model.py"));
    await Deno.writeTextFile(join(folder, "config.pbtxt"), tritonConfig(one, i % 2 === 1));
  }
  const { process, port } = await runTriton({ python, directory }, repository);
  return { address: `127.0.0.1:${port}`, [Symbol.asyncDispose]: () => stop(process) };
}

async function startKserve(
  python: string,
  _: string,
  [served]: readonly Served[],
): Promise<OtherServer> {
  const [port, http] = [freePort(), freePort()];
  const args = [scriptOf("kserve"), served!.name, served!.file, `${port}`, `${http}`];
  const process = spawn(python, args, {});
  void process.stdout.cancel();
  await waitFor(process.stderr, /Starting gRPC server on/);
  return { address: `127.0.0.1:${port}`, [Symbol.asyncDispose]: () => stop(process) };
}

async function startMlserver(
  python: string,
  folder: string,
  served: readonly Served[],
): Promise<OtherServer> {
  const port = freePort();
  const settings = {
    ...{ host: "127.0.0.1", grpc_port: port, http_port: freePort(), metrics_port: freePort() },
    ...{ parallel_workers: 0, grpc_max_message_length: 64 * 1024 * 1024 },
  };
  await Deno.writeTextFile(join(folder, "settings.json"), JSON.stringify(settings));
  for (const { name, file } of served) {
    const own = {
      name,
      implementation: "mlserver_onnx.Onnx",
      parameters: { uri: file, version: "v2" },
    };
    await Deno.mkdir(join(folder, name));
    await Deno.writeTextFile(join(folder, name, "model-settings.json"), JSON.stringify(own));
  }
  const PYTHONPATH = fileURLToPath(new URL("../servers", import.meta.url));
  const args = ["-c", "from mlserver.cli import main; main()", "start", folder];
  const process = spawn(python, args, { PYTHONPATH });
  void process.stderr.cancel();
  await waitFor(process.stdout, /gRPC server running/);
  return { address: `127.0.0.1:${port}`, [Symbol.asyncDispose]: () => stop(process) };
}

function scriptOf(kind: string): string {
  return fileURLToPath(new URL(`../servers/${kind}_onnx.py`, import.meta.url));
}

function spawn(python: string, args: readonly string[], env: Record<string, string>) {
  return new Deno.Command(python, {
    args: [...args],
    env: { PYTHONDONTWRITEBYTECODE: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
