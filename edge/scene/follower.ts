/** What each frame shows: what was found in it, with tracks, or the last result, moved on to it. */

import type { Frame } from "../../core/frame.ts";
import type { Ending } from "../record.ts";
import { Tracker } from "../tracking/tracker.ts";
import { carried } from "./carried.ts";
import { isOtherScene, type SceneRule, type Seen } from "./other_scene.ts";
import type { Shown, ShownFindings } from "./shown.ts";

/** How things are followed. */
export interface FollowOptions extends SceneRule {
  /** Whether they are. */
  readonly track: boolean;
}

/** What a frame shows, and what is seen no more. */
export interface Followed {
  /** `undefined` where nothing is known of it. */
  readonly shown: Shown | undefined;
  /** Numbers of the tracks that are over since the frame before. */
  readonly ended: readonly number[];
}

/** Follows the things of one run; frames come in order of capture, each once. */
export class Follower {
  readonly #tracker: Tracker | undefined;
  /** What was found in the frame that was inferred last. */
  #last: { readonly ptsMs: number; readonly findings: ShownFindings } | undefined;
  /** Of the frame that was seen last. */
  #before: Seen | undefined;

  /** Has seen nothing yet. */
  constructor(private readonly options: FollowOptions) {
    if (options.track) this.#tracker = new Tracker();
  }

  /** Things that are followed and were seen in the latest frame that was inferred. */
  get tracks(): number {
    return this.#tracker?.count ?? 0;
  }

  /** Takes the next frame. */
  see({ picture }: Frame, ending: Ending): Followed {
    let left: readonly number[] = [];
    if (picture.width > 0) { // one that cannot be read has no size, and says nothing of the scene
      const { width, height, file } = picture;
      const seen = { width, height, ...(file === undefined ? {} : { file }) };
      if (this.#before && isOtherScene(seen, this.#before, this.options)) left = this.#reset();
      this.#before = seen;
    }
    if ("findings" in ending) return this.#found(ending.findings, picture.ptsMs, left);
    return { shown: this.#carriedTo(picture, ending), ended: left };
  }

  #found(findings: ShownFindings, ptsMs: number, left: readonly number[]): Followed {
    if (!this.#tracker || !("detections" in findings)) {
      this.#last = { ptsMs, findings };
      return { shown: { findings }, ended: left };
    }
    const { detections, ended } = this.#tracker.update(findings.detections, ptsMs);
    this.#last = { ptsMs, findings: { detections } };
    return { shown: { findings: { detections } }, ended: [...left, ...ended] };
  }

  /** The last result, for a frame of which it was decided that this does. */
  #carriedTo(picture: Frame["picture"], ending: Ending): Shown | undefined {
    if (ending.outcome !== "filtered" || !this.#last) return undefined;
    const { findings, ptsMs } = this.#last;
    const ageMs = picture.ptsMs - ptsMs;
    if (!("detections" in findings)) return { findings, ageMs };
    const then = { atMs: picture.ptsMs, still: ending.still === true, size: picture };
    return { findings: { detections: carried(findings.detections, this.#tracker, then) }, ageMs };
  }

  #reset(): readonly number[] {
    this.#last = undefined;
    return this.#tracker?.reset() ?? [];
  }
}
