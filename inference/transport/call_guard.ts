/** What stands before every gRPC call: who may call, and that no call holds anything for ever. */

import type { ServerHttp2Stream } from "node:http2";
import { setImmediate } from "node:timers";
import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  status,
} from "@grpc/grpc-js";
import { type Clock, OVER } from "../../core/clock.ts";
import type { BearerToken } from "../../web/bearer_token.ts";

/** How often calls are looked through for those that take too long, milliseconds. */
const SWEEP_MS = 250;

/** Answered without a token: whoever balances load has none, and it says nothing but yes or no. */
const OPEN_TO_ALL = /^\/grpc\.health\.v1\.Health\//;

/** RFC 9113, section 7. */
const NO_ERROR = 0, CANCEL = 8;

/** The most that calls may take. */
export interface CallLimits {
  /** Milliseconds in which a request has to be there once its call has begun. */
  readonly requestMs: number;
  /** Milliseconds in which a client has to take what it is sent. */
  readonly answerMs: number;
  /** Milliseconds that a client which sends a stream may say nothing. */
  readonly silenceMs: number;
  /** Calls under way, over all connections. */
  readonly callsMax: number;
  /** Bytes of requests that are not whole yet, over all connections. */
  readonly arrivingBytesMax: number;
}

type Status = Parameters<ServerInterceptingCallInterface["sendStatus"]>[0];
type Listener = Parameters<ServerInterceptingCallInterface["start"]>[0];

/** Guards the calls of a server. */
export class CallGuard {
  readonly #calls = new Set<GuardedCall>();
  readonly #over = new AbortController();
  #arrivingBytes = 0;
  #isSweeping = false;

  /** Guards none yet. `token`: what callers must know, if anything. */
  constructor(
    private readonly limits: CallLimits,
    private readonly token: BearerToken | undefined,
    private readonly clock: Clock,
  ) {}

  /**
   * For the server's options, before all other interceptors: it needs the call that holds the stream.
   *
   * @ignore Its type is grpc-js's.
   */
  readonly interceptor: ServerInterceptor = ({ path, requestStream }, call) => {
    const guarded = new GuardedCall(call, this, { path, requestStream });
    this.#calls.add(guarded);
    void this.#sweep();
    return new ServerInterceptingCall(guarded);
  };

  /** Calls under way. */
  get calls(): number {
    return this.#calls.size;
  }

  /** Looks no more. */
  close(): void {
    this.#over.abort(OVER);
  }

  /** @ignore For its calls: what is wrong with one that begins; `undefined` when nothing is. */
  objection(path: string, metadata: Metadata): Status | undefined {
    const { callsMax } = this.limits;
    if (this.#calls.size > callsMax) {
      const details = `Cannot take the call: ${callsMax} are under way`;
      return { code: status.RESOURCE_EXHAUSTED, details };
    }
    const [authorization] = metadata.get("authorization");
    if (this.token && !OPEN_TO_ALL.test(path) && !this.token.admits(authorization?.toString())) {
      const found = authorization === undefined ? "found no token" : "found a wrong token";
      const details = `Cannot take the call: ${found}, wanted "authorization: Bearer TOKEN"`;
      return { code: status.UNAUTHENTICATED, details };
    }
    return undefined;
  }

  /** @ignore For its calls: bytes of a request have come, or, negative, are waited with no more. */
  arrived(bytes: number): void {
    this.#arrivingBytes += bytes;
    if (this.#arrivingBytes <= this.limits.arrivingBytesMax) return;
    // Whoever has been sending for longest goes: who is in earnest is through soon.
    for (const call of this.#calls) if (call.giveUp()) return;
  }

  /** @ignore For its calls: one is over. */
  ended(call: GuardedCall): void {
    this.#calls.delete(call);
  }

  /** @ignore For its calls: when what begins now has to be over. */
  due(what: "requestMs" | "answerMs" | "silenceMs"): number {
    return this.clock.nowMs() + this.limits[what];
  }

  async #sweep(): Promise<void> {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    const { signal } = this.#over;
    while (this.#calls.size > 0 && !signal.aborted) {
      await this.clock.sleep(SWEEP_MS, signal);
      const nowMs = this.clock.nowMs();
      for (const call of this.#calls) if (call.dueAtMs <= nowMs) call.late(this.limits);
    }
    this.#isSweeping = false;
  }
}

/** One call, between grpc-js, which has the stream, and the handler. */
class GuardedCall implements ServerInterceptingCallInterface {
  dueAtMs = Infinity;
  #isArriving = true;
  #sending = 0;
  #isEnding = false;
  #bytes = 0;
  readonly #stream: ServerHttp2Stream;

  constructor(
    private readonly call: ServerInterceptingCallInterface,
    private readonly guard: CallGuard,
    private readonly method: { readonly path: string; readonly requestStream: boolean },
  ) {
    this.#stream = streamOf(call);
    this.#wait();
    this.#stream.on("data", this.#count);
    this.#stream.once("close", () => {
      this.#arrived();
      guard.ended(this);
    });
    // Also what grpc-js says by itself goes this way.
    const sendStatus = call.sendStatus.bind(call);
    call.sendStatus = (said) => {
      this.#isEnding = true;
      this.#arrived();
      sendStatus(inOurWords(said));
      this.#letGo();
    };
  }

  start(listener: Listener): void {
    this.call.start({
      onReceiveMetadata: (metadata) => {
        const objection = this.guard.objection(this.method.path, metadata);
        if (objection) this.call.sendStatus(objection);
        else listener.onReceiveMetadata(metadata);
      },
      onReceiveMessage: (message) => {
        if (this.method.requestStream) this.#heard();
        listener.onReceiveMessage(message);
      },
      onReceiveHalfClose: () => {
        this.#arrived();
        listener.onReceiveHalfClose();
      },
      onCancel: () => listener.onCancel(),
    });
  }

  sendMetadata(metadata: Metadata): void {
    this.call.sendMetadata(metadata);
  }

  sendMessage(message: unknown, taken: () => void): void {
    this.#sending++;
    this.#wait();
    this.call.sendMessage(message, () => {
      this.#sending--;
      this.#wait();
      taken();
    });
  }

  sendStatus(said: Status): void {
    this.call.sendStatus(said);
  }

  startRead(): void {
    this.call.startRead();
  }

  getPeer(): string {
    return this.call.getPeer();
  }

  getDeadline(): ReturnType<ServerInterceptingCallInterface["getDeadline"]> {
    return this.call.getDeadline();
  }

  getHost(): string {
    return this.call.getHost();
  }

  getAuthContext(): ReturnType<ServerInterceptingCallInterface["getAuthContext"]> {
    return this.call.getAuthContext();
  }

  getConnectionInfo(): ReturnType<ServerInterceptingCallInterface["getConnectionInfo"]> {
    return this.call.getConnectionInfo();
  }

  getMetricsRecorder(): ReturnType<ServerInterceptingCallInterface["getMetricsRecorder"]> {
    return this.call.getMetricsRecorder();
  }

  /** Ends it because it takes too long. */
  late({ requestMs, silenceMs }: CallLimits): void {
    if (this.#isEnding || this.#sending > 0) return this.#stream.close(CANCEL);
    const waitedMs = this.method.requestStream ? silenceMs : requestMs;
    this.call.sendStatus({
      code: status.DEADLINE_EXCEEDED,
      details: `Cannot take the call: the request did not come within ${waitedMs} ms`,
    });
  }

  /** Ends it where part of a request has come; says whether it did. */
  giveUp(): boolean {
    if (!this.#isArriving || this.#bytes === 0) return false;
    this.call.sendStatus({
      code: status.RESOURCE_EXHAUSTED,
      details: "Cannot take the call: too much of other requests is arriving",
    });
    return true;
  }

  readonly #count = (chunk: Uint8Array) => {
    if (!this.#isArriving) return;
    this.#bytes += chunk.length;
    this.guard.arrived(chunk.length);
  };

  #forget(): void {
    const bytes = this.#bytes;
    this.#bytes = 0;
    this.guard.arrived(-bytes);
  }

  /** One message of several is there. */
  #heard(): void {
    this.#forget();
    this.#wait();
  }

  /** No more of the request is waited for. */
  #arrived(): void {
    this.#isArriving = false;
    this.#forget();
    this.#wait();
  }

  /** Sets when what is waited for now has to be there. What the handler does has deadlines of its own. */
  #wait(): void {
    const { guard, method } = this;
    if (this.#isEnding || this.#sending > 0) this.dueAtMs = guard.due("answerMs");
    else if (!this.#isArriving) this.dueAtMs = Infinity;
    else this.dueAtMs = guard.due(method.requestStream ? "silenceMs" : "requestMs");
  }

  /** A client that goes on sending to a call which is answered is told to stop (RFC 9113, 8.1). */
  #letGo(): void {
    const stream = this.#stream;
    if (stream.readableEnded || stream.destroyed) return;
    const stop = () => setImmediate(() => stream.closed || stream.close(NO_ERROR));
    if (stream.writableFinished) stop();
    else stream.once("finish", stop);
  }
}

/** grpc-js's own limits and troubles, with the status that `smarteye.proto` has for them. */
function inOurWords(said: Status): Status {
  if (
    said.code === status.RESOURCE_EXHAUSTED &&
    /^Received message .*larger than/.test(said.details ?? "")
  ) {
    return { ...said, code: status.OUT_OF_RANGE };
  }
  if (said.code === status.INTERNAL && UNREADABLE.test(said.details ?? "")) {
    return { ...said, code: status.INVALID_ARGUMENT };
  }
  return said;
}

const UNREADABLE =
  /^(Error deserializing request|Failed to decompress message|Invalid grpc-timeout)/;

/** grpc-js keeps it to itself; there is no other way to end what a client does not take. */
function streamOf(call: ServerInterceptingCallInterface): ServerHttp2Stream {
  const { stream } = call as unknown as { readonly stream?: ServerHttp2Stream };
  if (!stream) throw new Error("this is not the call of grpc-js that holds the stream");
  return stream;
}
