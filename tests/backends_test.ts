/** The contract of `Backend`, held by the real one over sockets, and by the fake that tests trust. */

import assert from "node:assert/strict";
import { systemClock } from "../core/clock.ts";
import { type ErrorCode, SmarteyeError } from "../core/errors.ts";
import { FakeClock, idle } from "../core/fake_clock.ts";
import { PixelPicture } from "../core/image.ts";
import type { LoadReport } from "../core/model.ts";
import type { CallLimits } from "../forwarder/backend.ts";
import { connectSmarteye } from "../forwarder/backends/smarteye.ts";
import { ServerAccess } from "../forwarder/server_access.ts";
import { errorToWire } from "../proto/grpc_codec.ts";
import { type BackendSubject, testBackend } from "./contracts/backend.ts";
import { type End, FakeBackend } from "./fakes/backend.ts";
import { type Ending, startScriptedServer } from "./fakes/grpc_server.ts";
import { plain } from "./fakes/pictures.ts";
import { Served } from "./fakes/served.ts";

/** A call that hangs: `hung` takes the signal that ends it, and never ends by itself. */
function hanging() {
  const entered = Promise.withResolvers<void>();
  const givenUp = Promise.withResolvers<void>();
  const hung = (signal: AbortSignal) => {
    entered.resolve();
    return new Promise<never>(() => {
      signal.addEventListener("abort", () => givenUp.resolve(), { once: true });
    });
  };
  return { hung, entered: entered.promise, givenUp: givenUp.promise };
}

testBackend("the backend over gRPC", async (): Promise<BackendSubject> => {
  const server = await startScriptedServer();
  const backend = connectSmarteye(server.name, 1000);
  let received = 0;
  const behave = (how: (cancelled: AbortSignal) => Ending | Promise<Ending>) => {
    const counted = (cancelled: AbortSignal) => {
      received++;
      return how(cancelled);
    };
    server.script.infer = (_, cancelled) => counted(cancelled);
    server.script.status = counted;
  };
  behave(() => "ok");
  return {
    backend,
    get received() {
      return received;
    },
    end: (how) => behave(() => how === "ok" ? "ok" : errorToWire(scripted(how))),
    hang() {
      const { hung, ...seen } = hanging();
      behave(hung);
      return seen;
    },
    elapse: (ms) => systemClock.sleep(ms),
    async [Symbol.asyncDispose]() {
      backend.close();
      server.kill();
      await systemClock.sleep(0);
    },
  };
});

testBackend("the fake backend", (): Promise<BackendSubject> => {
  const clock = new FakeClock();
  const backend = new FakeBackend(clock);
  const behave = (how: (limits: CallLimits) => Promise<End>) => {
    backend.script = (_, limits) => how(limits);
    backend.say = async (limits) => {
      const end = await how(limits);
      return end === "ok" ? {} : end;
    };
  };
  return Promise.resolve({
    backend,
    get received() {
      return backend.calls.length + backend.looks;
    },
    end: (how) => behave(() => Promise.resolve(how)),
    hang() {
      const { hung, entered, givenUp } = hanging();
      behave(({ signal }) => hung(signal));
      return { entered, givenUp };
    },
    elapse: (ms) => clock.advance(ms),
    [Symbol.asyncDispose]: () => idle(),
  });
});

Deno.test("a server's load reports are heard, with answers and with refusals", async () => {
  await using served = await Served.open();
  const heard: LoadReport[] = [];
  const name = `127.0.0.1:${served.server.port}`;
  const access = ServerAccess.plain();
  const backend = connectSmarteye(name, 100_000, access, {
    heard: (report) => void heard.push(report),
  });
  const bytes = await new PixelPicture(plain(64, 48)).jpeg({ width: 64, height: 48 }, 90);
  const infer = (model: string) =>
    backend.infer({ model }, { kind: "encoded", bytes }, {
      deadlineMs: 10_000,
      signal: new AbortController().signal,
    });
  try {
    await infer("tiny");
    await until(() => heard.length === 1);
    await assert.rejects(infer("stranger"), { code: "not_found" });
    await until(() => heard.length === 2);
    assert.ok(heard.every(({ load }) => load.workers === 1), JSON.stringify(heard));
    assert.ok(heard[0]!.requestsPerSecond > 0);
  } finally {
    backend.close();
  }
});

/** Waits for what a status brings, which follows an answer. */
async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 100 && !isSo(); i++) await systemClock.sleep(10);
  assert.ok(isSo());
}

function scripted(code: ErrorCode): SmarteyeError {
  return new SmarteyeError(code, `scripted ${code}`);
}
