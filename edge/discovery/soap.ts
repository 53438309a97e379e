/** One request to an ONVIF service and its answer: SOAP 1.2 over HTTP. */

import { createHash } from "node:crypto";
import { type ClientRequest, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { type Clock, OVER } from "../../core/clock.ts";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import { TlsAgent } from "../cloud/tls_agent.ts";
import { plain } from "./plain.ts";
import { elementsAt, escaped, readXml, textAt, type Xml } from "./xml.ts";

/** Account and password of a camera. */
export interface Login {
  /** The account's name. */
  readonly account: string;
  /** Never sent: only what proves that it is known. */
  readonly password: string;
}

/** How a camera is asked. */
export interface Asking {
  /** Whom it is asked for; without, nobody is named. */
  readonly login?: Login;
  /** By how much the camera's clock is ahead of this machine's, milliseconds. */
  readonly aheadMs?: number;
  /** Until when it has to answer, by the clock's `nowMs`. */
  readonly dueAtMs: number;
  /** Ends the request early. */
  readonly signal: AbortSignal;
}

/** Bytes of an answer. */
const ANSWER_BYTES_MAX = 1_000_000;

const WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss";

/**
 * Asks a service for something.
 *
 * @param url the service's address.
 * @param body the element that asks, with its namespaces.
 * @returns the SOAP body of the answer.
 * @throws {SmarteyeError} `deadline_exceeded` when it does not answer in time, `failed_precondition`
 * when it refuses, `unavailable` when it cannot be reached or what it answers cannot be read.
 */
export async function ask(
  url: string,
  body: string,
  asking: Asking,
  clock: Clock,
): Promise<Xml> {
  const { login, aheadMs = 0, dueAtMs, signal } = asking;
  const header = login ? security(login, new Date(clock.epochMs() + aheadMs)) : "";
  const text = '<?xml version="1.0" encoding="UTF-8"?>' +
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">' +
    `<s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
  const over = new AbortController();
  const leftMs = Math.max(0, dueAtMs - clock.nowMs());
  let late = false;
  void clock.sleep(leftMs, over.signal).then(() => {
    late = !over.signal.aborted;
    over.abort(OVER);
  });
  try {
    const { status, bytes } = await post(url, text, AbortSignal.any([signal, over.signal]));
    return bodyOf(status, bytes);
  } catch (error) {
    if (error instanceof SmarteyeError) throw error;
    if (late) throw new SmarteyeError("deadline_exceeded", "it does not answer in time");
    throw new SmarteyeError("unavailable", `it cannot be asked: ${plain(messageOf(error))}`, {
      cause: error,
    });
  } finally {
    over.abort(OVER);
  }
}

/** What proves that the password is known (OASIS WS-Security UsernameToken Profile 1.0). */
function security({ account, password }: Login, created: Date): string {
  const nonce = crypto.getRandomValues(new Uint8Array(16));
  const at = created.toISOString();
  const digest = createHash("sha1").update(nonce).update(at).update(password).digest("base64");
  return `<w:Security s:mustUnderstand="1" xmlns:w="${WSSE}-wssecurity-secext-1.0.xsd"` +
    ` xmlns:u="${WSSE}-wssecurity-utility-1.0.xsd"><w:UsernameToken>` +
    `<w:Username>${escaped(account)}</w:Username>` +
    `<w:Password Type="${WSSE}-username-token-profile-1.0#PasswordDigest">${digest}</w:Password>` +
    `<w:Nonce EncodingType="${WSSE}-soap-message-security-1.0#Base64Binary">` +
    `${nonce.toBase64()}</w:Nonce><u:Created>${at}</u:Created>` +
    "</w:UsernameToken></w:Security>";
}

/** Goes to that address alone: no proxy and no redirection takes it elsewhere. */
function post(
  url: string,
  text: string,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly bytes: Uint8Array }> {
  const { promise, resolve, reject } = Promise.withResolvers<
    { readonly status: number; readonly bytes: Uint8Array }
  >();
  const content = new TextEncoder().encode(text);
  const headers = {
    "content-type": "application/soap+xml; charset=utf-8",
    "content-length": String(content.length),
    connection: "close",
  };
  const asked = { method: "POST", headers };
  const request: ClientRequest = url.startsWith("https:")
    ? httpsRequest(url, { ...asked, agent: new TlsAgent(1, []) })
    : httpRequest(url, { ...asked, agent: false });
  const stop = () => fail(new Error("it was ended"));
  const fail = (error: Error) => {
    signal.removeEventListener("abort", stop);
    reject(error);
    request.destroy();
  };
  request.on("error", fail);
  request.on("response", (response) => {
    const parts: Uint8Array[] = [];
    let length = 0;
    response.on("data", (part: Uint8Array) => {
      length += part.length;
      if (length > ANSWER_BYTES_MAX) fail(new Error(`more than ${ANSWER_BYTES_MAX} bytes`));
      else parts.push(part);
    });
    response.on("error", fail);
    response.on("aborted", () => fail(new Error("its answer breaks off")));
    response.on("end", () => {
      signal.removeEventListener("abort", stop);
      resolve({ status: response.statusCode ?? 0, bytes: Buffer.concat(parts) });
    });
  });
  if (signal.aborted) stop();
  else {
    signal.addEventListener("abort", stop, { once: true });
    request.end(content);
  }
  return promise;
}

function bodyOf(status: number, bytes: Uint8Array): Xml {
  const root = readXml(bytes);
  const [body] = elementsAt(root, ["Body"]);
  const [fault] = elementsAt(body, ["Fault"]);
  if (fault) {
    const codes = [["Code", "Subcode", "Value"], ["Code", "Subcode", "Subcode", "Value"]]
      .map((path) => textAt(fault, path));
    const said = plain(textAt(fault, ["Reason", "Text"]) || textAt(fault, ["faultstring"]));
    if (status === 401 || codes.some((code) => /NotAuthorized|FailedAuthentication/.test(code))) {
      throw refusesLogin();
    }
    throw new SmarteyeError("failed_precondition", `it refuses: ${said || "it does not say why"}`);
  }
  if (status === 401 || status === 403) throw refusesLogin();
  if (status !== 200) throw new SmarteyeError("unavailable", `it answers with status ${status}`);
  if (!body) throw new SmarteyeError("unavailable", "what it answers is no SOAP");
  return body;
}

function refusesLogin(): SmarteyeError {
  return new SmarteyeError("failed_precondition", "it refuses the account or the password");
}
