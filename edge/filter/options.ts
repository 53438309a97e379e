/** Which filter a source has, resolved and checked. */

import type { GateOptions } from "./motion_gate.ts";
import type { LearnedFile } from "./learned_file.ts";

/** A filter, and how it looks. */
export interface FilterOptions extends GateOptions {
  /** How large a change may be; absent: none may be. */
  readonly learned?: LearnedFile;
}
