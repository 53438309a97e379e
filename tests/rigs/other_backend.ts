/** The way to a server of others, with a Worker and a model directory of its own. */

import { systemClock } from "../../core/clock.ts";
import type { Manifest } from "../../models/manifest.ts";
import type { Backend, CallLimits, ServerNews } from "../../forwarder/backend.ts";
import { connect } from "../../forwarder/backends/connect.ts";
import { PictureWorkers } from "../../forwarder/pictures/picture_workers.ts";
import { ServerAccess } from "../../forwarder/server_access.ts";
import { PixelPicture } from "../../core/image.ts";
import type { SentImage } from "../../core/infer.ts";
import { Folder } from "../fakes/folder.ts";
import { type OpenServer, ROWS, startOpenServer } from "../fakes/open_server.ts";
import { plain } from "../fakes/pictures.ts";

/** Of the images below. */
export const SIZE = { width: 64, height: 48 };

/** A grey picture. */
export const RAW: SentImage = { kind: "raw", size: SIZE, rgb: plain(64, 48).data };

/** The same as a file. */
export const JPEG: SentImage = {
  kind: "encoded",
  bytes: await new PixelPicture(plain(64, 48)).jpeg(SIZE, 90),
};

/** What `rowsReply` says of them. */
export const CAR = {
  label: "car",
  class_id: 1,
  score: Math.fround(0.9),
  box: [8, 12, 40, 36],
} as const;

/** Limits that no test comes to, but for what is said otherwise. */
export function limitsOf(said: Partial<CallLimits> = {}): CallLimits {
  return { deadlineMs: 30_000, signal: new AbortController().signal, ...said };
}

/** A backend, looked at once. */
export class OtherBackend implements AsyncDisposable {
  readonly #folder = new Folder();
  readonly pictures: PictureWorkers;
  readonly backend: Backend;
  /** What it said of itself at first. */
  news!: ServerNews;

  private constructor(server: string, manifests: readonly Manifest[], models: readonly string[]) {
    for (const manifest of manifests) {
      this.#folder.write(`${manifest.name}.json`, JSON.stringify(manifest));
    }
    const clock = systemClock;
    const directory = this.#folder.path;
    const settings = { directory, pixelsMax: 10_000, scoreThreshold: undefined };
    this.pictures = new PictureWorkers({ ...settings, workers: 1, clock });
    const options = { imageBytesMax: 100_000, access: ServerAccess.plain(), models, clock };
    this.backend = connect(server, { ...options, pictures: this.pictures }, { heard() {} });
  }

  /** Connects to `server`, as configured. */
  static async open(
    server: string,
    manifests: readonly Manifest[] = [],
    models: readonly string[] = [],
  ): Promise<OtherBackend> {
    const other = new OtherBackend(server, manifests, models);
    other.news = await other.backend.status(limitsOf());
    return other;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.backend.close();
    this.pictures.close();
    await this.#folder[Symbol.asyncDispose]();
  }
}

/** Runs a test with a scripted server before a network of rows. */
export async function withRows(
  test: (server: OpenServer, other: OtherBackend) => Promise<void>,
  prepare: (server: OpenServer) => void = () => {},
): Promise<void> {
  const server = await startOpenServer();
  prepare(server);
  try {
    await using other = await OtherBackend.open(`oip://${server.address}`, [ROWS, {
      ...ROWS,
      name: "nameless",
    }], ["m", "absent"]);
    await test(server, other);
  } finally {
    server.kill();
    await systemClock.sleep(0);
  }
}
