/** Takes a place for results in a process of its own: says which, and holds it until it is told to end. */

import { takeNew, takePlace } from "../../edge/results_place.ts";

const [how, path] = Deno.args;
try {
  const place = how === "new" ? await takeNew(path!) : await takePlace(path!, how === "overwrite");
  await Deno.writeTextFile(`${place.directory}/results.jsonl`, `${Deno.pid}\n`);
  console.log(JSON.stringify({ took: place.directory }));
  await Deno.stdin.read(new Uint8Array(1));
  await place[Symbol.asyncDispose]();
} catch (error) {
  console.log(JSON.stringify({ refused: (error as Error).message }));
}
