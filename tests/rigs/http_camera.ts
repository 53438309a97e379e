/** An HTTP camera: JPEGs one after the other in one answer without an end. */

import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { once } from "node:events";
import { PixelPicture } from "../../core/image.ts";
import { COUNTED_SIZE, countedQuarters, NUMBERS } from "./counted.ts";
import { rgbOf } from "./patches.ts";

const BOUNDARY = "picture";

/** What a camera is like. */
export interface HttpCameraScript {
  /** Pictures a second. */
  readonly fps?: number;
  /** Each part says how long it is. */
  readonly saysLength?: boolean;
}

/** The camera. Each picture shows its number (`numberIn`); it counts on while nobody looks. */
export class HttpCamera implements AsyncDisposable {
  /** How often it was asked. */
  asked = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #viewers = new Set<ServerResponse>();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #startedAtMs = performance.now();
  readonly #fps: number;
  readonly #saysLength: boolean;
  #mood: "sends" | "stalls" | "refuses" = "sends";
  #sending = false;
  #port = 0;

  private constructor({ fps = 25, saysLength = true }: HttpCameraScript) {
    this.#fps = fps;
    this.#saysLength = saysLength;
    this.#server = createServer((_request, response) => this.#answer(response));
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("error", () => {});
    });
    this.#timer = setInterval(() => void this.#sendAll(), 1000 / fps);
  }

  /** Starts one at a free port. */
  static async start(script: HttpCameraScript = {}): Promise<HttpCamera> {
    const camera = new HttpCamera(script);
    camera.#server.listen(0, "127.0.0.1");
    await once(camera.#server, "listening");
    camera.#port = (camera.#server.address() as AddressInfo).port;
    return camera;
  }

  /** Its address. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}/video.mjpg`;
  }

  /** The number of the picture that it takes now. */
  get number(): number {
    return Math.floor((performance.now() - this.#startedAtMs) / 1000 * this.#fps) % NUMBERS;
  }

  /** Sends nothing more, and keeps its connections open. */
  stall(): void {
    this.#mood = "stalls";
  }

  /** Hangs up, and answers nobody but with 503. */
  close(): void {
    this.#mood = "refuses";
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Ends its answers in order, as a camera that restarts, and takes who comes again. */
  end(): void {
    for (const viewer of this.#viewers) viewer.end(`\r\n--${BOUNDARY}--\r\n`);
    this.#viewers.clear();
  }

  /** Sends again. */
  resume(): void {
    this.#mood = "sends";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #answer(response: ServerResponse): void {
    this.asked++;
    if (this.#mood === "refuses") {
      response.writeHead(503).end();
      return;
    }
    response.writeHead(200, {
      "content-type": `multipart/x-mixed-replace; boundary=${BOUNDARY}`,
      "cache-control": "no-store",
    });
    this.#viewers.add(response);
    response.on("error", () => {});
    response.on("close", () => this.#viewers.delete(response));
  }

  async #sendAll(): Promise<void> {
    if (this.#mood !== "sends" || this.#viewers.size === 0 || this.#sending) return;
    this.#sending = true;
    try {
      const jpeg = await jpegOf(this.number);
      const length = this.#saysLength ? `Content-Length: ${jpeg.length}\r\n` : "";
      const head = `--${BOUNDARY}\r\nContent-Type: image/jpeg\r\n${length}\r\n`;
      for (const viewer of this.#viewers) {
        viewer.write(head);
        viewer.write(jpeg);
        viewer.write("\r\n");
      }
    } finally {
      this.#sending = false;
    }
  }
}

/** A JPEG that shows a number. */
async function jpegOf(number: number): Promise<Uint8Array> {
  const data = rgbOf(COUNTED_SIZE, countedQuarters(number));
  return await new PixelPicture({ ...COUNTED_SIZE, data }).jpeg(COUNTED_SIZE, 90);
}

/** A server that takes connections and says nothing to anyone. */
export class SilentServer implements Disposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #connections: Deno.Conn[] = [];

  /** Starts it at a free port. */
  constructor() {
    void this.#accept();
  }

  /** Where it listens. */
  get port(): number {
    return this.#listener.addr.port;
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const connection of this.#connections) connection.close();
  }

  async #accept(): Promise<void> {
    try {
      for await (const connection of this.#listener) this.#connections.push(connection);
    } catch {
      // it is closed
    }
  }
}
