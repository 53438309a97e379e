import assert from "node:assert/strict";
import { SmarteyeError } from "../../../../core/errors.ts";
import { Retained } from "./retained.ts";

/** A broker that takes what is not too large. */
function broker(bytesMax = Infinity) {
  const kept = new Map<string, string>();
  return {
    kept,
    publish({ topic, payload }: { topic: string; payload: string | Uint8Array }): Promise<void> {
      if (payload.length > bytesMax) {
        return Promise.reject(new SmarteyeError("unavailable", "it hangs up"));
      }
      kept.set(topic, String(payload));
      return Promise.resolve();
    },
  };
}

Deno.test("the latest of each topic is sent, once, and all of it to another broker", async () => {
  const retained = new Retained();
  assert.deepEqual([retained.set("a", "1"), retained.set("a", "2"), retained.set("a", "2")], [
    ...[true, true, false],
  ]);
  const first = broker();
  await retained.flush(first);
  first.kept.clear();
  await retained.flush(first);
  assert.deepEqual([...first.kept], []);
  retained.set("b", () => Promise.resolve(undefined));
  retained.forget();
  const other = broker();
  await retained.flush(other);
  assert.deepEqual([...other.kept], [["a", "2"]], "a picture that is gone is none");
  assert.equal(retained.changes, 3);
});

Deno.test("a picture that is too much for a broker keeps nothing else back", async () => {
  const retained = new Retained();
  retained.set("large", () => Promise.resolve(new Uint8Array(100)));
  retained.set("count", "1");
  const small = broker(10);
  for (let i = 0; i < 2; i++) await assert.rejects(retained.flush(small), /it hangs up/);
  assert.deepEqual([...small.kept.keys()], ["count"]);
  retained.forget();
  retained.set("large", () => Promise.resolve(new Uint8Array(99)));
  await retained.flush(small);
});
