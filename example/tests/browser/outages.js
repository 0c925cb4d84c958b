/** Servers that are away for a while. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { ROUNDS, state, train } from "./actions.js";
import { picture } from "./browser.js";

/** @typedef {import("./page.js").Page} Page */

/** @param {import("./page.js").Visit} visit */
export function testOutages(visit) {
  const { application } = visit;
  /** @type {Page} */
  let page;
  before(() => {
    page = visit.page;
  });

  test("while the job server is away, the page says so and goes on", async () => {
    await train(page, ROUNDS);
    await page.locator("#train-job .curve").waitFor();
    await application.broker.stop("SIGKILL");
    await page.getByText("The job server does not answer.", { exact: false }).first().waitFor();
    await picture(page, `${application.server}-reconnecting`);
    await application.broker.start();

    await page.locator("#connection[data-state=connected]").waitFor();
    await state(page, "train", "done");
  });

  test("when the web server restarts, the page finds its jobs again", async () => {
    const jobs = await page.locator("#jobs li").count();
    await application.web.stop();
    await page.getByText("The web server does not answer.", { exact: false }).waitFor();
    await application.web.start();

    await page.locator("#connection[data-state=connected]").waitFor();
    assert.equal(await page.locator("#jobs li").count(), jobs);
    await picture(page, `${application.server}-all`);
  });
}
