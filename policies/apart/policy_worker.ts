/**
 * Where a user's policy runs: a Worker's main module. It asks the policy, and breaks for nothing that it
 * does.
 *
 * Nobody outside can end what a Worker of Deno is at: `terminate()` returns, and a loop goes on in its
 * thread until the program ends. So a decision is made within a script of `node:vm`, whose timeout ends
 * it from inside.
 */

import { Console } from "node:console";
import process from "node:process";
import { getHeapStatistics } from "node:v8";
import { Script } from "node:vm";
import { MessagePort, parentPort } from "node:worker_threads";
import { deepFrozen } from "../../core/deep_frozen.ts";
import { seededRng } from "../../core/rng.ts";
import { said, show } from "../show.ts";
import { importPolicy, isPromise, nameOf, Unusable } from "../user_module.ts";
import { ANSWER_BYTES_MAX, type Question, type Reply, type Start } from "./messages.ts";
import { weightOf } from "./weight.ts";

/** MiB of buffers that a policy may hold: no limit of a Worker's memory counts those. */
const BUFFERS_MIB_MAX = 256;

/** What the policy's module may reach is taken hold of before it is imported. */
const postMessage = MessagePort.prototype.postMessage;
const nowMs = performance.now.bind(performance);

/** Where the script finds what it calls. */
const ACT = Symbol.for("smarteye.act");
const script = new Script(`globalThis[Symbol.for("smarteye.act")]()`);

parentPort!.once("message", ({ url, path, port }: Start) => {
  const reply = (what: Reply) => postMessage.call(port, what);
  sayOnStderr();
  addEventListener("error", (event) => {
    event.preventDefault();
    reply({ kind: "failed", why: beside(event.error ?? event.message) });
  });
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    reply({ kind: "failed", why: beside(event.reason) });
  });
  sayHowItEnds(reply);
  void load(url, path, port, reply).catch((thrown) => {
    const why = thrown instanceof Unusable ? thrown.message : `it failed with "${said(thrown)}"`;
    reply({ kind: "unusable", why });
  });
});

async function load(
  url: string,
  path: string,
  port: MessagePort,
  reply: (what: Reply) => void,
): Promise<void> {
  const { policy, module } = await importPolicy(url);
  port.on("message", (question: Question) => {
    Object.assign(globalThis, { [ACT]: () => answer(question, policy, reply) });
    try {
      script.runInThisContext({ timeout: question.endMs });
    } catch { // nothing else is thrown than that the time is over
      reply({ kind: "ended", id: question.id });
    }
    if (getHeapStatistics().external_memory > BUFFERS_MIB_MAX * 1024 ** 2) {
      reply({ kind: "failed", why: `it holds more than ${BUFFERS_MIB_MAX} MiB in buffers` });
    }
  });
  const { parameters, needs, about } = module;
  const name = nameOf(policy, path);
  try {
    reply({ kind: "loaded", declared: { name, parameters, needs, about } });
  } catch (cause) {
    const shown = show({ parameters, needs, about });
    throw new Unusable(`it exports ${shown}, of which not everything is plain data`, { cause });
  }
}

/** Asks the policy, and says what became of that. Never throws. */
function answer(
  { id, snapshot, seed }: Question,
  policy: (...args: unknown[]) => unknown,
  reply: (what: Reply) => void,
): void {
  let returned: unknown;
  let tookMs: number;
  try {
    // One that changes what it was given is told by a TypeError.
    const [given, rng] = [deepFrozen(snapshot), seededRng(seed)];
    const beganAtMs = nowMs();
    returned = policy(given, rng);
    tookMs = nowMs() - beganAtMs;
    if (isPromise(returned)) {
      // It is refused: whether it would have been fulfilled no longer matters to anybody.
      Promise.resolve(returned).catch(() => {});
      return reply({ kind: "promised", id });
    }
  } catch (thrown) {
    return reply({ kind: "threw", id, why: said(thrown) });
  }
  try {
    const bytes = weightOf(returned, ANSWER_BYTES_MAX);
    if (bytes <= ANSWER_BYTES_MAX) {
      return reply({ kind: "answered", id, returned, tookMs });
    }
    reply({ kind: "refused", id, why: `it returned more than ${ANSWER_BYTES_MAX} bytes of data` });
  } catch (thrown) {
    const why = `it returned ${show(returned)}, plain data is wanted (${said(thrown)})`;
    reply({ kind: "refused", id, why });
  }
}

function beside(thrown: unknown): string {
  return `it failed with "${said(thrown)}" outside of a decision`;
}

/** A Worker that is told to exit still goes on a little; what it says meanwhile is not how it ends. */
function sayHowItEnds(reply: (what: Reply) => void): void {
  for (const program of [Deno, process] as { exit: (code?: number) => never }[]) {
    const { exit } = program;
    const value = (code?: number) => {
      reply({ kind: "failed", why: `it ended its Worker with status ${Number(code ?? 0)}` });
      return exit.call(program, code);
    };
    Object.defineProperty(program, "exit", { value });
  }
}

/** Stdout is for results: what a policy prints goes to stderr, also by what it imports from `node:`. */
function sayOnStderr(): void {
  const { stdout, stderr } = process;
  Object.assign(console, new Console(stderr, stderr));
  Object.assign(stdout, { write: stderr.write.bind(stderr) });
  Object.defineProperty(process, "stdout", { value: stderr });
  Object.defineProperty(Deno, "stdout", { value: Deno.stderr });
}
