/** HLS as a server sends it: a playlist of segments, whole or a window that slides on. */

import { join } from "node:path";
import { Folder } from "../fakes/folder.ts";
import { PLAIN } from "./odd_clips.ts";
import { writeClip } from "./clip_writer.ts";
import { COUNTED_SIZE, countedQuarters } from "./counted.ts";

/** What a stream is like. */
export interface HlsScript {
  /** Segments of the whole; absent: it is live, and goes on. */
  readonly segments?: number;
  /** Seconds of a segment. */
  readonly segmentS?: number;
  /** Pictures a second. */
  readonly fps?: number;
}

/** Segments in a live playlist. */
const WINDOW = 5;

/** The server. Picture `n` of the stream shows `n`. */
export class HlsServer implements AsyncDisposable {
  /** Segments that are answered with 404. */
  readonly missing = new Set<number>();
  /** Segments that were asked for, in order. */
  readonly asked: number[] = [];
  readonly #folder = new Folder();
  readonly #made = new Map<number, Promise<string>>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #segments: number | undefined;
  readonly #segmentS: number;
  readonly #fps: number;
  readonly #startedAtMs = performance.now();
  #isStalled = false;

  /** Starts it at a free port. */
  constructor({ segments, segmentS = 1, fps = 25 }: HlsScript = {}) {
    this.#segments = segments;
    this.#segmentS = segmentS;
    this.#fps = fps;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {}, onError: () => new Response() },
      (request) => this.#answer(request),
    );
  }

  /** The playlist's address. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/live.m3u8`;
  }

  /** Pictures of a segment. */
  get framesPerSegment(): number {
    return this.#segmentS * this.#fps;
  }

  /** The number of the picture that a live camera takes now, if nothing waited anywhere. */
  get number(): number {
    return Math.floor(((performance.now() - this.#startedAtMs) / 1000) * this.#fps) +
      WINDOW * this.framesPerSegment;
  }

  /** The last segment in the live playlist. */
  get lastSegment(): number {
    return Math.floor((performance.now() - this.#startedAtMs) / 1000 / this.#segmentS) +
      WINDOW - 1;
  }

  /** Answers no segment and no playlist any more, until `resume`. */
  stall(): void {
    this.#isStalled = true;
  }

  /** Answers again. */
  resume(): void {
    this.#isStalled = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStalled = false;
    await this.#server.shutdown();
    await Promise.allSettled(this.#made.values());
    await this.#folder[Symbol.asyncDispose]();
  }

  async #answer(request: Request): Promise<Response> {
    while (this.#isStalled && !request.signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { pathname } = new URL(request.url);
    if (pathname === "/live.m3u8") {
      return new Response(this.#playlist(), {
        headers: { "content-type": "application/vnd.apple.mpegurl" },
      });
    }
    const segment = Number(/^\/(\d+)\.ts$/.exec(pathname)?.[1] ?? NaN);
    if (Number.isNaN(segment) || this.missing.has(segment)) {
      if (!Number.isNaN(segment)) this.asked.push(segment);
      return new Response("not here", { status: 404 });
    }
    this.asked.push(segment);
    const bytes = await Deno.readFile(await this.#segment(segment));
    return new Response(bytes, { headers: { "content-type": "video/mp2t" } });
  }

  #playlist(): string {
    const isWhole = this.#segments !== undefined;
    const last = isWhole ? this.#segments - 1 : this.lastSegment;
    const first = isWhole ? 0 : last - WINDOW + 1;
    const lines = [
      "#EXTM3U",
      "#EXT-X-VERSION:3",
      `#EXT-X-TARGETDURATION:${Math.ceil(this.#segmentS)}`,
      `#EXT-X-MEDIA-SEQUENCE:${first}`,
    ];
    for (let segment = first; segment <= last; segment++) {
      lines.push(`#EXTINF:${this.#segmentS.toFixed(3)},`, `${segment}.ts`);
    }
    if (isWhole) lines.push("#EXT-X-ENDLIST");
    return lines.join("\n") + "\n";
  }

  /** The path of a segment, which is made when it is first asked for. */
  #segment(segment: number): Promise<string> {
    const known = this.#made.get(segment);
    if (known) return known;
    const path = join(this.#folder.path, `${segment}.ts`);
    const frames = this.framesPerSegment;
    const first = segment * frames;
    const making = writeClip(path, [{
      ...PLAIN,
      ...COUNTED_SIZE,
      ...{ frames, fps: this.#fps, gop: frames },
      when: (index) => first + index,
      picture: (index) => countedQuarters(first + index),
    }], { container: "mpegts" }).then(() => path);
    this.#made.set(segment, making);
    return making;
  }
}
