/** A Worker's side of the pool: holds models, and infers where it blocks nobody. */

import { asSmarteyeError, SmarteyeError } from "../../core/errors.ts";
import { Model } from "../network/model.ts";
import { CPU, decodesInTurn, type Provider } from "../provider.ts";
import { probe } from "../network/probe.ts";
import { giveWay } from "./give_way.ts";
import { type Decoded, type Decoding, PictureDecoder } from "./picture_decoder.ts";
import {
  buffersOf,
  type Failed,
  type Outcome,
  tensorBuffers,
  type WorkerNotice,
  type WorkerReply,
  type WorkerRequest,
  type WorkerResults,
  type WorkerTask,
} from "./worker_messages.ts";

giveWay();

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
const models = new Map<string, Model>();
const decoder = new PictureDecoder();

/** By the runs that wait: the inputs for which nobody waits any more. */
const leftOut = new Map<number, Set<number>>();

/** On what its networks run. */
let provider: Provider = CPU;

/** The pictures of a task, which may be decoded while the Worker is at another one. */
type Begun = readonly (Decoding | undefined)[];

async function perform(
  task: WorkerTask,
  begun: Begun,
): Promise<WorkerResults[keyof WorkerResults]> {
  switch (task.kind) {
    case "load": {
      // The one that is here is let go when the new one has proven itself.
      const { manifest, path, session, weights, model: key = manifest.name } = task;
      provider = session.provider;
      const model = await Model.load(manifest, path, session, weights);
      const old = models.get(key);
      models.set(key, model);
      await old?.release();
      return model.tensors;
    }
    case "probe":
      return await probe(task.path, task.session, task.input, task.pictures, task.weights);
    case "unload":
      await models.get(task.model)?.release();
      models.delete(task.model);
      return null;
    case "measure":
      return await loaded(task.model).measure(task.effort);
    case "inspect":
      return await loaded(task.model).inspect(task.pixels);
    case "infer":
      await turnOfEvents(); // what came while a network blocked this thread
      return await inferAll(loaded(task.model), task, begun);
    case "end":
      for (const model of models.values()) await model.release();
      models.clear();
      return null;
  }
}

/** Pictures together where the network takes them so, tensors each for itself. */
async function inferAll(
  model: Model,
  { inputs, run }: Extract<WorkerTask, { kind: "infer" }>,
  begun: Begun,
): Promise<Outcome[]> {
  const outcomes = new Array<Outcome>(inputs.length);
  const pictures: (Decoded & { at: number; scoreThreshold: number | undefined })[] = [];
  for (const [at, input] of inputs.entries()) {
    if (leftOut.get(run)?.has(at)) {
      outcomes[at] = LEFT_OUT;
      continue;
    }
    if (input.kind === "tensors") {
      outcomes[at] = await settled(() => decoder.blocked(() => model.run(input.tensors)));
      continue;
    }
    const decoded = await begun[at]!();
    if ("error" in decoded) outcomes[at] = { kind: "failed", error: decoded.error };
    else pictures.push({ at, ...decoded, scoreThreshold: input.scoreThreshold });
  }
  const inferred = await decoder.blocked(() => model.infer(pictures));
  for (const { pixels } of pictures) decoder.release(pixels);
  for (const [i, { at, pixels: { width, height }, decodeMs }] of pictures.entries()) {
    const { findings, together, workedMs } = inferred[i]!;
    outcomes[at] = {
      kind: "findings",
      ...{ findings, together },
      size: { width, height },
      workedMs: { decode: decodeMs, ...workedMs },
    };
  }
  return outcomes;
}

const LEFT_OUT: Outcome = {
  kind: "failed",
  error: { code: "cancelled", message: "Cannot infer: the caller left" },
};

/** Lets messages in that are there. */
function turnOfEvents(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function settled(run: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await run();
  } catch (thrown) {
    return { kind: "failed", error: failed(thrown, "infer") };
  }
}

function failed(thrown: unknown, doing: string): Failed {
  const { code, message } = asSmarteyeError(thrown, doing);
  return { code, message };
}

function loaded(name: string): Model {
  const model = models.get(name);
  if (model) return model;
  throw new SmarteyeError("not_found", `Cannot infer with the model "${name}": it is not loaded`);
}

async function answer({ id, task }: WorkerRequest, begun: Begun): Promise<void> {
  const spent = spentBy(task);
  let reply: WorkerReply;
  try {
    const result = await perform(task, begun);
    reply = { id, spent, sentAtMs: epochMs(), result };
  } catch (thrown) {
    reply = { id, spent, sentAtMs: epochMs(), error: failed(thrown, task.kind) };
  }
  if (task.kind === "infer") leftOut.delete(task.run);
  scope.postMessage(reply, [...spent, ...resultBuffers(reply)]);
  if (task.kind === "end") scope.close();
}

function epochMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Memory of pixels, which goes back to whoever sent them. */
function spentBy(task: WorkerTask): ArrayBuffer[] {
  if (task.kind === "inspect") return [task.pixels.data.buffer];
  if (task.kind !== "infer") return [];
  return task.inputs.filter(({ kind }) => kind === "pixels").flatMap(buffersOf);
}

function resultBuffers(reply: WorkerReply): ArrayBuffer[] {
  if (!("result" in reply) || !Array.isArray(reply.result)) return [];
  return (reply.result as readonly Outcome[])
    .flatMap((outcome) => outcome.kind === "tensors" ? tensorBuffers(outcome.tensors) : []);
}

/** Begins with what does not need the Worker's thread. */
function begin(task: WorkerTask): Begun {
  if (task.kind !== "infer") return [];
  const where = decodesInTurn(provider) ? "here" : "beside";
  return task.inputs.map((input) =>
    input.kind === "tensors" ? undefined : decoder.begin(input, where)
  );
}

// One task after the other: tasks of one model share its input tensor.
let last = Promise.resolve();
scope.onmessage = ({ data }: MessageEvent<WorkerRequest | WorkerNotice>) => {
  if ("leaveOut" in data) return void leftOut.get(data.run)?.add(data.leaveOut);
  if (data.task.kind === "infer") leftOut.set(data.task.run, new Set());
  const begun = begin(data.task);
  last = last.then(() => answer(data, begun));
};
