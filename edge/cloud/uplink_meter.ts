/**
 * What the uplink carries, by how much longer uploads were on their way than questions, which are next
 * to nothing: the relative one-way delay of LEDBAT (RFC 6817, 3.4.2). By which clock the forwarder tells
 * arrivals, and what it shows, is the same in both and cancels out.
 */

import type { Instant } from "../../proto/http_codec.ts";

/** Uploads that the estimate looks back on, at least: several times as many as share the link. */
const UPLOADS = 20;

/** How many times as many. */
const UPLOADS_EACH = 3;

/** Further ones that it may look back on, so that it begins with one that did not share its time. */
const UPLOADS_MORE = 10;

/** Uploads at once that are reckoned with: looking at more would cost more than it tells. */
const AT_ONCE_MAX = 32;

/** Frames that failed that are remembered. */
const LOST_MAX = 40;

/** Milliseconds after which an upload says nothing about the uplink any more. */
const UPLOAD_AGE_MAX_MS = 60_000;

/** Milliseconds that questions are reckoned with: clocks drift apart, some 50 µs each second. */
const QUESTION_AGE_MAX_MS = 60_000;

/** The same of the least one, as long as all later ones may have waited. As in RFC 6817's history. */
const LEAST_AGE_MAX_MS = 10 * 60_000;

/** Milliseconds after which the frames that were sent before a question have been answered, or never are. */
const SETTLED_MS = 20_000;

/** Bytes of a question, about. */
const QUESTION_BYTES = 300;

/** Questions that tell what the way takes: the latest, for clocks drift within a minute, too. */
const QUESTIONS = 10;

/** Questions that are kept. */
const QUESTIONS_KEPT = 100;

/** Milliseconds by which equal ways differ: event loops and kernels have other things to do. */
const NOISE_MS = 2;

/** Share of the rate before at which uploads that have just arrived may be the first of several. */
const SLOWER = 0.75;

/** Something that was sent, and when it was there. */
export interface Sent {
  /** When its bytes began to be written to an open connection, milliseconds of the edge's clock. */
  readonly sentAtMs: number;
  /** When its last byte arrived, by the forwarder's clock. */
  readonly received: Instant;
}

/** A frame that was sent. */
export interface Upload extends Sent {
  /** Bytes of the request. */
  readonly bytes: number;
}

/** A frame that was sent and not answered in time, or not as it should be. */
export interface Lost {
  /** When it was begun, milliseconds of the edge's clock. */
  readonly sentAtMs: number;
  /** When it was given up, by the same clock. */
  readonly endedAtMs: number;
  /** Bytes that were sent until then: how many of them the link has carried is not known. */
  readonly bytes: number;
}

/** A question that was answered. */
interface Question extends Sent {
  /** Whether it arrived right behind a frame, or before one that was sent before it. */
  readonly mayHaveWaited: boolean;
}

/** Bytes, and in how much time the link carried them. */
interface Carried {
  readonly bytes: number;
  readonly ms: number;
}

/** An upload, with the time in which it was on the link and none before it was. */
interface Share extends Carried {
  readonly sentAtMs: number;
  /** When it arrived, less what the way takes: by the edge's clock. */
  readonly carriedAtMs: number;
}

/** How many uploads an estimate looks back on, and how many more. */
interface Window {
  readonly size: number;
  readonly moreMax: number;
}

/** Learns from questions how long the way takes, and from frames what it carries. */
export class UplinkMeter {
  #clock: string | undefined;
  #questions: readonly Question[] = [];
  #uploads: readonly Upload[] = [];
  #lost: readonly Lost[] = [];
  readonly #window: Window;
  /** Uploads that are kept: the oldest only say which time they took up before the first that counts. */
  readonly #keptMax: number;

  /** Knows nothing yet. @param atOnce uploads that may share the link. */
  constructor(atOnce = 1) {
    const sharing = Math.min(AT_ONCE_MAX, atOnce);
    this.#window = {
      size: Math.max(UPLOADS, UPLOADS_EACH * sharing),
      moreMax: Math.max(UPLOADS_MORE, sharing),
    };
    this.#keptMax = this.#window.size + 2 * this.#window.moreMax;
  }

  /** Notes a question that was answered. It may have waited behind frames: the least delay counts. */
  addQuestion(question: Sent): void {
    this.#heard(question);
    const leastMs = Math.min(this.#leastMs(), delayMs(question));
    const mayHaveWaited = this.#uploads.some((upload) => holdsUp(upload, question, leastMs));
    const all = [...this.#questions, { ...question, mayHaveWaited }];
    const isOlder = (ageMs: number) => ({ sentAtMs }: Sent) => sentAtMs < question.sentAtMs - ageMs;
    const old = all.filter(isOlder(QUESTION_AGE_MAX_MS));
    const recent = all.slice(old.length); // they are asked one after the other
    // On a link that is never free for a question, what was known of it stays.
    const isFree = recent.some((one) => isOlder(SETTLED_MS)(one) && !one.mayHaveWaited);
    const kept = isFree
      ? []
      : old.filter((one) => !isOlder(LEAST_AGE_MAX_MS)(one)).sort(byDelay).slice(0, 1);
    this.#questions = [...kept, ...recent.slice(-QUESTIONS_KEPT)];
  }

  /** Notes a frame that arrived, in any order. */
  addUpload(upload: Upload): void {
    this.#heard(upload);
    this.#uploads = [...this.#uploads, upload]
      .sort((a, b) => a.received.at_ms - b.received.at_ms).slice(-this.#keptMax);
    const leastMs = this.#leastMs();
    this.#questions = this.#questions.map((question) =>
      holdsUp(upload, question, leastMs) ? { ...question, mayHaveWaited: true } : question
    );
  }

  /** Notes a frame that failed: it may have taken time of the link from others. */
  addLost(lost: Lost): void {
    this.#lost = [...this.#lost, lost].slice(-LOST_MAX);
  }

  /**
   * Bytes a second that the link carried while frames were on it, all of them together; `undefined` as
   * long as no question and no recent frame says so.
   */
  bytesPerSec(nowMs: number): number | undefined {
    const isRecent = ({ sentAtMs }: { sentAtMs: number }) => nowMs - sentAtMs <= UPLOAD_AGE_MAX_MS;
    const baseMs = this.#baseMs(this.#uploads.filter(isRecent), nowMs);
    if (baseMs === undefined) return undefined;
    const shares = withoutBegun(sharesOf(this.#uploads, baseMs).filter(isRecent));
    const latest = latestOf(shares, this.#window);
    const { bytes, ms } = sumOf(latest);
    return ms > 0 ? (bytes + this.#lostBytes(latest)) * 1000 / ms : undefined;
  }

  /**
   * Bytes of lost frames that the link carried in the time of these. All that is known of it is that they
   * are no more than were sent; the link is reckoned to have been as fast as with frames that no lost one
   * has held up.
   */
  #lostBytes(shares: readonly Share[]): number {
    const heldUp = shares.filter((share) => this.#lost.some((lost) => mayHoldUp(lost, share)));
    const alone = sumOf(shares.filter((share) => !heldUp.includes(share)));
    if (heldUp.length === 0 || alone.ms === 0) return 0;
    const { bytes, ms } = sumOf(heldUp);
    const sent = this.#lost.filter((lost) => heldUp.some((share) => mayHoldUp(lost, share)))
      .reduce((sum, lost) => sum + lost.bytes, 0);
    return Math.min(sent, Math.max(0, alone.bytes * ms / alone.ms - bytes));
  }

  /** What the way alone takes; `undefined` when `uploads` show that all questions had to wait on it. */
  #baseMs(uploads: readonly Upload[], nowMs: number): number | undefined {
    // They are also forgotten where none is asked any more.
    const questions = this.#questions.filter(({ sentAtMs }) =>
      nowMs - sentAtMs <= LEAST_AGE_MAX_MS
    );
    const leastMs = Math.min(...questions.map(delayMs));
    if (!Number.isFinite(leastMs)) return undefined;
    if (uploads.some((upload) => delayMs(upload) < leastMs - NOISE_MS)) return undefined;
    // Their mean, not the least: frames are held up by chance as well.
    const free = questions.map(delayMs).filter((delay) => delay <= leastMs + NOISE_MS)
      .slice(-QUESTIONS);
    return free.reduce((sum, delay) => sum + delay, 0) / free.length;
  }

  #leastMs(): number {
    return Math.min(...this.#questions.map(delayMs));
  }

  /** By another clock, nothing that is known can be compared with what comes. */
  #heard({ received: { clock } }: Sent): void {
    if (clock === this.#clock) return;
    this.#clock = clock;
    this.#questions = [];
    this.#uploads = [];
  }
}

/**
 * Whether a frame that was sent before the question arrived after it, or so shortly before that this may
 * have waited: then only its own bytes were between the two.
 *
 * @param leastMs the least delay of a question.
 */
function holdsUp(upload: Upload, question: Sent, leastMs: number): boolean {
  const ownMs = QUESTION_BYTES * Math.max(0, delayMs(upload) - leastMs) / upload.bytes;
  return upload.sentAtMs <= question.sentAtMs &&
    upload.received.at_ms + ownMs + NOISE_MS > question.received.at_ms;
}

/** Whether a lost frame was on the link with this one: also its rest, which is sent after it was given up. */
function mayHoldUp({ sentAtMs, endedAtMs }: Lost, share: Share): boolean {
  const goneAtMs = endedAtMs + (endedAtMs - sentAtMs);
  return sentAtMs < share.carriedAtMs && share.sentAtMs < goneAtMs;
}

function byDelay(a: Sent, b: Sent): number {
  return delayMs(a) - delayMs(b);
}

/** How long it was on its way, on top of what the two clocks differ by. */
function delayMs({ sentAtMs, received }: Sent): number {
  return received.at_ms - sentAtMs;
}

/**
 * Counts each moment in which uploads were on the link once, with the first of them to arrive: so the
 * latest ones can be summed up although they waited for others.
 *
 * @param uploads in the order of their arrival.
 */
function sharesOf(uploads: readonly Upload[], baseMs: number): Share[] {
  const busy: { fromMs: number; toMs: number }[] = [];
  return uploads.map(({ bytes, sentAtMs, received: { at_ms: toMs } }) => {
    let fromMs = Math.min(sentAtMs + baseMs, toMs);
    let ms = toMs - fromMs;
    for (let last = busy.at(-1); last && last.toMs >= fromMs; last = busy.at(-1)) {
      ms -= last.toMs - Math.max(last.fromMs, fromMs);
      fromMs = Math.min(last.fromMs, fromMs);
      busy.pop();
    }
    busy.push({ fromMs, toMs });
    return { bytes, ms, sentAtMs, carriedAtMs: toMs - baseMs };
  });
}

/** The latest ones that the estimate looks back on: they begin with one that did not share its time. */
function latestOf(shares: readonly Share[], { size, moreMax }: Window): readonly Share[] {
  let first = Math.max(0, shares.length - size);
  const least = Math.max(0, first - moreMax);
  let { bytes, ms } = sumOf(shares.slice(first));
  while (first > least && comesAlong(shares[first]!, { bytes, ms })) {
    const before = shares[--first]!;
    bytes += before.bytes;
    ms += before.ms;
  }
  return shares.slice(first);
}

/** Whether an upload arrived together with those before it: their time is counted with the first. */
function comesAlong(share: Carried, mean: Carried): boolean {
  return share.ms * mean.bytes < mean.ms * share.bytes / 2;
}

/**
 * Uploads that share the link arrive together, and take its time from one another. As long as only some
 * of them have, they seem to have been slow: they are left out until the others have, too.
 */
function withoutBegun(shares: readonly Share[]): readonly Share[] {
  const mean = sumOf(shares);
  let first = shares.length - 1;
  while (first > 0 && comesAlong(shares[first]!, mean)) first--;
  const before = sumOf(shares.slice(0, first));
  const latest = sumOf(shares.slice(first));
  const isSlower = latest.bytes * before.ms < SLOWER * before.bytes * latest.ms;
  return first > 0 && isSlower ? shares.slice(0, first) : shares;
}

function sumOf(shares: readonly Carried[]): Carried {
  let bytes = 0;
  let ms = 0;
  for (const share of shares) {
    bytes += share.bytes;
    ms += share.ms;
  }
  return { bytes, ms };
}
