/** Whether a file is as long as its own container says: what is cut off ends without an error. */

import { type Clock, OVER } from "../../../core/clock.ts";

/** What of a file can be read. */
interface Bytes {
  /** The file's length. */
  readonly length: number;
  /** So many bytes from an offset on; fewer at the end. */
  at(offset: number, count: number): Promise<DataView>;
}

/** Elements of the outermost level that are looked at: files have some, and fragmented ones thousands. */
const ELEMENTS_MAX = 1_000_000;

/**
 * Looks at the outermost level of MP4 (ISO/IEC 14496-12), Matroska and WebM (RFC 8794) and AVI (RIFF)
 * files, of others at nothing.
 *
 * @param name a path, or an address over HTTP.
 * @param clock ends the wait for a server's answer.
 * @returns what is cut off, as a clause; `undefined` where nothing is, as far as can be told.
 * @throws what reading a file on disk throws.
 */
export async function cutOff(name: string, clock: Clock): Promise<string | undefined> {
  if (/^https?:/i.test(name)) return await remoteCutOff(name, clock);
  using file = await Deno.open(name);
  const { size: length, isFile } = await file.stat();
  if (!isFile) return undefined;
  return await structureOf({
    length,
    async at(offset, count) {
      await file.seek(offset, Deno.SeekMode.Start);
      const buffer = new Uint8Array(count);
      let read = 0;
      while (read < count) {
        const more = await file.read(buffer.subarray(read));
        if (more === null) break;
        read += more;
      }
      return new DataView(buffer.buffer, 0, read);
    },
  });
}

/** Milliseconds that a server has to give some bytes of a file. */
const ANSWER_MS = 5000;

/** Questions about the elements of one file that a server is asked. */
const QUESTIONS_MAX = 100;

/** By parts of the file; a server that does not give those is believed. */
async function remoteCutOff(url: string, clock: Clock): Promise<string | undefined> {
  const { href, headers } = withoutLogin(url);
  let questions = 0;
  const ask = async (offset: number, count: number) => {
    if (questions++ >= QUESTIONS_MAX) throw new Error("it has too many elements");
    const over = new AbortController();
    void clock.sleep(ANSWER_MS, over.signal).then(() => over.abort(OVER));
    const answer = await fetch(href, {
      headers: { ...headers, range: `bytes=${offset}-${offset + count - 1}` },
      signal: over.signal,
    });
    const total = /\/(\d+)$/.exec(answer.headers.get("content-range") ?? "")?.[1];
    if (answer.status !== 206 || total === undefined) {
      over.abort(OVER);
      throw new Error(`it answers ${answer.status}`);
    }
    const buffer = await answer.arrayBuffer();
    over.abort(OVER);
    return {
      length: Number(total),
      view: new DataView(buffer, 0, Math.min(count, buffer.byteLength)),
    };
  };
  try {
    const { length } = await ask(0, 1);
    return await structureOf({
      length,
      at: async (offset, count) => (await ask(offset, Math.min(count, length - offset))).view,
    });
  } catch {
    return undefined; // nothing is known
  }
}

/** An address without its login, and the header that says it instead: `fetch` takes none in a URL. */
function withoutLogin(url: string): { href: string; headers: Record<string, string> } {
  const address = new URL(url);
  const { username, password } = address;
  address.username = address.password = "";
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization = `Basic ${new TextEncoder().encode(login).toBase64()}`;
  return { href: address.href, headers: username === "" ? {} : { authorization } };
}

async function structureOf(bytes: Bytes): Promise<string | undefined> {
  if (bytes.length < 12) return undefined;
  const head = await bytes.at(0, 12);
  if (head.byteLength < 12) return undefined;
  if (head.getUint32(0) === EBML) return await cutMatroska(bytes);
  if (text(head, 0) === "RIFF" && text(head, 8) === "AVI ") return await cutAvi(bytes);
  if (FIRST_BOXES.has(text(head, 4))) return await cutMp4(bytes);
  return undefined;
}

/** What an MP4 may begin with. */
const FIRST_BOXES: ReadonlySet<string> = new Set(["ftyp", "moov", "mdat", "free", "wide", "skip"]);

/** Boxes that hold something that is shown, or without which nothing can be. */
const NEEDED_BOXES: ReadonlySet<string> = new Set(["mdat", "moof", "moov"]);

async function cutMp4(bytes: Bytes): Promise<string | undefined> {
  let isFragmented = false;
  for (let at = 0, seen = 0; at < bytes.length && seen < ELEMENTS_MAX; seen++) {
    const box = await bytes.at(at, 16);
    if (box.byteLength < 8) return isFragmented ? "its last box is cut off" : undefined;
    const name = text(box, 4);
    isFragmented ||= name === "moof";
    let size = box.getUint32(0);
    if (size === 0) return undefined; // it reaches to the end, wherever that is
    if (size === 1 && box.byteLength === 16) size = Number(box.getBigUint64(8));
    if (size < 8) return undefined; // no structure any more: what is read will tell
    if (at + size > bytes.length && NEEDED_BOXES.has(name)) {
      return cutAt(`its box ${name}`, at + size, bytes);
    }
    at += size;
  }
}

const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;

async function cutMatroska(bytes: Bytes): Promise<string | undefined> {
  for (let at = 0, seen = 0; at + 4 <= bytes.length && seen < ELEMENTS_MAX; seen++) {
    const head = await bytes.at(at, 12);
    const id = head.getUint32(0);
    if (id !== EBML && id !== SEGMENT) return undefined;
    const size = head.byteLength > 4 ? vint(head, 4) : undefined;
    if (!size || size.value === undefined) return undefined; // of unknown length, as live streams are
    const end = at + 4 + size.bytes + size.value;
    if (end > bytes.length) return cutAt("its segment", end, bytes);
    at = end;
  }
}

/** A number of variable length: its bytes, and its value unless all its bits are ones. */
function vint(view: DataView, at: number): { bytes: number; value?: number } | undefined {
  const first = view.getUint8(at);
  const bytes = Math.clz32(first) - 23;
  if (bytes > 8 || at + bytes > view.byteLength) return undefined;
  let value = first & ((1 << (8 - bytes)) - 1);
  let isAllOnes = value === (1 << (8 - bytes)) - 1;
  for (let i = 1; i < bytes; i++) {
    const byte = view.getUint8(at + i);
    isAllOnes &&= byte === 0xff;
    value = value * 256 + byte;
  }
  return isAllOnes ? { bytes } : { bytes, value };
}

async function cutAvi(bytes: Bytes): Promise<string | undefined> {
  for (let at = 0, seen = 0; at + 12 <= bytes.length && seen < ELEMENTS_MAX; seen++) {
    const head = await bytes.at(at, 12);
    const size = head.getUint32(4, true);
    if (text(head, 0) !== "RIFF" || size === 0) return undefined;
    if (at + 8 + size > bytes.length) return cutAt("its list RIFF", at + 8 + size, bytes);
    at += 8 + size + size % 2;
  }
}

function cutAt(what: string, end: number, { length }: Bytes): string {
  return `${what} is to end at byte ${end}, and the file ends at byte ${length}`;
}

function text(view: DataView, at: number): string {
  if (at + 4 > view.byteLength) return "";
  return String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, 4));
}
