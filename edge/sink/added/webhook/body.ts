/** What is posted: JSON, with or without a picture in it, or JSON and a picture as parts of a form. */

import { concatBytes } from "../../../../core/bytes.ts";
import { type EventMessage, inlineImage } from "../messages/event_message.ts";
import type { WebhookOptions } from "./options.ts";

/** A body and its type. */
export interface PostedBody {
  /** The header of that name. */
  readonly contentType: string;
  /** The body. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** The body of a message. @param way how its picture goes along, if it has one */
export function bodyOf(
  message: EventMessage,
  way: WebhookOptions["snapshot"],
  jpeg: Uint8Array<ArrayBuffer> | undefined,
): PostedBody {
  if (way === "multipart" && jpeg) return formOf(message, jpeg);
  const whole = way === "inline" && jpeg ? { ...message, image: inlineImage(jpeg) } : message;
  return { contentType: "application/json", body: utf8(JSON.stringify(whole)) };
}

/** `message` and `snapshot` as parts of a form (RFC 7578). */
function formOf(message: EventMessage, jpeg: Uint8Array<ArrayBuffer>): PostedBody {
  // Of the message's own name, a hash: neither part holds it at the beginning of a line.
  const boundary = `smarteye_${message.id}`;
  const part = (disposition: string, type: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\nContent-Type: ${type}\r\n\r\n`;
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: concatBytes([
      utf8(part('name="message"', "application/json") + JSON.stringify(message) + "\r\n"),
      utf8(part('name="snapshot"; filename="snapshot.jpg"', "image/jpeg")),
      jpeg,
      utf8(`\r\n--${boundary}--\r\n`),
    ]),
  };
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
