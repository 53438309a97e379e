/** Every source against the contract of sources. */

import { FakeClock } from "../../core/fake_clock.ts";
import { PixelPicture } from "../../core/image.ts";
import { frameSourceContract } from "../../tests/contracts/frame_source.ts";
import { opening } from "../../tests/fakes/capture.ts";
import { plain } from "../../tests/fakes/pictures.ts";
import { FakeSource } from "../../tests/fakes/source.ts";
import { writeVideo } from "../../tests/fakes/video.ts";

const VIDEO = { width: 96, height: 64, frames: 20, fps: 10 };

frameSourceContract({
  name: "a video",
  async open(folder) {
    await writeVideo(folder.file("grey.mp4"), VIDEO);
    return await opening(folder.file("grey.mp4"));
  },
  async openBroken(folder) {
    const whole = folder.file("whole.mp4");
    await writeVideo(whole, { ...VIDEO, width: 320, height: 240 });
    const bytes = Deno.readFileSync(whole);
    return await opening(folder.write("cut.mp4", bytes.slice(0, bytes.length * 0.6)));
  },
});

frameSourceContract({
  name: "images",
  async open(folder) {
    for (let index = 1; index <= 9; index++) folder.write(`${index}.jpg`, await image());
    return await opening(folder.path);
  },
  async openBroken(folder) {
    folder.write("1.jpg", await image());
    folder.write("2.jpg", "no image");
    return await opening(folder.path);
  },
});

frameSourceContract({
  name: "the rendered street",
  open: () => opening("synthetic:?width=96&height=64&fps=8&frames=10"),
});

for (const live of [false, true]) {
  frameSourceContract({
    name: live ? "a live fake" : "a fake",
    open: () => Promise.resolve(new FakeSource({ frames: 10, live }, new FakeClock())),
    openBroken: () =>
      Promise.resolve(new FakeSource({ frames: 10, live, breaksAt: 4 }, new FakeClock())),
    pixels: false,
  });
}

function image() {
  return new PixelPicture(plain(40, 30)).jpeg({ width: 40, height: 30 }, 90);
}
