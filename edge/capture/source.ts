/** Where frames come from: the seam between the world and the pipeline. */

import type { Clock } from "../../core/clock.ts";
import type { CapturedPicture } from "../../core/frame.ts";
import type { Rng } from "../../core/rng.ts";
import type { PacketTape } from "./media/packet_tape.ts";

/**
 * What a live source is doing: it is being opened; pictures come; none has come for a while; it is lost
 * and tried again later; it is over.
 */
export type SourceState = "connecting" | "live" | "stalled" | "waiting" | "ended";

/** Every state, in the order in which a source first comes to them. */
export const SOURCE_STATES: readonly SourceState[] = [
  "connecting",
  "live",
  "stalled",
  "waiting",
  "ended",
];

/** What a source tells beside its pictures. */
export type SourceEvent =
  | {
    readonly kind: "state";
    readonly state: SourceState;
    /** Why, as a clause; empty where there is nothing to say. */
    readonly detail: string;
  }
  | {
    /** It delivers less than there was. */
    readonly kind: "left_out";
    /** What is missing, in the plural, such as `damaged packets`: counted under this name. */
    readonly what: string;
    /** How many more. */
    readonly count: number;
    /** The latest of them, as a clause; empty where there is nothing to say. */
    readonly detail: string;
  };

/** Hears what a source tells. */
export type TellSource = (event: SourceEvent) => void;

/** What capture needs of the world. */
export interface CaptureWorld {
  /** Stalls and waits go by it. */
  readonly clock: Clock;
  /** Waits before a lost camera is tried again differ a little by it. */
  readonly rng: Rng;
  /** Aborts when nothing more is to be read: what is being opened then is given up. */
  readonly drain: AbortSignal;
  /** What video is kept on as it was sent; absent: on nothing. */
  readonly tape?: PacketTape | undefined;
}

/** An opened source of pictures. */
export interface FrameSource {
  /** What it is, for people; no passwords. */
  readonly description: string;
  /** Whether pictures come in their own time: one that is not taken is missed. */
  readonly live: boolean;
  /** How many pictures there are, if that is known. */
  readonly frameCount: number | undefined;
  /** Whether each picture is one by itself, as in a folder of photographs; absent: no. */
  readonly areStills?: boolean;
  /** Pictures a second, if that is known. */
  readonly fps: number | undefined;
  /**
   * The pictures, in order, until the source ends or `signal` aborts. To be iterated once.
   *
   * @param tell hears what happens to the source meanwhile, and what it leaves out.
   * @throws {SmarteyeError} when the source breaks off.
   */
  pictures(signal: AbortSignal, tell?: TellSource): AsyncIterable<CapturedPicture>;
  /** Gives the source back. */
  close(): Promise<void>;
}
