/** What the files of a run go by that are not kept for ever, or not at any cost. */

import type { Room } from "../retention/disk_room.ts";
import type { LineParts } from "./line_file.ts";

/** Of one run. */
export interface Keeping {
  /** How large parts of its lines become; absent: each file is one. */
  readonly parts?: LineParts;
  /** Room for its pictures; absent: as much as the disk has. */
  readonly room?: Room;
}
