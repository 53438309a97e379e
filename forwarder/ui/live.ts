/**
 * Pages that go on while somebody looks: once a second each page that is looked at is written anew, once for
 * all who look at it. When nobody does, nothing happens.
 */

import { type Clock, every, OVER } from "../../core/clock.ts";
import { Viewers } from "../../web/ui/viewers.ts";

/** Milliseconds between two messages. */
const PERIOD_MS = 1000;

/** Viewers at once, of all pages together. */
export const VIEWERS_MAX = 64;

/** Different pages that are looked at, at once: each is written by itself. */
export const PAGES_MAX = 16;

const HEADERS = { "content-type": "text/event-stream" };

/** A page that is looked at. */
interface Watched {
  readonly viewers: Viewers;
  /** What it shows now, as HTML. */
  readonly write: () => string;
}

/** Sends pages to who looks at them. */
export class Live {
  readonly #pages = new Map<string, Watched>();
  #ticking: AbortController | undefined;

  /** Nobody looks. `over` ends all. */
  constructor(private readonly clock: Clock, private readonly over: AbortSignal) {}

  /** How many look. */
  get viewers(): number {
    return this.#pages.values().reduce((sum, { viewers }) => sum + viewers.count, 0);
  }

  /**
   * Somebody more looks at a page.
   *
   * @param name of the page: those of the same name are shown the same.
   * @param write what it shows, asked for once a second.
   * @returns `undefined` when too many look.
   */
  open(name: string, write: () => string): Response | undefined {
    if (this.viewers >= VIEWERS_MAX) return undefined;
    let page = this.#pages.get(name);
    if (!page) {
      if (this.#pages.size >= PAGES_MAX) return undefined;
      const onCount = (count: number) => {
        if (count === 0) this.#left(name);
      };
      const viewers = new Viewers({ viewersMax: VIEWERS_MAX, clock: this.clock, onCount });
      this.#pages.set(name, page = { viewers, write });
    }
    const response = page.viewers.open(HEADERS, this.over, messageOf(page));
    if (!response) this.#left(name);
    else this.#tick();
    return response;
  }

  #left(name: string): void {
    if (this.#pages.get(name)?.viewers.count === 0) this.#pages.delete(name);
    if (this.#pages.size > 0) return;
    this.#ticking?.abort(OVER);
    this.#ticking = undefined;
  }

  #tick(): void {
    if (this.#ticking) return;
    this.#ticking = new AbortController();
    const send = () => {
      for (const page of this.#pages.values()) page.viewers.send(messageOf(page));
    };
    void every(this.clock, PERIOD_MS, send, this.#ticking.signal);
  }
}

/** As an event of a stream (WHATWG HTML, server-sent events): JSON has no line ends. */
function messageOf({ write }: Watched): Uint8Array {
  return new TextEncoder().encode(`data: ${JSON.stringify({ html: write() })}\n\n`);
}
