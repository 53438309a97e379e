/** A POST for each thing that happens. */

import { readAuthorities } from "../../../cloud/authorities.ts";
import type { Note } from "../../../scene/note.ts";
import type { FrameResult } from "../../sink.ts";
import { Moments, type Outgoing } from "../messages/moments.ts";
import { secretOf } from "../secret.ts";
import { Sending } from "../sending.ts";
import type { SinkPlace, SinkRun, SinkWriter } from "../writer.ts";
import { bodyOf } from "./body.ts";
import { WEBHOOK_DEFAULTS, type WebhookOptions } from "./options.ts";
import { post, type PostTarget, shownUrl } from "./post.ts";
import { signedHeaders } from "./signature.ts";

interface Parts {
  readonly target: PostTarget;
  readonly options: WebhookOptions;
  /** What messages are signed with. */
  readonly secret: string | undefined;
}

/** Posts messages one after the other: the next is sent when the one before is taken, or refused for good. */
export class WebhookWriter implements SinkWriter<readonly Outgoing[]> {
  /** What is refused for good takes nothing else along. */
  readonly batchMax = 1;
  readonly #moments: Moments;
  readonly #sending = new Sending<Outgoing>();

  private constructor(
    private readonly parts: Parts,
    private readonly place: SinkPlace,
    private readonly run: SinkRun,
  ) {
    this.#moments = new Moments(place.what, run.snapshots !== undefined);
  }

  /** Reads the secrets; nothing is sent yet. @throws {SmarteyeError} when they cannot be read. */
  static async open(place: SinkPlace, run: SinkRun): Promise<WebhookWriter> {
    const options = place.own?.webhook ?? WEBHOOK_DEFAULTS;
    const { secret, token, authorities } = options;
    const url = new URL(place.path);
    const user = [url.username, url.password].map(decodeURIComponent).join(":");
    url.username = url.password = "";
    const bearer = token && await secretOf("the token of webhook", token);
    const headers = {
      "user-agent": "smarteye",
      ...(user === ":" ? {} : { authorization: `Basic ${btoa(user)}` }),
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    };
    const caCerts = authorities === undefined
      ? []
      : [...await readAuthorities(authorities, "ca_file of the sink")];
    const signing = secret && await secretOf("the secret of webhook", secret);
    const client = caCerts.length > 0 ? Deno.createHttpClient({ caCerts }) : undefined;
    return new WebhookWriter(
      { target: { url, headers, client }, options, secret: signing },
      place,
      run,
    );
  }

  /** Where it posts. */
  get description(): string {
    return shownUrl(this.parts.target.url);
  }

  /** Messages about what happened up to a frame. */
  itemOf(result: FrameResult): readonly Outgoing[] | undefined {
    const messages = this.#moments.of(result);
    return messages.length > 0 ? messages : undefined;
  }

  /** The message about what happened beside the frames. */
  itemOfNote(note: Note): readonly Outgoing[] | undefined {
    const messages = this.#moments.ofNote(note);
    return messages.length > 0 ? messages : undefined;
  }

  /** Posts them. @throws {SmarteyeError} when one cannot be posted now, or was refused for good. */
  write(items: readonly (readonly Outgoing[])[]): Promise<void> {
    return this.#sending.all(items, (message) => this.#post(message));
  }

  /** Gives the connections back. */
  close(): Promise<void> {
    this.parts.target.client?.close();
    return Promise.resolve();
  }

  async #post({ message, pictured }: Outgoing): Promise<void> {
    const { target, options: { snapshot }, secret } = this.parts;
    const { clock } = this.place;
    const isWanted = snapshot !== "none" && pictured !== undefined;
    const jpeg = isWanted ? await this.run.snapshots?.read(pictured) : undefined;
    const posted = bodyOf(message, snapshot, jpeg);
    const signed = signedHeaders({ id: message.id, body: posted.body }, secret, clock.epochMs());
    await post(target, posted, signed, clock);
  }
}
