/** The contract of `Backend` for servers of others, and what an original server answers. */

import assert from "node:assert/strict";
import { systemClock } from "../core/clock.ts";
import { SmarteyeError } from "../core/errors.ts";
import { errorToWire } from "../proto/grpc_codec.ts";
import { type BackendSubject, testBackend } from "./contracts/backend.ts";
import { startDrawingServer } from "./fakes/drawing_server.ts";
import type { Ending } from "./fakes/grpc_server.ts";
import { foundReply, startOpenServer } from "./fakes/open_server.ts";
import { JPEG, limitsOf, OtherBackend, RAW, SIZE } from "./rigs/other_backend.ts";

/** What a scripted server does with calls of both kinds. */
type Behave = (how: (cancelled: AbortSignal) => Ending | Promise<Ending>) => void;

/** A subject whose server `behave` moves. */
function subjectOf(
  other: OtherBackend,
  kill: () => void,
  behave: Behave,
): BackendSubject {
  let received = 0;
  const counted: Behave = (how) =>
    behave((cancelled) => {
      received++;
      return how(cancelled);
    });
  counted(() => "ok");
  return {
    backend: other.backend,
    image: JPEG,
    deadlineMs: 2000,
    get received() {
      return received;
    },
    end(how) {
      counted(() => how === "ok" ? "ok" : errorToWire(new SmarteyeError(how, `scripted ${how}`)));
    },
    hang() {
      const entered = Promise.withResolvers<void>();
      const givenUp = Promise.withResolvers<void>();
      counted((cancelled) => {
        entered.resolve();
        return new Promise<never>(() => {
          cancelled.addEventListener("abort", () => givenUp.resolve(), { once: true });
        });
      });
      return { entered: entered.promise, givenUp: givenUp.promise };
    },
    elapse: (ms) => systemClock.sleep(ms),
    async [Symbol.asyncDispose]() {
      await other[Symbol.asyncDispose]();
      kill();
      await systemClock.sleep(0);
    },
  };
}

testBackend("the backend of the Open Inference Protocol", async () => {
  const server = await startOpenServer();
  server.script.extensions = ["encoded_image"];
  const other = await OtherBackend.open(`oip://${server.address}`);
  const subject = subjectOf(other, server.kill, (how) => {
    server.script.status = how;
    server.script.infer = async ({ id }, cancelled) => {
      const ending = await how(cancelled);
      return ending === "ok" ? foundReply({ id }) : ending;
    };
  });
  await other.backend.infer({ model: "m" }, JPEG, limitsOf()); // the Worker is up
  return subject;
}, { isOurs: false });

testBackend("the backend of the original's protocol", async () => {
  const server = await startDrawingServer();
  const other = await OtherBackend.open(`msgtransfer://${server.address}`);
  const subject = subjectOf(other, server.kill, (how) => {
    server.script.status = how;
    server.script.draw = async ({ frame, frameShape }, cancelled) => {
      const ending = await how(cancelled);
      return ending === "ok" ? { result: frame, frameShape } : ending;
    };
  });
  await other.backend.infer({ model: "m" }, JPEG, limitsOf());
  return subject;
}, { isOurs: false });

Deno.test("an original server's frame is handed on as it drew it, and so is a class", async () => {
  const server = await startDrawingServer();
  try {
    await using other = await OtherBackend.open(`msgtransfer://${server.address}`);
    const { backend, news } = other;
    assert.deepEqual(news, {
      version: "",
      load: { cpuUtilization: 0.25, memoryUtilization: 0.5 },
      models: [],
      drawing: ["m"],
      draining: false,
    });
    for (const image of [RAW, JPEG]) {
      const frames: string[] = [];
      server.script.draw = ({ model, frame, frameShape }) => {
        assert.deepEqual([model, frameShape], ["m", "(48, 64, 3)"]);
        frames.push(frame);
        return { result: frame, frameShape };
      };
      const { timingsMs, ...others } = await backend.infer({ model: "m" }, image, limitsOf());
      assert.deepEqual(others, {
        ...{ model: "m", ...SIZE, load: undefined },
        drawn: { kind: "frame", frame: frames[0], shape: "(48, 64, 3)" },
      });
      assert.ok(timingsMs.total >= timingsMs.infer && timingsMs.infer > 0);
    }
    server.script.draw = () => ({ result: "tabby", frameShape: "" });
    const told = await backend.infer({ model: "m" }, RAW, limitsOf());
    assert.deepEqual("drawn" in told && told.drawn, { kind: "class", label: "tabby" });
    const hostile: [result: string, frameShape: string, why: RegExp][] = [
      ["", "(48, 64, 3)", /"\(48, 64, 3\)" in 0 characters/],
      ["A".repeat(12288), "(64, 48, 3)", /48×64 pixels as base64 are wanted/],
      ["A".repeat(12284), "(48, 64, 3)", /in 12284 characters/],
      ["<".repeat(12288), "(48, 64, 3)", /in 12288 characters/],
      ["A".repeat(12288), "x".repeat(1000), /as base64 are wanted/],
      ["A".repeat(1001), "", /1001 characters without a frame's shape/],
    ];
    for (const [result, frameShape, why] of hostile) {
      server.script.draw = () => ({ result, frameShape });
      const asked = backend.infer({ model: "m" }, RAW, limitsOf());
      await assert.rejects(asked, { code: "failed_precondition", message: why });
    }
    server.script.usage = { cpuUsage: 250, memoryUsage: -1 };
    assert.deepEqual((await backend.status(limitsOf())).load, {
      cpuUtilization: 1,
      memoryUtilization: 0,
    });
    server.script.usage = { cpuUsage: NaN, memoryUsage: 1 };
    assert.equal((await backend.status(limitsOf())).load, undefined);
  } finally {
    server.kill();
    await systemClock.sleep(0);
  }
});
