/** All sources of an edge to a stream of NATS JetStream, by one connection. */

import { logger } from "../../../../core/log.ts";
import { readAuthorities } from "../../../cloud/authorities.ts";
import type { Note } from "../../../scene/note.ts";
import type { FrameResult } from "../../sink.ts";
import { type BrokerAddress, brokerAddress } from "../broker_address.ts";
import { KeptConnection } from "../kept_connection.ts";
import { inlineImage } from "../messages/event_message.ts";
import { Moments, type Outgoing } from "../messages/moments.ts";
import { secretOf } from "../secret.ts";
import { Sending } from "../sending.ts";
import type { SharedSink, SinkPlace, SinkRun, SinkWriter } from "../writer.ts";
import { NatsLink } from "./nats_link.ts";
import { NATS_DEFAULTS, type NatsOptions } from "./options.ts";

const log = logger("edge");

/** Before every subject, where the address names nothing else. */
const PREFIX = "smarteye";

const PORT = 4222;

/** What is sent: a message about what happened, or the line of a frame. */
type Sent =
  | ({ readonly kind: "message" } & Outgoing)
  | { readonly kind: "frame"; readonly id: string; readonly line: string };

/** The stream of an edge. */
export class NatsSink implements SharedSink {
  private constructor(
    private readonly place: SinkPlace,
    private readonly options: NatsOptions,
    private readonly address: BrokerAddress,
    private readonly kept: KeptConnection<NatsLink>,
  ) {}

  /**
   * Reads the secrets and begins to connect. A server that is not there yet may come later.
   *
   * @throws {SmarteyeError} when the secrets cannot be read.
   */
  static async open(place: SinkPlace): Promise<NatsSink> {
    const { clock, path, own: { nats: options = NATS_DEFAULTS } = {} } = place;
    const { password, token, credentials, authorities, stream } = options;
    const address = brokerAddress(path, PORT);
    const parts = {
      ...{ address, clock },
      password: password ? await secretOf("the password of nats", password) : address.password,
      token: token && await secretOf("the token of nats", token),
      credentials: credentials === undefined
        ? undefined
        : await secretOf("the credentials of nats", { file: credentials }),
      authorities: authorities ? await readAuthorities(authorities, "ca_file of the sink") : [],
    };
    const kept = new KeptConnection({
      ...{ to: address.shown, clock, open: () => NatsLink.open(parts) },
      greet: async (link) => {
        if (stream) await link.ensureStream(stream, `${prefixOf(address)}.>`);
      },
    });
    await kept.tried();
    return new NatsSink(place, options, address, kept);
  }

  /** What a run writes through. */
  of(run: SinkRun): Promise<SinkWriter> {
    const { place, kept, options: { snapshot }, address } = this;
    const subject = `${prefixOf(address)}.${token(run.options.name)}`;
    const writer = new NatsWriter({ place, run, kept, snapshot, subject });
    return Promise.resolve(writer);
  }

  /** Takes leave. */
  close(): Promise<void> {
    return this.kept.close();
  }
}

/** What a writer is made of. */
interface WriterParts {
  readonly place: SinkPlace;
  readonly run: SinkRun;
  readonly kept: KeptConnection<NatsLink>;
  readonly snapshot: NatsOptions["snapshot"];
  /** Before the last word of every subject. */
  readonly subject: string;
}

/** Writes the messages of one run. */
class NatsWriter implements SinkWriter<readonly Sent[]> {
  readonly #moments: Moments;
  readonly #sending = new Sending<Sent>();
  readonly #hasFrames: boolean;

  constructor(private readonly parts: WriterParts) {
    const { place: { what }, run } = parts;
    this.#moments = new Moments(what, run.snapshots !== undefined);
    this.#hasFrames = what.has("frames");
  }

  get description(): string {
    return `NATS, ${this.parts.subject}.>`;
  }

  itemOf(result: FrameResult): readonly Sent[] | undefined {
    const { record } = result;
    const { source, frame, captured_at } = record;
    const id = `${source}-${frame}-${captured_at}`;
    const line = this.#hasFrames
      ? [{ kind: "frame", id, line: JSON.stringify(record) } as const]
      : [];
    const all = [...line, ...sent(this.#moments.of(result))];
    return all.length > 0 ? all : undefined;
  }

  itemOfNote(note: Note): readonly Sent[] | undefined {
    const all = sent(this.#moments.ofNote(note));
    return all.length > 0 ? all : undefined;
  }

  async write(items: readonly (readonly Sent[])[]): Promise<void> {
    const link = this.parts.kept.get();
    await this.#sending.all(items, (one) => this.#publish(link, one));
  }

  back(): Promise<void> {
    return this.parts.kept.back();
  }

  tried(): Promise<void> {
    return this.parts.kept.tried();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #publish(link: NatsLink, one: Sent): Promise<void> {
    const { subject } = this.parts;
    if (one.kind === "frame") {
      return await link.publish(`${subject}.frames`, utf8(one.line), one.id);
    }
    const { message } = one;
    const topic = `${subject}.${message.data.event === "source" ? "source" : "events"}`;
    await link.publish(topic, await this.#payload(link, one), message.id);
  }

  /** With its picture, if that is wanted and the server takes as much. */
  async #payload(link: NatsLink, { message, pictured }: Outgoing): Promise<Uint8Array> {
    const { snapshot, run } = this.parts;
    const plain = utf8(JSON.stringify(message));
    if (snapshot === "none" || pictured === undefined) return plain;
    const jpeg = await run.snapshots?.read(pictured);
    if (!jpeg) return plain;
    const whole = utf8(JSON.stringify({ ...message, image: inlineImage(jpeg) }));
    if (whole.length <= link.bytesMax) return whole;
    log.warn("{subject}: a picture is left out, {bytes} bytes are more than the server takes", {
      ...{ subject: this.parts.subject, bytes: whole.length },
    });
    return plain;
  }
}

function sent(messages: readonly Outgoing[]): readonly Sent[] {
  return messages.map((one) => ({ kind: "message", ...one }));
}

function prefixOf({ path }: BrokerAddress): string {
  return path.replaceAll("/", ".") || PREFIX;
}

/** One word of a subject. */
function token(name: string): string {
  return name.replace(/[.*>\s]/g, "_");
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
