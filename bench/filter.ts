/**
 * What filters cost, miss and save: `deno task bench:filter [cost] [still] [mover] [vectors] [learned]`, of
 * none named all. `docs/filter.md` and `docs/design/movement_is_seen_in_grey.md` have the figures.
 *
 * - cost: CPU of a frame that the motion gate looks at, at two sizes, beyond that of decoding it.
 * - still: an hour of an empty street, with its noise and its light, as it is and coded.
 * - mover: whether something of 2 % of the height is seen in the first frame in which it moves.
 * - vectors: the decoder's motion vectors beside it.
 * - learned: filters that were learned on the first half of each video, on the second, beside the best
 *   that could have been chosen; needs SMARTEYE_TEST_DATA.
 */

import { cost } from "./filter/cost.ts";
import { learned } from "./filter/learned.ts";
import { mover } from "./filter/mover.ts";
import { still } from "./filter/still.ts";
import { vectors } from "./filter/vectors.ts";

const PARTS = { cost, still, mover, vectors, learned };

const named = Deno.args.filter((arg) => Object.hasOwn(PARTS, arg)) as (keyof typeof PARTS)[];
const unknown = Deno.args.find((arg) => !Object.hasOwn(PARTS, arg));
if (unknown !== undefined) throw new RangeError(`there is no part "${unknown}"`);
for (const part of named.length > 0 ? named : Object.keys(PARTS) as (keyof typeof PARTS)[]) {
  console.log(`\n${part}`);
  await PARTS[part]();
}
Deno.exit(0);
