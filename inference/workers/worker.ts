/** A Worker's side of the pool: holds models, and infers where it blocks nobody. */

import { asSmarteyeError, SmarteyeError } from "../../core/errors.ts";
import { Model } from "../network/model.ts";
import { probe } from "../network/probe.ts";
import type { WorkerReply, WorkerRequest, WorkerResults, WorkerTask } from "./worker_messages.ts";

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
const models = new Map<string, Model>();

async function perform(task: WorkerTask): Promise<WorkerResults[keyof WorkerResults]> {
  switch (task.kind) {
    case "load": {
      // The one that is here is let go when the new one has proven itself.
      const model = await Model.load(task.manifest, task.path, task.session);
      const old = models.get(task.manifest.name);
      models.set(task.manifest.name, model);
      await old?.release();
      return null;
    }
    case "probe":
      return await probe(task.path, task.session, task.size);
    case "unload":
      await models.get(task.model)?.release();
      models.delete(task.model);
      return null;
    case "measure":
      return await loaded(task.model).measure(task.effort);
    case "inspect":
      return await loaded(task.model).inspect(task.pixels);
    case "infer": {
      const model = loaded(task.model);
      const { findings, workedMs } = await model.infer([task.pixels], task.scoreThreshold);
      return { findings: findings[0]!, workedMs };
    }
  }
}

function loaded(name: string): Model {
  const model = models.get(name);
  if (model) return model;
  throw new SmarteyeError("not_found", `Cannot infer with the model "${name}": it is not loaded`);
}

async function answer({ id, task }: WorkerRequest): Promise<void> {
  const spent = "pixels" in task ? [task.pixels.data.buffer] : [];
  let reply: WorkerReply;
  try {
    reply = { id, spent, result: await perform(task) };
  } catch (thrown) {
    const { code, message } = asSmarteyeError(thrown, task.kind);
    reply = { id, spent, error: { code, message } };
  }
  scope.postMessage(reply, spent);
}

// One task after the other: tasks of one model share its input tensor.
let last = Promise.resolve();
scope.onmessage = ({ data }: MessageEvent<WorkerRequest>) => {
  last = last.then(() => answer(data));
};
