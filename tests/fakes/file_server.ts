/** A server of one file on this machine, that misbehaves as a test says. */

/** What a server does to one request. */
export interface Manners {
  /** Status instead of the file. */
  readonly status?: number;
  /** Where it redirects to. */
  readonly location?: string;
  /** Takes no notice of `Range`. */
  readonly ignoresRange?: boolean;
  /** Sends so many bytes and then hangs up. */
  readonly cutsAfter?: number;
  /** Sends so many bytes and then nothing, until the client hangs up. */
  readonly stallsAfter?: number;
  /** Does not answer until the client hangs up. */
  readonly isSilent?: boolean;
  /** Does not say how long the body is. */
  readonly hidesLength?: boolean;
  /** Another file, or another version of it. */
  readonly content?: Uint8Array<ArrayBuffer>;
  /** Instead of the first digits of the content's own. */
  readonly etag?: string;
}

/** A request as it came. */
export interface Asked {
  readonly path: string;
  readonly range: string | null;
  readonly ifRange: string | null;
}

/** The server. */
export class FileServer implements AsyncDisposable {
  /** Every request, in order. */
  readonly asked: Asked[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #released = new AbortController();

  /** `manners` of the first request, the second …; the last of them for all that follow. */
  constructor(
    private readonly content: Uint8Array<ArrayBuffer>,
    private readonly manners: readonly Manners[] = [{}],
  ) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {}, onError: () => new Response() },
      (request) => this.#answer(request),
    );
  }

  /** Where the file is. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/weights.onnx`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#released.abort();
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const { headers } = request;
    const manners = this.manners[Math.min(this.asked.length, this.manners.length - 1)]!;
    const { content = this.content, status, location } = manners;
    const range = headers.get("range");
    const ifRange = headers.get("if-range");
    this.asked.push({ path: new URL(request.url).pathname, range, ifRange });
    if (manners.isSilent) await this.#end(request.signal);
    if (status !== undefined) {
      return new Response(null, { status, headers: location === undefined ? {} : { location } });
    }
    const etag = manners.etag ?? `"${content.slice(0, 8).toHex()}-${content.length}"`;
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
    const isRange = range !== null && !manners.ignoresRange && (ifRange ?? etag) === etag;
    if (isRange && from >= content.length) {
      const last = { "content-range": `bytes */${content.length}` };
      return new Response(null, { status: 416, headers: last });
    }
    const part = isRange ? content.subarray(from) : content;
    const said = new Headers({ etag });
    if (!manners.hidesLength) said.set("content-length", String(part.length));
    if (isRange) {
      said.set("content-range", `bytes ${from}-${content.length - 1}/${content.length}`);
    }
    const body = this.#body(part, manners, request.signal);
    return new Response(body, { status: isRange ? 206 : 200, headers: said });
  }

  #body(
    part: Uint8Array<ArrayBuffer>,
    { cutsAfter, stallsAfter }: Manners,
    hungUp: AbortSignal,
  ): ReadableStream<Uint8Array> {
    const end = Math.min(part.length, cutsAfter ?? stallsAfter ?? part.length);
    let at = 0;
    return new ReadableStream({
      pull: async (controller) => {
        if (at < end) {
          const next = Math.min(end, at + 16_384);
          controller.enqueue(part.slice(at, next));
          at = next;
        } else if (cutsAfter !== undefined) controller.error(new Error("cut"));
        else {
          if (stallsAfter !== undefined) await this.#end(hungUp);
          controller.close();
        }
      },
    });
  }

  #end(hungUp: AbortSignal): Promise<void> {
    const either = AbortSignal.any([hungUp, this.#released.signal]);
    return new Promise((resolve) => {
      if (either.aborted) return resolve();
      either.addEventListener("abort", () => resolve(), { once: true });
    });
  }
}
