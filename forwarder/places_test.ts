import assert from "node:assert/strict";
import { isSmarteyeError } from "../core/errors.ts";
import { Places } from "./places.ts";

Deno.test("there are so many places, at the moment", () => {
  let max = 2;
  const places = new Places(() => max);
  const [first] = [places.take(), places.take()];
  const isFull = () => {
    assert.throws(() => places.take(), (error: unknown) => isSmarteyeError(error, "overloaded"));
    assert.throws(() => places.assertFree(), /2 others are under way/);
  };
  isFull();
  first!();
  places.take();
  max = 1;
  isFull();
  max = 3;
  places.assertFree();
});
