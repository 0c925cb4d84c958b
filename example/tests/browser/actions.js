/** What a reader does with the page. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

/** @typedef {import("./visit.js").Page} Page */

/** Of a short training. */
export const ROUNDS = "6";

/**
 * @param {Page} page
 * @param {string} name
 * @param {string} section such as "train"
 */
export function button(page, name, section) {
  return page.locator(`section.step:has(#${section}-title)`).getByRole("button", { name, exact: true });
}

/**
 * @param {Page} page
 * @param {string} rounds
 */
export async function train(page, rounds) {
  await page.getByLabel("Rounds", { exact: true }).fill(rounds);
  await button(page, "Train a model", "train").click();
  await page.locator("#train-job .panel[data-state=running]").waitFor();
}

/**
 * @param {Page} page
 * @param {string} section
 * @param {string} wanted
 */
export async function state(page, section, wanted) {
  await page.locator(`#${section}-job .panel[data-state=${wanted}]`).waitFor();
}

/**
 * @param {Page} page
 * @param {import("playwright-core").Locator} link
 */
export async function download(page, link) {
  const [file] = await Promise.all([page.waitForEvent("download"), link.click()]);
  return readFile(await file.path());
}

/**
 * @param {Page} page
 * @param {string} text
 */
export async function upload(page, text) {
  const file = { name: "customers.csv", mimeType: "text/csv", buffer: Buffer.from(text) };
  await page.locator("#file-file").setInputFiles(file);
  await button(page, "Predict the file", "file").click();
}

/**
 * Starts or ends an outage of the mail server, and waits until the mailbox shows it.
 * @param {Page} page
 * @param {number} seconds
 */
export async function outage(page, seconds) {
  const { away } = await page.evaluate(async (time) => {
    const { get, post } = await import(`${location.origin}/assets/api.js`);
    await post("/api/mailbox/outage", { seconds: time });
    return get("/api/mailbox");
  }, seconds);
  assert.equal(away, seconds > 0);
}

/** @param {Page} page @returns {Promise<string[]>} of the newest workflow */
export async function taskIds(page) {
  return page.evaluate(async () => {
    const { jobs } = await (await fetch("/api/jobs")).json();
    return jobs
      .find((/** @type {any} */ job) => job.kind === "workflow")
      .steps.map((/** @type {any} */ step) => step.taskId);
  });
}

/**
 * Hides a tab or shows it: without a window, browsers never do.
 *
 * @param {import("playwright-core").Page} page
 * @param {boolean} hidden
 */
export async function setHidden(page, hidden) {
  await page.evaluate((value) => {
    Object.defineProperty(document, "hidden", { value, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}
