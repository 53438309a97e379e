/** The live page of a real edge in a real browser: what moves, what is drawn, what is changed. */

import assert from "node:assert/strict";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { run } from "../cli/run.ts";
import type { Pixels } from "../core/frame.ts";
import { decodedPixels, PixelPicture } from "../core/image.ts";
import type { FrameRecord } from "../edge/record.ts";
import { StreetScene } from "../street/scene.ts";
import { STREET_DEFAULTS } from "../street/options.ts";
import { Folder } from "./fakes/folder.ts";
import { Program } from "./fakes/program.ts";
import { FakeWorld } from "./fakes/world.ts";
import { barriersOf, complaintsOf, overhangOf, testInBrowser, until } from "./rigs/browser.ts";
import { HttpCamera } from "./rigs/http_camera.ts";

const PASSWORD = "only for us";

const CONFIG = (camera: string) =>
  `; written by hand
[edge-setting]
control_policy = always_local_fastest_model

[source:street]
file = synthetic:?frames=100000
interval = 100

[source:cam]   ; not ours
file = ${camera}
interval = 250

[ui]
password = ${PASSWORD}
`;

/** What all steps look at. */
interface Stage {
  readonly folder: Folder;
  readonly camera: HttpCamera;
  readonly edge: Program;
  readonly base: string;
  readonly context: BrowserContext;
  readonly page: Page;
  readonly complaints: readonly string[];
}

async function stageIn(browser: Browser, opened: AsyncDisposableStack): Promise<Stage> {
  const folder = opened.use(new Folder());
  const camera = opened.use(await HttpCamera.start({ fps: 5 }));
  const config = folder.write("site.ini", CONFIG(camera.url));
  const edge = opened.use(
    new Program(
      ["edge", "-c", config, "--ui", "0", "--no-images", "--out", folder.file("run")],
      { SMARTEYE_MODELS: folder.file("none") },
    ),
  );
  const [, base] = await edge.tells(/pages at (http:\/\/127\.0\.0\.1:\d+)\//);
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const complaints = complaintsOf(context, base!);
  context.setDefaultTimeout(20_000);
  return { folder, camera, edge, base: base!, context, page: await context.newPage(), complaints };
}

/** The lines of the street's results by now. */
function linesOf(
  { folder }: Stage,
): (FrameRecord & { readonly event?: string; readonly changed?: unknown })[] {
  return Deno.readTextFileSync(folder.file("run/street/results.jsonl"))
    .split("\n").slice(0, -1).map((line) => JSON.parse(line));
}

testInBrowser("the live page", async (t, browser) => {
  await using opened = new AsyncDisposableStack();
  const stage = await stageIn(browser, opened);
  const { page, base } = stage;
  await t.step(
    "who does not know the password sees a form, and then the page",
    () => logsIn(stage),
  );
  await t.step("numbers move, and a box lies on its object", () => showsBoxes(stage));
  await t.step("a policy that is changed in the page decides", () => changesPolicy(stage));
  await t.step("zones that are drawn count, and are saved", () => drawsZones(stage));
  await t.step("a camera that dies shows within 3 s", () => showsDeath(stage));
  await t.step("every page can be used by everybody", () => isOpenToAll(stage, browser));
  await t.step("without a script there is a page, too", async () => {
    const context = await browser.newContext({
      javaScriptEnabled: false,
      storageState: await stage.context.storageState(),
    });
    const plain = await context.newPage();
    await plain.goto(`${base}/source/street`);
    await plain.locator(".picture img").waitFor();
    assert.equal(await plain.locator(".badge").innerText(), "Reading");
    assert.equal(await plain.locator("#canvas").isVisible(), false);
    await plain.locator("#model").selectOption({ index: 1 });
    await plain.locator("form[action] .row button").nth(1).click();
    assert.match(await plain.locator(".told").innerText(), /Changed/);
    await context.close();
  });
  await t.step("a line that was drawn counts who crosses it", async () => {
    await page.goto(`${base}/source/street`);
    await page.locator("#canvas").waitFor();
    const line = page.locator("#zones li", { hasText: "gate" });
    const crossed = async () => /(\d+) in, (\d+) out/.exec(await line.innerText());
    await until("a crossing", async () => (await crossed())?.slice(1).some((one) => one !== "0"));
    assert.ok(linesOf(stage).some((one) => one.event === "cross"), "it stands in the results");
  });
  await t.step("nothing left the machine, and nothing went wrong", () => {
    assert.deepEqual(stage.complaints, []);
  });
  await t.step("an edge that has ended shows as such", async () => {
    stage.edge.kill("SIGTERM");
    await page.locator("#lost").waitFor({ timeout: 3000 + 5000 }); // it ends first
    assert.match(await page.locator("#lost").innerText(), /has ended/);
  });
});

async function logsIn({ page, base, context }: Stage): Promise<void> {
  for (const path of ["/live/street.mjpeg", "/state.json", "/source/street"]) {
    assert.equal((await context.request.get(base + path)).status(), 401, path);
  }
  await page.goto(`${base}/source/street`);
  await page.fill("#password", PASSWORD);
  await page.click("main button");
  await page.locator("#canvas").waitFor();
  assert.equal(page.url(), `${base}/source/street`);
}

async function showsBoxes(stage: Stage): Promise<void> {
  const { page } = stage;
  const captured = async () =>
    Number((await page.locator("[data-field=captured]").innerText()).replaceAll(",", ""));
  const before = await captured();
  await until("more frames", async () => await captured() > before);
  await page.uncheck("#show-trails");
  const scene = await StreetScene.create(STREET_DEFAULTS);
  for (let tries = 0; tries < 20; tries++) {
    await page.click("#pause");
    const { frame, box, index } = await foundIn(stage, scene);
    if (box) {
      const { pixels } = await scene.render(index);
      await holdsBox(page, box, pixels);
      assert.ok(frame > 0);
      await page.click("#pause");
      await page.check("#show-trails");
      return;
    }
    await page.click("#pause");
    await shownFrame(page, frame);
  }
  assert.fail("nothing was found where it is");
}

/** The number of the frame that is shown, once it is another one. */
async function shownFrame(page: Page, before = 0): Promise<number> {
  const now = async () => Number(await page.locator("#canvas").getAttribute("data-frame"));
  return await until("another picture", async () => {
    const frame = await now();
    return frame === before ? undefined : frame;
  });
}

/** A box of the frame that is shown that lies on a thing as it really is, with room around it. */
async function foundIn(stage: Stage, scene: StreetScene) {
  await new Promise((resolve) => setTimeout(resolve, 200)); // a picture that was on its way
  const frame = await shownFrame(stage.page);
  const record = await until(
    "its line",
    () => linesOf(stage).find((line) => line.frame === frame && !line.event),
  );
  const index = Math.round(record.pts_ms * STREET_DEFAULTS.fps / 1000);
  const { truth } = await scene.render(index);
  const box = (record.detections ?? []).map(({ label, box }) => ({ label, box })).find((found) =>
    truth.some(({ label, box }) => label === found.label && overlap(box, found.box) > 0.7) &&
    found.box[0] > 12 && found.box[2] < 628 && found.box[3] < 350 &&
    found.box[2] - found.box[0] > 40 && found.box[3] - found.box[1] > 40
  )?.box;
  return { frame, box, index };
}

/** Holds that the picture is that frame's, and that lines are drawn along the box and not beside it. */
async function holdsBox(page: Page, box: readonly number[], pixels: Pixels): Promise<void> {
  const url = await page.evaluate(() =>
    (globalThis as unknown as {
      document: { querySelector(name: string): { toDataURL(): string } };
    })
      .document.querySelector("#canvas").toDataURL()
  );
  const bytes = Uint8Array.fromBase64(url.split(",")[1]!);
  const drawn = await decodedPixels(bytes, { pixelsMax: 1e7 });
  const { width, height } = drawn;
  const plain = await new PixelPicture(pixels).rgb({ width, height });
  const [x1, y1, x2, y2] = box.map((value, i) =>
    value * (i % 2 === 0 ? width / 640 : height / 360)
  );
  const differs = (x: number, y: number) => {
    const at = 3 * (Math.round(y) * width + Math.round(x));
    return [0, 1, 2].reduce(
      (sum, i) => sum + Math.abs(drawn.data[at + i]! - plain.data[at + i]!),
      0,
    ) / 3;
  };
  // The lower edge and both sides: above stands the label.
  const along = (by: number) => {
    const shares = Array.from({ length: 21 }, (_, i) => 0.1 + 0.8 * i / 20);
    const points = shares.flatMap((share) => [
      differs(x1! - by, y1! + share * (y2! - y1!)),
      differs(x2! + by, y1! + share * (y2! - y1!)),
      differs(x1! + share * (x2! - x1!), y2! + by),
    ]);
    return points.toSorted((a, b) => a - b)[Math.floor(points.length / 2)]!;
  };
  const [on, inside, outside] = [along(0), along(-8), along(8)];
  assert.ok(on > 25, `a line is drawn along the box: ${on}`);
  assert.ok(inside < 12 && outside < 12, `beside it is the picture: ${inside}, ${outside}`);
}

function overlap(a: readonly number[], b: readonly number[]): number {
  const side = (i: 0 | 1) => Math.max(0, Math.min(a[i + 2]!, b[i + 2]!) - Math.max(a[i]!, b[i]!));
  const area = (box: readonly number[]) => (box[2]! - box[0]!) * (box[3]! - box[1]!);
  const both = side(0) * side(1);
  return both / (area(a) + area(b) - both);
}

async function changesPolicy(stage: Stage): Promise<void> {
  const { page } = stage;
  await page.fill("#policy", "/tmp/mine.ts");
  await page.locator("form[action] .row button").first().click();
  await until(
    "a refusal",
    async () => /none of those known/.test(await page.locator("#change-told").innerText()),
  );
  await page.fill("#policy", "shadow(deadline_accuracy, metered)");
  await page.locator("form[action] .row button").first().click();
  const decided = await until(
    "its decisions",
    () => linesOf(stage).find(({ decision }) => decision?.policy.startsWith("shadow(")),
  );
  const note = linesOf(stage).find(({ event, changed }) => event === "source" && changed)!;
  assert.deepEqual(note.changed, { policy: "shadow(deadline_accuracy, metered)" });
  assert.equal(note.frame + 1, decided.frame, "from the next frame on");
  // What a 400 says in the console is what was wanted.
  const wanted = stage.complaints.findIndex((one) => one.includes("status of 400"));
  (stage.complaints as string[]).splice(wanted, 1);
}

async function drawsZones(stage: Stage): Promise<void> {
  const { page, folder } = stage;
  await page.click("#draw-area");
  const { x, y, width, height } = (await page.locator("#picture").boundingBox())!;
  for (const [right, down] of [[0.02, 0.3], [0.98, 0.3], [0.98, 0.98], [0.02, 0.98]] as const) {
    await page.mouse.click(x + right * width, y + down * height);
  }
  await page.fill("#zone-name", "street_itself");
  await page.click("#zone-form button[type=submit]");
  await until("saved", async () => /Saved to/.test(await page.locator("#zone-told").innerText()));
  await until("somebody is in it", async () => {
    const text = await page.locator("#zones li", { hasText: "street_itself" }).innerText();
    return Number(/(\d+) inside now/.exec(text)?.[1]) > 0;
  });
  await until(
    "it stands in the results",
    () =>
      linesOf(stage).some(({ detections }) =>
        detections?.some(({ zones }) => zones?.includes("street_itself"))
      ),
  );
  // A line, with the keyboard alone.
  await page.locator("#draw-line").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter"); // "Add a point" has the focus
  for (let i = 0; i < 8; i++) await page.keyboard.press("Shift+ArrowUp");
  await page.locator("#add-point").focus();
  await page.keyboard.press("Enter");
  for (let i = 0; i < 8; i++) await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("ArrowRight");
  await page.locator("#zone-name").focus();
  await page.keyboard.type("gate");
  await page.keyboard.press("Enter");
  const config = folder.file("site.ini");
  await until("saved", () => Deno.readTextFileSync(config).includes("[zone:gate]"));
  const text = Deno.readTextFileSync(config);
  assert.ok(text.startsWith(CONFIG(stage.camera.url)), "what was written by hand stays");
  assert.match(text, /\[zone:gate\]\nline = 0\.5,0\.1 0\.505,0\.9\nsource = street\n/);
  const world = new FakeWorld({}, folder.path);
  assert.equal(await run(["config", "check", config], world), 0, world.stderr.text);
}

async function showsDeath({ page, base, camera }: Stage): Promise<void> {
  await page.goto(base);
  const badge = page.locator('[data-source="cam"] .badge');
  await until(
    "the camera is read",
    async () => await badge.getAttribute("data-state") === "reading",
  );
  await page.locator('[data-source="cam"] canvas').waitFor();
  camera.stall();
  const stalledAtMs = Date.now();
  await until("it shows", async () => await badge.getAttribute("data-state") !== "reading", 5000);
  const tookMs = Date.now() - stalledAtMs;
  assert.ok(tookMs < 3500, `it took ${tookMs} ms`);
  assert.match(await badge.innerText(), /No picture|Lost/);
  camera.resume();
}

async function isOpenToAll({ base, context }: Stage, browser: Browser): Promise<void> {
  const outside = await browser.newContext();
  const visits = [[context, "/"], [context, "/source/street"], [context, "/seen"], [
    outside,
    "/login",
  ]] as const;
  await Promise.all(visits.map(async ([from, path]) => {
    const page = await from.newPage();
    await page.emulateMedia({ colorScheme: "light" });
    await page.goto(base + path);
    if (path.startsWith("/source")) {
      await page.locator("#canvas").waitFor();
      await page.click("#draw-area");
      await page.click("#add-point");
    }
    assert.deepEqual(await barriersOf(page), [], path);
    await page.emulateMedia({ colorScheme: "dark" });
    assert.deepEqual(await barriersOf(page, ["color-contrast"]), [], `${path}, dark`);
    await page.setViewportSize({ width: 390, height: 844 });
    const wide = await overhangOf(page);
    assert.ok(wide <= 0, `${path} is wider than a phone by ${wide}`);
    await page.close();
  }));
  await outside.close();
}
