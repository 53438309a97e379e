import assert from "node:assert/strict";
import { parseXml, XmlElement } from "@rgrove/parse-xml";
import { handMadeStudy } from "../../tests/fakes/study.ts";
import { reportHtml } from "./report.ts";
import { commandOf } from "./rerun.ts";

const plotsOf = (page: string) => page.match(/<svg xmlns[\s\S]*?<\/svg>/g) ?? [];

/** Elements that have no end. */
const VOID = new Set(["meta", "wbr"]);

/** The tags of a page, begun and ended in order. */
function assertWellFormed(page: string): void {
  const open: string[] = [];
  const text = page.replace(/<(style|script)>[\s\S]*?<\/\1>/g, "");
  for (const [tag, end, name = "", rest = ""] of text.matchAll(/<(\/?)([a-zA-Z0-9]+)([^>]*)>/g)) {
    if (end) assert.equal(open.pop(), name, tag);
    else if (!rest.endsWith("/") && !VOID.has(name)) open.push(name);
  }
  assert.deepEqual(open, []);
}

Deno.test("a report is well formed, and so is each plot", () => {
  const page = reportHtml(handMadeStudy());
  assert.ok(page.startsWith("<!doctype html>\n<html lang="));
  assertWellFormed(page);
  const plots = plotsOf(page);
  // Two in the overview; of each cell accuracy, latency, and frames of two policies.
  assert.equal(plots.length, 2 + 2 * 4);
  for (const plot of plots) {
    const { root } = parseXml(plot);
    assert.equal(root?.attributes.role, "img");
    const title = root?.children.find((child) =>
      child instanceof XmlElement && child.name === "title"
    ) as XmlElement;
    assert.equal(title.attributes.id, root?.attributes["aria-labelledby"]);
    assert.ok(title.text.length > 20, title.text);
  }
  const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  assert.deepEqual(ids.filter((id, i) => ids.indexOf(id) !== i), [], "each id once");
  for (const [, id] of page.matchAll(/(?:href="#|url\(#|labelledby=")([\w-]+)/g)) {
    assert.ok(ids.includes(id), `${id} is somewhere`);
  }
});

Deno.test("a report needs nothing else", () => {
  const page = reportHtml(handMadeStudy());
  const addresses = page.match(/\bhttps?:[^"'\s]*/g) ?? [];
  assert.deepEqual([...new Set(addresses)], ["http://www.w3.org/2000/svg"], "a name, not a place");
  assert.ok(!/<(link|img|iframe|object|script [^>]*src)|@import|url\((?!#)/.test(page));
});

Deno.test("the same study comes to the same report, whatever was drawn before", () => {
  const first = reportHtml(handMadeStudy(), ["tuned elsewhere"]);
  assert.equal(reportHtml(handMadeStudy(), ["tuned elsewhere"]), first);
  assert.ok(!/\bzr\d|ecmeta/.test(first));
});

Deno.test("every video, network and policy is told, and what is off the grid", () => {
  const page = reportHtml(handMadeStudy(), ["Parameters were chosen on other videos."]);
  for (const video of ["door", "street"]) {
    assert.ok(page.includes(`<summary>${video} over umts</summary>`), video);
    assert.ok(page.includes(`>${video}</a></th><th scope="row">umts</th>`), video);
  }
  assert.equal(page.match(/<th scope="row">\.\/mine\.ts/g)?.length, 3, "summary and both cells");
  assert.equal(page.match(/<tr class="bound"><th scope="row">oracle/g)?.length, 3);
  const note = /were not profiled: <b>\.\/mine\.ts<\/b> 7 frames of 30\. Their/g;
  assert.equal(page.match(note)?.length, 2);
  assert.ok(page.includes('<p class="note">Parameters were chosen on other videos.</p>'));
  assert.match(page, /<td>0\.800<span class="detail">0\.750–0\.850<\/span><\/td><td>88\.9 %<\/td>/);
  assert.match(page, /mean 0\.90/, "the bound is a line");
  assert.match(page, /deadline 150 ms/);
  // In the overview: means and the worst.
  assert.match(page, /<td>0\.600<span class="detail">0\.565–0\.635<\/span><\/td><td>0\.400<\/td>/);
});

Deno.test("names are told as they are, whatever they look like", () => {
  const video = `<script>alert("x")</script> & 'more'`;
  const page = reportHtml(handMadeStudy({ video, policy: "<b>_mine</b>" }), ["<i>"]);
  assert.equal(page.match(/<script/g)?.length, 1, "our own");
  assert.ok(
    page.includes("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;more&#39;"),
  );
  assert.ok(!page.includes("<b>_mine") && page.includes('<p class="note">&lt;i&gt;</p>'));
  assertWellFormed(page);
  for (const plot of plotsOf(page)) parseXml(plot);
});

Deno.test("a part of a study says that it is one, and no bound is no harm", () => {
  const study = handMadeStudy();
  const cells = study.cells.slice(1).map(({ results, ...cell }) => ({
    ...cell,
    results: results.filter(({ policy }) => policy !== "oracle")
      .map((result) => ({ ...result, shareOfBound: null })),
  }));
  const page = reportHtml({ ...study, shard: { index: 2, count: 2 }, cells });
  assert.match(page, /This is part 2 of 2 of a study/);
  assert.match(page, /its share of the best of the row/);
  assert.ok(!page.includes('class="bound"') && !page.includes("NaN") && !page.includes("Infinity"));
});

Deno.test("a study in which no frame had a result is told too", () => {
  const study = handMadeStudy();
  const cells = study.cells.map((cell) => ({
    ...cell,
    uplink: [0, 0, 0],
    results: cell.results.map((result) => ({
      ...result,
      ...{ accuracy: 0, latencyQuantilesMs: [], shareOfBound: null },
      score: result.score && {
        ...result.score,
        ...{ latencyMs: null, bytesUp: 0, misses: 30 },
        frames: { ...result.score.frames, here: 0, cloud: 0, dropped: 30 },
      },
    })),
  }));
  const page = reportHtml({ ...study, cells });
  assertWellFormed(page);
  assert.ok(!page.includes("NaN") && !page.includes("Infinity"));
});

Deno.test("how a study is run again stands in its report", () => {
  const { plan } = handMadeStudy();
  assert.equal(
    commandOf(plan),
    `cd /home/me
smarteye lab simulate -c study.ini \\
  --profile /profiles/door \\
  --profile '/profiles/it'\\''s here' \\
  --network umts \\
  --policy oracle,always_local_fastest_model,./mine.ts \\
  --deadline-ms 150 --seed 7 \\
  --edges 1 --edge-models fastestdet --edge-speed 0.25 --edge-workers 1 \\
  --cloud-models yolox_nano,picodet_s_416 --server-speed 2 --servers 1 --server-workers 2 \\
  -o study`,
  );
  const page = reportHtml(handMadeStudy());
  assert.match(page, /<pre>\[edge-setting\]\nqueue_maxsize = 10\noverflow = wait\n/);
  assert.match(page, /\n\[policy:\.\/mine\.ts\]\npending_threshold = 2<\/pre>/);
});
