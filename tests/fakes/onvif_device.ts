/** ONVIF cameras that are none: what answers a probe, and what answers requests. */

import { createHash } from "node:crypto";
import { createSocket } from "node:dgram";

/** What a probe's answer says of a camera. */
export function probeMatch(
  { id = "urn:uuid:1", scopes = "onvif://www.onvif.org/name/Front%20door", url = "" },
): string {
  return '<?xml version="1.0"?><SOAP-ENV:Envelope' +
    ' xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope"' +
    ' xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing"' +
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><SOAP-ENV:Body>' +
    "<d:ProbeMatches><d:ProbeMatch>" +
    `<wsa:EndpointReference><wsa:Address>${id}</wsa:Address></wsa:EndpointReference>` +
    `<d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>${scopes}</d:Scopes>` +
    `<d:XAddrs>${url}</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion>` +
    "</d:ProbeMatch></d:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>\0";
}

/** Listens for probes on a port of its own, and answers each with all that it is given. */
export async function answering(
  answers: () => readonly (string | Uint8Array)[],
): Promise<
  & { readonly target: { readonly host: string; readonly port: number }; readonly asked: string[] }
  & AsyncDisposable
> {
  const socket = createSocket("udp4");
  const asked: string[] = [];
  socket.on("message", (bytes, { address, port }) => {
    asked.push(bytes.toString());
    for (const answer of answers()) socket.send(answer, port, address);
  });
  await new Promise<void>((resolve) => socket.bind({ address: "127.0.0.1", port: 0 }, resolve));
  return {
    target: { host: "127.0.0.1", port: socket.address().port },
    asked,
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

/** How a camera's services behave. */
export interface FakeServices {
  /** The account's name. */
  readonly account: string;
  /** Its password. */
  readonly password: string;
  /** By how much its clock is ahead, milliseconds. */
  readonly aheadMs?: number;
  /** Answers by what is asked for instead of its own. */
  readonly instead?: Readonly<Record<string, (url: string) => Response | Promise<Response>>>;
  /** What it says its streams are. */
  readonly uris?: readonly string[];
}

/** How far the time of a proof may be off, milliseconds. */
const SKEW_MAX_MS = 5000;

/** A camera's device and media services. */
export function serving(
  { account, password, aheadMs = 0, instead = {}, uris = ["rtsp://127.0.0.1:554/main"] }:
    FakeServices,
): { readonly url: string; readonly asked: string[] } & AsyncDisposable {
  const asked: string[] = [];
  const answers: Readonly<Record<string, (text: string) => string>> = {
    GetSystemDateAndTime: () => {
      const now = new Date(Date.now() + aheadMs);
      return "<SystemDateAndTime><UTCDateTime>" +
        `<Time><Hour>${now.getUTCHours()}</Hour><Minute>${now.getUTCMinutes()}</Minute>` +
        `<Second>${now.getUTCSeconds()}</Second></Time>` +
        `<Date><Year>${now.getUTCFullYear()}</Year><Month>${now.getUTCMonth() + 1}</Month>` +
        `<Day>${now.getUTCDate()}</Day></Date></UTCDateTime></SystemDateAndTime>`;
    },
    // Another address than its own, as behind a router: only the path counts.
    GetCapabilities: () =>
      "<Capabilities><tt:Media xmlns:tt='t'><tt:XAddr>" +
      `${own().replace("127.0.0.1", "203.0.113.9")}/media</tt:XAddr></tt:Media></Capabilities>`,
    GetProfiles: () =>
      uris.map((_, i) =>
        `<trt:Profiles token="p&amp;${i}"><tt:Name>Stream ${i}</tt:Name>` +
        "<tt:VideoEncoderConfiguration><tt:Encoding>H264</tt:Encoding><tt:Resolution>" +
        "<tt:Width>1920</tt:Width><tt:Height>1080</tt:Height></tt:Resolution>" +
        "</tt:VideoEncoderConfiguration></trt:Profiles>"
      ).join(""),
    GetStreamUri: (text) => {
      const i = Number(/<ProfileToken>p&#38;(\d+)</.exec(text)![1]);
      return `<MediaUri><Uri>${uris[i]!.replaceAll("&", "&amp;")}</Uri></MediaUri>`;
    },
  };
  const over = new AbortController();
  const at = { hostname: "127.0.0.1", port: 0, onListen() {}, signal: over.signal };
  const server: Deno.HttpServer<Deno.NetAddr> = Deno.serve(at, async (request) => {
    const text = await request.text();
    const what = /<s:Body><(\w+)/.exec(text)?.[1] ?? "";
    asked.push(`${new URL(request.url).pathname} ${what}`);
    const other = instead[what];
    if (other) return await other(own());
    if (what !== "GetSystemDateAndTime" && !isProved(text, { account, password, aheadMs })) {
      return soap(
        "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode>" +
          "<s:Value>ter:NotAuthorized</s:Value></s:Subcode></s:Code></s:Fault>",
        400,
      );
    }
    return soap(`<x:${what}Response>${answers[what]!(text)}</x:${what}Response>`);
  });
  const own = (): string => `http://127.0.0.1:${server.addr.port}`;
  return {
    url: `${own()}/onvif/device_service`,
    asked,
    [Symbol.asyncDispose]: async () => {
      over.abort(); // an answer that never comes is not waited for
      await server.finished;
    },
  };
}

/** An answer of a service. */
export function soap(body: string, status = 200): Response {
  const text = "<?xml version='1.0'?><s:Envelope xmlns:s='s'>" +
    `<s:Header/><s:Body>${body}</s:Body></s:Envelope>`;
  return new Response(text, { status, headers: { "content-type": "application/soap+xml" } });
}

function isProved(
  text: string,
  { account, password, aheadMs }: { account: string; password: string; aheadMs: number },
): boolean {
  const said = (name: string) =>
    new RegExp(`<\\w:${name}(?: [^>]*)?>([^<]*)<`).exec(text)?.[1] ?? "";
  const created = said("Created");
  const digest = createHash("sha1").update(Uint8Array.fromBase64(said("Nonce")))
    .update(created).update(password).digest("base64");
  const isNow = Math.abs(Date.parse(created) - aheadMs - Date.now()) < SKEW_MAX_MS;
  return said("Username") === account && said("Password") === digest && isNow;
}
