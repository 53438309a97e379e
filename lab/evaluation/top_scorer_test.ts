import assert from "node:assert/strict";
import { Folder } from "../../tests/fakes/folder.ts";
import { openClassFolders } from "./class_folders.ts";
import { TopScorer } from "./top_scorer.ts";

/** Answers of classes, the surest first. */
const answers = (...classIds: number[]) =>
  classIds.map((class_id, i) => ({ class_id, label: "", score: 1 - i / 10 }));

Deno.test("the first answer is right, or one of five, or none", () => {
  const scorer = new TopScorer("m", ["cat", "dog", "person"], ["Dog", "horse", "pedestrian"]);
  scorer.add(0, answers(1, 0, 2));
  scorer.add(0, answers(0, 2, 1));
  scorer.add(2, answers(0, 1));
  scorer.add(2, answers(2));
  scorer.add(1, answers(0));
  assert.deepEqual(scorer.score(), {
    top1: 0.5,
    top5: 0.75,
    images: 4,
    unknown: [{ name: "horse", images: 1 }],
  });
});

Deno.test("folders with WordNet's numbers are the labels in that order", () => {
  const folders = ["n01440764", "n01443537"];
  const scorer = new TopScorer("m", ["tench", "goldfish"], folders);
  scorer.add(1, answers(1));
  assert.equal(scorer.score().top1, 1);
  assert.throws(() => new TopScorer("m", ["tench"], folders), /knows none of the data set's/);
});

Deno.test("each folder with images is a class", async () => {
  await using folder = new Folder();
  for (const name of ["dog", "cat", "empty", ".git"]) Deno.mkdirSync(folder.file(name));
  for (
    const name of ["dog/b.jpg", "dog/a.PNG", "cat/1.webp", "empty/a.txt", ".git/a.jpg", "x.jpg"]
  ) {
    folder.write(name, "");
  }
  assert.deepEqual(await openClassFolders(folder.path), {
    classes: ["cat", "dog"],
    images: [
      { path: folder.file("cat/1.webp"), classId: 0 },
      { path: folder.file("dog/a.PNG"), classId: 1 },
      { path: folder.file("dog/b.jpg"), classId: 1 },
    ],
  });
  await assert.rejects(
    openClassFolders(folder.file("dog")),
    /no folder in dog has images, a folder of images for each class is wanted$/,
  );
  await assert.rejects(openClassFolders(folder.file("none")), { code: "invalid_argument" });
});
