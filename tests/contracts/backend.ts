/** What every `Backend` must do, whatever is behind it. */

import assert from "node:assert/strict";
import {
  type ErrorCode,
  errorCodeOfGrpc,
  ERRORS,
  isSmarteyeError,
  type SmarteyeError,
} from "../../core/errors.ts";
import type { InferRequest, SentImage } from "../../core/infer.ts";
import type { Backend, CallLimits } from "../../forwarder/backend.ts";
import { type End, replyOf, statusOf } from "../fakes/backend.ts";

/** A backend, and what moves the server behind it, which has the model `m`. */
export interface BackendSubject extends AsyncDisposable {
  readonly backend: Backend;
  /** Has the next calls of both kinds end so, an error with the message `scripted`. */
  end(how: End): void;
  /** Has the next calls hang: tells when one has come, and when the server knows that it is given up. */
  hang(): { readonly entered: Promise<void>; readonly givenUp: Promise<void> };
  /** Calls that the server has had. */
  readonly received: number;
  /** Lets time pass, at least so much. */
  elapse(ms: number): Promise<void>;
  /** What is inferred, where it has to be an image. */
  readonly image?: SentImage;
  /** Milliseconds of a deadline before which a call is sure to have come to the server; 150 when absent. */
  readonly deadlineMs?: number;
}

const REQUEST: InferRequest = { model: "m", service: "detection", scoreThreshold: 0.5 };
const IMAGES: readonly SentImage[] = [
  { kind: "encoded", bytes: new Uint8Array(100) },
  { kind: "raw", size: { width: 2, height: 1 }, rgb: new Uint8Array(6) },
];

/** That a server does not take the forwarder is another thing to the caller (tests/server_access_test.ts). */
const OURS: readonly ErrorCode[] = ["cancelled", "unauthenticated", "permission_denied"];

/** Codes that reach the caller as the server gave them; the others share a status of gRPC with one. */
const CODES = (Object.keys(ERRORS) as ErrorCode[]).filter((code) =>
  !OURS.includes(code) && errorCodeOfGrpc(ERRORS[code].grpc) === code
);

/** Both calls of a backend. */
const CALLS: Readonly<
  Record<string, (subject: BackendSubject, limits: CallLimits) => Promise<unknown>>
> = {
  infer: ({ backend, image = IMAGES[0]! }, limits) => backend.infer(REQUEST, image, limits),
  status: ({ backend }, limits) => backend.status(limits),
};

/** Limits that no test comes to, but for what is said otherwise. */
function limitsOf(said: Partial<CallLimits> = {}): CallLimits {
  return { deadlineMs: 30_000, signal: new AbortController().signal, ...said };
}

async function failureOf(call: Promise<unknown>): Promise<SmarteyeError> {
  const ended = await call.then((value) => ({ value }), (error: unknown) => error);
  assert.ok(isSmarteyeError(ended), `an error of ours is wanted, not ${JSON.stringify(ended)}`);
  return ended;
}

/**
 * Adds the tests of one kind of backend.
 *
 * @param isOurs whether the server speaks our protocol, which brings all that an answer has.
 */
export function testBackend(
  name: string,
  make: () => Promise<BackendSubject>,
  { isOurs = true } = {},
): void {
  Deno.test({ name: `${name} brings answers`, ignore: !isOurs }, async () => {
    await using subject = await make();
    for (const image of IMAGES) {
      assert.deepEqual(await subject.backend.infer(REQUEST, image, limitsOf()), replyOf("m"));
    }
    assert.deepEqual(await subject.backend.status(limitsOf()), statusOf(["m"]));
    assert.equal(subject.received, 3);
  });

  for (const [kind, call] of Object.entries(CALLS)) {
    Deno.test(`${name} brings each error of ${kind} under its code`, async () => {
      await using subject = await make();
      for (const code of CODES) {
        subject.end(code);
        const failure = await failureOf(call(subject, limitsOf()));
        assert.deepEqual([failure.code, failure.message], [code, `scripted ${code}`]);
      }
      subject.end("ok");
      await call(subject, limitsOf());
    });

    Deno.test(`${name} ends ${kind} at its deadline, and tells the server`, async () => {
      await using subject = await make();
      const { entered, givenUp } = subject.hang();
      const { deadlineMs = 150 } = subject;
      const failure = failureOf(call(subject, limitsOf({ deadlineMs })));
      await entered;
      await subject.elapse(deadlineMs);
      assert.equal((await failure).code, "deadline_exceeded");
      await givenUp;
    });

    Deno.test(`${name} cancels ${kind} when nobody waits, and tells the server`, async () => {
      await using subject = await make();
      const { entered, givenUp } = subject.hang();
      const leave = new AbortController();
      const failure = failureOf(call(subject, limitsOf({ signal: leave.signal })));
      await entered;
      leave.abort();
      assert.equal((await failure).code, "cancelled");
      await givenUp;
      const before = subject.received;
      const never = failureOf(call(subject, limitsOf({ signal: leave.signal })));
      assert.equal((await never).code, "cancelled");
      assert.equal(subject.received, before, "it is not even begun");
    });

    Deno.test(`${name} ends ${kind} when it is closed, and takes no more`, async () => {
      await using subject = await make();
      const { entered, givenUp } = subject.hang();
      const failure = failureOf(call(subject, limitsOf()));
      await entered;
      subject.backend.close();
      assert.equal((await failure).code, "unavailable");
      await givenUp;
      const late = failureOf(call(subject, limitsOf()));
      assert.equal((await late).code, "unavailable");
      subject.backend.close();
    });
  }
}
