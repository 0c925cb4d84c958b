/** Opens this machine's Chromium, and checks pages. */
import { existsSync, mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "chrome"];
// A container's root may not have the sandbox; the pages are our own.
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"];
// The deadline of every step, long enough for slow machines.
const WITHIN_MS = 120_000;
const PICTURES = fileURLToPath(new URL("../../../.data/example/pictures/", import.meta.url));

/** @returns {Promise<import("playwright-core").Browser>} */
export async function openBrowser() {
  const places = (process.env.PATH ?? "").split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const executablePath = process.env.CHROMIUM || places.find((path) => existsSync(path));
  if (!executablePath)
    throw new Error("no browser: install Chromium (Debian: `apt install chromium`), or set CHROMIUM");
  mkdirSync(PICTURES, { recursive: true });
  return chromium.launch({ executablePath, args: QUIET });
}

/**
 * @param {import("playwright-core").Browser | import("playwright-core").BrowserContext} from a browser gives a new user
 * @param {string} url
 * @param {import("playwright-core").BrowserContextOptions} [options]
 */
export async function openPage(from, url, options = {}) {
  const context =
    "newContext" in from ? await from.newContext({ viewport: { width: 1280, height: 900 }, ...options }) : from;
  const page = await context.newPage();
  page.setDefaultTimeout(WITHIN_MS);
  /** @type {string[]} */
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && /Content Security Policy/.test(message.text())) problems.push(message.text());
  });
  await page.goto(url);
  await page.locator("#connection[data-state=connected]").waitFor();
  return Object.assign(page, { problems });
}

/**
 * @param {import("playwright-core").Page} page
 * @returns {Promise<string[]>} what axe finds, each with the element
 */
export async function accessibilityProblems(page) {
  const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  await page.evaluate(source);
  return page.evaluate(async () => {
    const axe = /** @type {any} */ (globalThis).axe;
    const { violations } = await axe.run();
    return violations.flatMap((/** @type {any} */ { id, help, nodes }) =>
      nodes.map((/** @type {any} */ node) => `${id}: ${help}: ${node.html}: ${node.failureSummary}`),
    );
  });
}

/**
 * @param {import("playwright-core").Page} page
 * @param {string} name
 */
export async function picture(page, name) {
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}
