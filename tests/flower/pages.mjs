/**
 * Looks at Flower's pages in a browser: takes as JSON where they are and which tasks to look at, prints as JSON what is seen,
 * and leaves a picture of each page.
 */
import { join } from "node:path";
import { chromium } from "playwright-core";

const WITHIN_MS = 20_000;

const { browser: executablePath, url, user, password, failed, revoked, pictures } = JSON.parse(process.argv[2]);
// A container's root may not have the sandbox; what is looked at is our own.
const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"];
const browser = await chromium.launch({ executablePath, args: quiet });
try {
  const context = await browser.newContext({
    httpCredentials: { username: user, password },
    viewport: { width: 1400, height: 700 },
  });
  const page = await context.newPage();
  page.setDefaultTimeout(WITHIN_MS);
  const seen = { workers: await workers(page), failed: await task(page, failed), answer: await revoke(page, revoked) };
  process.stdout.write(`${JSON.stringify(seen)}\n`);
} finally {
  await browser.close();
}

/** The rows of the page that it opens with, once they are filled in. */
async function workers(page) {
  await page.goto(`${url}/workers`);
  await page.getByText("Online", { exact: true }).nth(1).waitFor();
  await page.screenshot({ path: join(pictures, "workers.png") });
  return page.locator("tbody tr").allInnerTexts();
}

async function task(page, id) {
  await page.goto(`${url}/task/${id}`);
  await page.getByText("FAILURE", { exact: true }).waitFor();
  await page.screenshot({ path: join(pictures, "failed.png"), fullPage: true });
  return page.locator("body").innerText();
}

/** Presses the button, and reads what the page says then. */
async function revoke(page, id) {
  await page.goto(`${url}/task/${id}`);
  await page.getByRole("button", { name: "Revoke" }).click();
  const alert = page.getByText(/^Revoked/);
  await alert.waitFor();
  await page.screenshot({ path: join(pictures, "revoked.png") });
  return alert.innerText();
}
