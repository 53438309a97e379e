/** A browser, where there is one: pages are looked at as people see them. */

import { existsSync } from "node:fs";
import axe from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

/** Where Debian has it. */
const CHROMIUM = Deno.env.get("SMARTEYE_TEST_CHROMIUM") ?? "/usr/bin/chromium";

/** It asks nobody for anything by itself. */
const ARGS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"],
  ...["--disable-component-update", "--no-first-run", "--disable-quic"],
];

/** A test that needs a browser; without one it says that it is skipped. */
export function testInBrowser(
  name: string,
  test: (t: Deno.TestContext, browser: Browser) => Promise<void>,
): void {
  const isThere = existsSync(CHROMIUM);
  if (!isThere) console.log(`skipped, there is no ${CHROMIUM}: ${name}`);
  Deno.test({
    name,
    ignore: !isThere,
    // The browser's own processes outlive a step.
    ...{ sanitizeOps: false, sanitizeResources: false },
    async fn(t) {
      const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS });
      try {
        await test(t, browser);
      } finally {
        await browser.close();
      }
    },
  });
}

/** Waits until something is so. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  patienceMs = 20_000,
): Promise<NonNullable<T>> {
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline;) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`it never came to that: ${what}`);
}

/** How much wider a page is than what shows it, in pixels; not above 0 where all of it fits. */
export async function overhangOf(page: Page): Promise<number> {
  return await page.evaluate("document.documentElement.scrollWidth - innerWidth");
}

/** What pages of a context did that they should not: errors, warnings, and requests that leave `base`. */
export function complaintsOf(context: BrowserContext, base: string): readonly string[] {
  const complaints: string[] = [];
  context.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${base}/`) && !/^(blob|data):/.test(url)) {
      complaints.push(`a request to ${url}`);
    }
  });
  context.on("console", (message) => {
    if (!["error", "warning"].includes(message.type())) return;
    complaints.push(`${message.text()} (${message.page()?.url()})`);
  });
  context.on("weberror", (error) => complaints.push(String(error.error())));
  return complaints;
}

/** Rules that are no matter of taste. */
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];

/** What keeps people from using a page, by axe's rules of WCAG, or some of them: what is serious or critical. */
export async function barriersOf(
  page: Page,
  rules: readonly string[] = WCAG,
): Promise<readonly string[]> {
  await page.evaluate(`globalThis.axe ??= (() => { ${axe.source}; return axe; })()`);
  const options = JSON.stringify({ runOnly: rules, resultTypes: ["violations"] });
  const { violations } = await page.evaluate(`axe.run(${options})`) as axe.AxeResults;
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("; ")}`
    );
}
