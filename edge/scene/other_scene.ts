/** Whether a frame is of another scene than the one before: then nothing of that says anything of it. */

import type { CapturedPicture } from "../../core/frame.ts";

/** What tells frames of different scenes apart. */
export type Seen = Pick<CapturedPicture, "width" | "height" | "file">;

/** How scenes are told apart. */
export interface SceneRule {
  /** Whether files one after the other are one scene, as numbered images of a video are; absent: no. */
  readonly isOneScene?: boolean;
}

/** Whether a frame is of another size, or of another file, than the one before. */
export function isOtherScene(now: Seen, before: Seen, { isOneScene = false }: SceneRule): boolean {
  return now.width !== before.width || now.height !== before.height ||
    (now.file !== before.file && !isOneScene);
}
