import assert from "node:assert/strict";
import { CurrentPicker } from "./current_picker.ts";
import type { Picker } from "./picker.ts";

/** A picker that answers with its name when it is told to. */
function slow(name: string) {
  const gate = Promise.withResolvers<void>();
  const picker = {
    isClosed: false,
    answer: () => gate.resolve(),
    async pick() {
      await gate.promise;
      assert.ok(!picker.isClosed, "it is asked no more");
      return name;
    },
    close: () => void (picker.isClosed = true),
  };
  return picker;
}

const ASKED = [{}, {}] as unknown as Parameters<Picker["pick"]>;

Deno.test("another picker is asked from then on, the one before ends with its last decision", async () => {
  const [first, second] = [slow("first"), slow("second")];
  const current = new CurrentPicker(first);
  const waiting = [current.pick(...ASKED), current.pick(...ASKED)];
  current.change(second);
  const later = current.pick(...ASKED);
  assert.equal(first.isClosed, false);
  first.answer();
  assert.deepEqual(await Promise.all(waiting), ["first", "first"]);
  assert.equal(first.isClosed, true);
  second.answer();
  assert.equal(await later, "second");
  const third = slow("third");
  current.change(third);
  assert.equal(second.isClosed, true, "nobody waits for it");
  current.close();
  assert.equal(third.isClosed, true);
});
