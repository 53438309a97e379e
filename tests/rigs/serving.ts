/** The real program, as clients of others find it. */

import { PixelPicture } from "../../core/image.ts";
import { STREET_DEFAULTS } from "../../street/options.ts";
import { StreetScene } from "../../street/scene.ts";
import { Folder } from "../fakes/folder.ts";
import { Program } from "../fakes/program.ts";

/** The program's own. */
export const MODEL = "smarteye_street";

/** Servers with the program's own model, and a picture of the street. */
export class Serving implements AsyncDisposable {
  readonly #things = new AsyncDisposableStack();
  readonly folder = this.#things.use(new Folder());
  /** Path of a JPEG. */
  image = "";
  /** Path of the same picture's pixels: red, green and blue. */
  pixels = "";

  static async open(): Promise<Serving> {
    const serving = new Serving();
    const scene = await StreetScene.create(STREET_DEFAULTS);
    const { pixels } = await scene.render(60);
    const picture = new PixelPicture(pixels);
    serving.pixels = serving.folder.write("street.rgb", pixels.data);
    serving.image = serving.folder.write("street.jpg", await picture.jpeg(picture, 90));
    return serving;
  }

  /** Another one. @returns where it listens. */
  async start(...args: string[]): Promise<string> {
    const env = { SMARTEYE_MODELS: this.folder.file("models") };
    const all = ["serve", "--listen", "127.0.0.1:0", "--json", ...args];
    return await this.#things.use(new Program(all, env)).address();
  }

  /** One that speaks HTTP as well. @returns where it does. */
  async startHttp(): Promise<string> {
    const env = { SMARTEYE_MODELS: this.folder.file("models") };
    const all = ["serve", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--json"];
    const program = this.#things.use(new Program(all, env));
    return (await program.says(/"http":"([^"]+)"/))[1]!;
  }

  /** A forwarder before servers. @returns its URL, without a path. */
  async forward(servers: readonly string[], ...args: string[]): Promise<string> {
    const all = ["forward", "--listen", "127.0.0.1:0", "--json", "--servers", servers.join(",")];
    const env = {
      SMARTEYE_MODELS: this.folder.file("models"),
      SMARTEYE_GRPC_URL_OIP_MODEL1: MODEL,
      SMARTEYE_FORWARDER_SLOW_START_MS: "0", // all take part from the first request on
    };
    return `http://${await this.#things.use(new Program([...all, ...args], env)).address()}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#things.disposeAsync();
  }
}
