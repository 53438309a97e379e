/**
 * A byte allowance a day or month, spent where it buys most accuracy. A byte has a price, a Lagrange
 * multiplier of the allowance, which is learned as frames come: it rises with what is sent and sinks with
 * what could have been, so that the spending meets the allowance. A frame is sent when what that gains over
 * what is done without the cloud is more than its bytes cost.
 *
 * Adaptive pacing (Balseiro and Gur, Learning in Repeated Auctions with Budgets, Management Science 65(9),
 * 2019), by multiplicative steps of the price: dual mirror descent (Balseiro, Lu and Mirrokni, The Best of
 * Many Worlds, Operations Research 71(1), 2023).
 */

import type { Parameters } from "../parameters.ts";
import { learnContent } from "./content.ts";
import { wireBytes } from "./expected_accuracy.ts";
import { type Choice, HOPE, Outlook } from "./outlook.ts";
import type { Answer, ControlPolicy, ControlSnapshot, Json } from "./policy.ts";

/** Its own parameters. The defaults are what a plan of 15 GB a month leaves for a day. */
export const parameters = {
  megabytes: {
    about: "megabytes of 1,000,000 bytes that may be sent in each period",
    unit: "megabytes",
    default: 500,
    min: 0.001,
    max: 1_000_000,
  },
  period_hours: {
    about: "hours of the source's own time after which the allowance begins anew",
    unit: "hours",
    default: 24,
    min: 0.001,
    max: 8784,
  },
} as const satisfies Parameters;

/** What is spent, and at which price. */
interface Account {
  /** It is JSON. */
  readonly [key: string]: Json;
  /** Of the frame before, milliseconds. */
  readonly ptsMs: number;
  /** Milliseconds of the period that are over. */
  readonly elapsedMs: number;
  /** Bytes that were sent in it, and some more. */
  readonly spentBytes: number;
  /** Logarithm of the accuracy that a byte costs; accuracy is a sum over frames. */
  readonly logPrice: number;
}

/**
 * A byte's price before anything is known, and its bounds: that frames of 10 kB have to gain 0.2, next to
 * nothing, or more than there is to gain. Round numbers, by no video.
 */
const PRICE = { first: 2e-5, least: 1e-8, most: 1e-2 } as const;

/** Milliseconds of the allowed rate, and frames of middling size, that change the price e-fold: the more of both. */
const STEP = { ms: 5000, frames: 4 } as const;

/** What a frame counts for beyond what is expected of it: how large it is is known once it is encoded. */
const RESERVE = 1.1;

/** Frames that a result is reckoned to stand for: this one and the next. */
const FRAMES = 2;

/** What a miss costs beside its accuracy, as `deadline_accuracy` has it. */
const MISS_COST = 1;

/** Decides. Where there is no cloud, or no allowance left, it is the best of the edge. */
export const metered: ControlPolicy = (snapshot): Answer => {
  const kept = keptIn(snapshot.state);
  const content = learnContent({ ...snapshot, state: kept.content });
  const outlook = new Outlook(snapshot, content, { mayFilter: true, hope: HOPE });
  const meter = new Meter(snapshot, outlook, kept.account);
  const model = outlook.sendsTo;
  const best = model && meter.best();
  if (!best) {
    const reason = model ? meter.reason : "the cloud is not available";
    return { ...outlook.fill(reason), state: { content, account: meter.account } };
  }
  const { choice: { sending, isHedged }, bytes, gain } = best;
  const reason = `${gain.toFixed(2)} gained for ${bytes.toFixed(0)} bytes, ${meter.reason}`;
  return {
    ...outlook.send(model, sending, isHedged, reason),
    state: { content, account: meter.after(bytes) },
  };
};

/** What may be sent at one decision, and what it costs. */
class Meter {
  /** At this frame, before it is decided about. */
  readonly account: Account;
  readonly #allowedBytes: number;
  readonly #stepBytes: number;

  constructor(
    private readonly snapshot: ControlSnapshot,
    private readonly outlook: Outlook,
    known: Account | undefined,
  ) {
    const periodMs = this.#parameter("period_hours") * 3_600_000;
    this.#allowedBytes = this.#parameter("megabytes") * 1_000_000;
    const { ptsMs } = snapshot.frame;
    const passedMs = Math.max(0, ptsMs - (known?.ptsMs ?? ptsMs));
    const elapsedMs = (known?.elapsedMs ?? 0) + passedMs;
    const spentBytes = elapsedMs < periodMs ? known?.spentBytes ?? 0 : 0;
    const nowMs = elapsedMs % periodMs;
    const bytesPerMs = Math.max(0, this.#allowedBytes - spentBytes) / (periodMs - nowMs);
    const middling = outlook.sendings[Math.floor(outlook.sendings.length / 2)]!.bytes;
    this.#stepBytes = Math.max(STEP.ms * bytesPerMs, STEP.frames * middling);
    const before = known?.logPrice ?? Math.log(PRICE.first);
    const logPrice = bounded(before - bytesPerMs * passedMs / this.#stepBytes);
    this.account = { ptsMs, elapsedMs: nowMs, spentBytes, logPrice };
  }

  /** The account once so many bytes are sent. */
  after(bytes: number): Account {
    const { account } = this;
    return {
      ...account,
      spentBytes: account.spentBytes + RESERVE * bytes,
      logPrice: bounded(account.logPrice + bytes / this.#stepBytes),
    };
  }

  /** What gains most beyond its price, of all that the allowance has left; `undefined` where nothing does. */
  best(): { readonly choice: Choice; readonly bytes: number; readonly gain: number } | undefined {
    const filled = this.outlook.filled(FRAMES);
    let best: { choice: Choice; bytes: number; gain: number } | undefined;
    let most = 0;
    for (
      const choice of this.outlook.choices(this.outlook.sendings, {
        missCost: MISS_COST,
        frames: FRAMES,
      })
    ) {
      const bytes = wireBytes(this.snapshot, choice.sending);
      // The allowance holds whatever is to be gained.
      if (this.account.spentBytes + RESERVE * bytes > this.#allowedBytes) break;
      const gain = choice.worth - filled;
      const left = gain - bytes * this.#price;
      if (left > most) [best, most] = [{ choice, bytes, gain }, left];
    }
    return best;
  }

  /** How things stand. */
  get reason(): string {
    const { spentBytes } = this.account;
    const share = 100 * spentBytes / this.#allowedBytes;
    return `a kB costs ${(1000 * this.#price).toPrecision(2)}, ${share.toFixed(1)} % is spent`;
  }

  get #price(): number {
    return Math.exp(this.account.logPrice);
  }

  #parameter(name: keyof typeof parameters): number {
    return this.snapshot.parameters[name] ?? parameters[name].default;
  }
}

function bounded(logPrice: number): number {
  return Math.min(Math.log(PRICE.most), Math.max(Math.log(PRICE.least), logPrice));
}

function keptIn(state: Json | undefined): { content: Json | undefined; account?: Account } {
  const isKept = typeof state === "object" && state !== null && "account" in state &&
    "content" in state;
  return isKept
    ? { content: state["content"] as Json, account: state["account"] as Account }
    : { content: undefined };
}
