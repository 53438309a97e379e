import assert from "node:assert/strict";
import { EncodedImage } from "../../core/image.ts";
import { opening } from "../../tests/fakes/capture.ts";
import { Folder } from "../../tests/fakes/folder.ts";
import { assertColor, at } from "../../tests/fakes/pictures.ts";
import { refused } from "../../tests/fakes/refused.ts";
import { brightness, writeVideo } from "../../tests/fakes/video.ts";
import { writeClip } from "../../tests/rigs/clip_writer.ts";
import { PLAIN } from "../../tests/rigs/odd_clips.ts";
import type { FrameSource } from "./source.ts";

const VIDEO = { width: 96, height: 64, frames: 20, fps: 10 };

/** Runs a test on an opened video, and closes it. */
async function watching(path: string, test: (source: FrameSource) => Promise<void>): Promise<void> {
  const source = await opening(path);
  try {
    await test(source);
  } finally {
    await source.close();
  }
}

const never = () => new AbortController().signal;

Deno.test("a video gives its frames in order, with their times, at any size", async () => {
  await using folder = new Folder();
  const path = folder.file("grey.mp4");
  await writeVideo(path, VIDEO);
  await watching(path, async (source) => {
    const { description, live, frameCount, fps } = source;
    assert.deepEqual(
      { description, live, frameCount, fps },
      { description: path, live: false, frameCount: 20, fps: 10 },
    );
    let index = 0;
    for await (const picture of source.pictures(never())) {
      const grey = brightness(index);
      assert.ok(Math.abs(picture.ptsMs - index * 100) < 0.01, `pts ${picture.ptsMs} of ${index}`);
      assert.deepEqual([picture.width, picture.height], [96, 64]);
      const whole = await picture.rgb();
      assert.deepEqual([whole.width, whole.height, whole.data.length], [96, 64, 96 * 64 * 3]);
      assertColor(at(whole, 50, 30), [grey, grey, grey], 4);
      if (index % 5 === 0) {
        const jpeg = await picture.jpeg({ width: 48, height: 32 }, 90);
        const sent = await EncodedImage.open(jpeg, { pixelsMax: 1e6 });
        assert.deepEqual([sent.width, sent.height], [48, 32]);
        assertColor(at(await sent.rgb(), 20, 20), [grey, grey, grey], 6);
      }
      picture.close();
      index++;
    }
    assert.equal(index, 20);
  });
});

Deno.test("times count from the first frame, wherever the recording begins", async () => {
  await using folder = new Folder();
  for (const name of ["later.mp4", "later.mkv"]) {
    const path = folder.file(name);
    await writeVideo(path, { ...VIDEO, startsAt: 50 });
    await watching(path, async (source) => {
      const times: number[] = [];
      for await (const picture of source.pictures(never())) {
        times.push(Math.round(picture.ptsMs));
        picture.close();
      }
      assert.deepEqual(times.slice(0, 3), [0, 100, 200], name);
    });
  }
});

Deno.test("frames can be kept and looked at while others are read, all at once", async () => {
  await using folder = new Folder();
  const path = folder.file("grey.mp4");
  await writeVideo(path, VIDEO);
  await watching(path, async (source) => {
    const pictures = await Array.fromAsync(source.pictures(never()));
    const colors = await Promise.all(
      pictures.map(async (picture) => at(await picture.rgb(), 9, 9)),
    );
    colors.forEach((color, i) =>
      assertColor(color, [brightness(i), brightness(i), brightness(i)], 4)
    );
    for (const picture of pictures) picture.close();
  });
});

Deno.test("a reader may leave, and a signal may end it", async () => {
  await using folder = new Folder();
  const path = folder.file("grey.mp4");
  await writeVideo(path, VIDEO);
  await watching(path, async (source) => {
    for await (const picture of source.pictures(never())) {
      picture.close();
      break;
    }
  });
  await watching(path, async (source) => {
    const stop = new AbortController();
    let taken = 0;
    for await (const picture of source.pictures(stop.signal)) {
      picture.close();
      if (++taken === 3) stop.abort();
    }
    assert.ok(taken < 20, `${taken} frames`);
  });
});

Deno.test("a video that was cut off gives what there is, then says where it broke", async () => {
  await using folder = new Folder();
  const whole = folder.file("whole.mp4");
  await writeVideo(whole, { ...VIDEO, width: 320, height: 240 });
  const bytes = Deno.readFileSync(whole);
  const path = folder.write("cut.mp4", bytes.slice(0, bytes.length * 0.6));
  await watching(path, async (source) => {
    let taken = 0;
    const message = await refused(async () => {
      for await (const picture of source.pictures(never())) {
        taken++;
        picture.close();
      }
    }, "failed_precondition");
    assert.ok(taken > 0 && taken < 18, `${taken} frames`);
    assert.ok(message.startsWith(`Cannot read "${path}": after frame ${taken}: `), message);
    assert.match(
      message,
      /, and the file ends at byte \d+, a whole video or image file is wanted$/,
    );
  });
});

Deno.test("what is no video is refused when it is opened", async () => {
  await using folder = new Folder();
  const whole = folder.file("whole.mp4");
  await writeVideo(whole, VIDEO);
  const cases: [what: string, bytes: string | Uint8Array][] = [
    ["text", "this is no video, whatever its name says\n".repeat(50)],
    ["nothing", ""],
    ["half an index", Deno.readFileSync(whole).slice(0, 200)],
  ];
  for (const [what, bytes] of cases) {
    const path = folder.write("broken.mp4", bytes);
    const message = await refused(opening(path), "failed_precondition");
    assert.ok(message.startsWith(`Cannot read "${path}": `), what);
    assert.match(message, / is wanted$/, what);
  }
});

Deno.test("a URL that does not answer is unavailable, and told without its password", async () => {
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  free.close();
  const url = `http://me:secret@127.0.0.1:${free.addr.port}/video.mp4`;
  const message = await refused(opening(url), "unavailable");
  assert.ok(!message.includes("secret"), message);
});

Deno.test("a pause in a file is as long as the file says", async () => {
  await using folder = new Folder();
  for (const container of ["mp4", "matroska"]) {
    const path = folder.file(`pause.${container === "mp4" ? "mp4" : "mkv"}`);
    const when = (index: number) => index < 3 ? index : index + 600; // a minute
    await writeClip(path, [{ ...PLAIN, ...{ width: 96, height: 64, frames: 5, fps: 10, when } }], {
      container,
    });
    await watching(path, async (source) => {
      const times: number[] = [];
      for await (const picture of source.pictures(never())) {
        times.push(Math.round(picture.ptsMs));
        picture.close();
      }
      assert.deepEqual(times, [0, 100, 200, 60_300, 60_400], container);
    });
  }
});

/** Three grey pictures of 32×32 (`ffmpeg -f lavfi -i color=gray:s=32x32:r=10:d=0.3 moves.avif`). */
const MOVING_AVIF = `
AAAALGZ0eXBhdmlzAAAAAGF2aXNhdmlmbXNmMWlzbzhtaWYxbWlhZk1BMUIAAAD5bWV0YQAAAAAAAAAvaGRscgAAAAAA
AAAAcGljdAAAAAAAAAAAAAAAAFBpY3R1cmVIYW5kbGVyAAAAAA5waXRtAAAAAAABAAAAHmlsb2MAAAAARAAAAQABAAAA
AQAAA7wAAAAZAAAAKGlpbmYAAAAAAAEAAAAaaW5mZQIAAAAAAQAAYXYwMUNvbG9yAAAAAGppcHJwAAAAS2lwY28AAAAU
aXNwZQAAAAAAAAAgAAAAIAAAABBwaXhpAAAAAAMICAgAAAAMYXYxQ4EADAAAAAATY29scm5jbHgAAgACAAIAAAAAF2lw
bWEAAAAAAAAAAQABBAECgwQAAAKPbW9vdgAAAGxtdmhkAAAAAAAAAAAAAAAAAAAoAAAAAAAAAQAAAQAAAAAAAAAAAAAA
AAEAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAgAAAht0
cmFrAAAAXHRraGQAAAADAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAB
AAAAAAAAAAAAAAAAAABAAAAAACAAAAAgAAAAAAG3bWRpYQAAACBtZGhkAAAAAAAAAAAAAAAAAAAoAAAADABVxAAAAAAA
L2hkbHIAAAAAAAAAAHBpY3QAAAAAAAAAAAAAAABQaWN0dXJlSGFuZGxlcgAAAAFgbWluZgAAABR2bWhkAAAAAQAAAAAA
AAAAAAAAJGRpbmYAAAAcZHJlZgAAAAAAAAABAAAADHVybCAAAAABAAABIHN0YmwAAACcc3RzZAAAAAAAAAABAAAAjGF2
MDEAAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAIAAgAEgAAABIAAAAAAAAAAEYTGF2YzU5LjM3LjEwMCBsaWJhb20tYXYx
AAAAAAAAAAAY//8AAAAMYXYxQ4EADAAAAAAKZmllbAEAAAAAEHBhc3AAAAABAAAAAQAAABBjY3N0AAAAAHwAAAAAAAAY
c3R0cwAAAAAAAAABAAAAAwAABAAAAAAUc3RzcwAAAAAAAAABAAAAAQAAABxzdHNjAAAAAAAAAAEAAAABAAAAAwAAAAEA
AAAgc3RzegAAAAAAAAAAAAAAAwAAABkAAAATAAAAEwAAABRzdGNvAAAAAAAAAAEAAAO8AAAAR21kYXQKCgAAAAIn/m18
gCAyCxAA2YAAAoAAAAKQMhEwA8CAAAAG/4AAAsAAIACMcDIRMAXBBAAABv+AAALAACAAkBA=
`;

Deno.test("all pictures of an animated AVIF are read, not the one that stands for it", async () => {
  await using folder = new Folder();
  const bytes = Uint8Array.fromBase64(MOVING_AVIF.replaceAll("\n", ""));
  await watching(folder.write("moves.avif", bytes), async (source) => {
    const pictures = await Array.fromAsync(source.pictures(never()));
    for (const picture of pictures) picture.close();
    assert.equal(pictures.length, 3);
  });
});
