/** Servers that are away for a while. */
import assert from "node:assert/strict";
import { ROUNDS, state, train } from "./actions.js";
import { picture } from "./browser.js";

/** @param {import("./visit.js").Visit} visit */
export function testOutages({ application, test }) {
  test("while the job server is away, the page says so and goes on", async (page) => {
    await train(page, ROUNDS);
    await page.locator("#train-job .curve").waitFor();
    await application.broker.stop("SIGKILL");
    await page.getByText("The job server does not answer.", { exact: false }).first().waitFor();
    await picture(page, `${application.server}-reconnecting`);
    await application.broker.start();

    await page.locator("#connection[data-state=connected]").waitFor();
    await state(page, "train", "done");
  });

  test("when the web server restarts, the page finds its jobs again", async (page) => {
    const jobs = await page.locator("#jobs li").count();
    await application.web.stop();
    await page.getByText("The web server does not answer.", { exact: false }).waitFor();
    await application.web.start();

    await page.locator("#connection[data-state=connected]").waitFor();
    assert.equal(await page.locator("#jobs li").count(), jobs);
    await picture(page, `${application.server}-all`);
  });
}
