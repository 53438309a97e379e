import assert from "node:assert/strict";
import { sceneResults } from "../../../../tests/fakes/scene_results.ts";
import type { Note } from "../../../scene/note.ts";
import { messageOf, momentOf } from "./event_message.ts";
import { Moments } from "./moments.ts";

const { results, rest } = sceneResults();
const notes: readonly Note[] = [...results.flatMap(({ notes }) => notes), ...rest];

Deno.test("each thing that happens has one message of its own, the same every time", () => {
  const messages = notes.map(messageOf);
  assert.equal(new Set(messages.map(({ id }) => id)).size, notes.length);
  assert.deepEqual(
    notes.map((note) => messageOf(structuredClone(note)).id),
    messages.map(({ id }) => id),
  );
  const other = sceneResults("yard").results.flatMap(({ notes }) => notes).map(messageOf);
  assert.ok(!other.some(({ id }) => messages.some((one) => one.id === id)), "of another source");
  const types = new Set(messages.map(({ type }) => type));
  for (const type of ["event.open", "event.close", "zone.enter", "zone.leave", "line.cross"]) {
    assert.ok(types.has(type), type);
  }
  const [first] = messages;
  assert.match(first!.id, /^msg_[0-9a-f]{32}$/);
  assert.deepEqual(
    { ...first, id: "" },
    { id: "", type: "event.open", timestamp: notes[0]!.at, source: "door", data: notes[0] },
  );
});

Deno.test("what is wanted is told, with its picture where there is one", () => {
  const all = new Moments(new Set(["open", "close", "lines", "source"]), true);
  const told = [
    ...results.flatMap((one) => all.of(one)),
    ...rest.flatMap((one) => all.ofNote(one)),
  ];
  const kinds = new Set(told.map(({ message }) => message.type));
  assert.deepEqual([...kinds].sort(), ["event.close", "event.open", "line.cross", "source.ended"]);
  for (const { message: { data }, pictured } of told) {
    if (data.event === "source") assert.equal(pictured, undefined);
    else assert.equal(pictured, data.id, "each of them was seen well");
    if (data.event === "open") assert.equal(data.snapshot, `events/${data.id}.jpg`);
  }
  const none = new Moments(new Set(["open"]), false);
  const [plain] = results.flatMap((one) => none.of(one));
  assert.deepEqual([plain!.pictured, "snapshot" in plain!.message.data], [undefined, false]);
});

Deno.test("that a camera is being looked for is no message, that it is lost is one", () => {
  const note = (state: "connecting" | "waiting") => ({
    ...{ event: "source", source: "a", at: "2026-01-31T16:45:00.000Z", frame: 1 } as const,
    state,
  });
  assert.equal(momentOf(note("connecting")), undefined);
  assert.equal(momentOf(note("waiting")), "source");
  assert.equal(messageOf(note("waiting")).type, "source.waiting");
});
