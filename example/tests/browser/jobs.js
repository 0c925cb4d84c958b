/** Trainings, and predictions with their models. */
import assert from "node:assert/strict";
import { button, download, ROUNDS, state, train } from "./actions.js";
import { openPage, picture } from "./browser.js";

/** @param {import("./visit.js").Visit} visit */
export function testJobs({ application, test }) {
  test("steps wait until what they need is there", async (page) => {
    assert.equal(await button(page, "Predict", "one").isDisabled(), true);
    assert.equal(await page.locator("#report-needs").innerText(), "Predict a file first.");
  });

  test("a field shows why its value is wrong", async (page) => {
    await page.getByLabel("Rounds", { exact: true }).fill("1000");
    await button(page, "Train a model", "train").click();

    const problem = page.locator("#rounds-problem");
    await problem.waitFor();
    assert.equal(
      await page.getByLabel("Rounds", { exact: true }).getAttribute("aria-describedby"),
      "rounds-hint rounds-problem",
    );
    assert.equal(await page.evaluate(() => document.activeElement?.id), "rounds");
  });

  test("a training is cancelled at any moment", async (page) => {
    await train(page, "200");
    await page.locator("#train-job .curve").waitFor();
    await picture(page, `${application.server}-training`);

    await button(page, "Cancel", "train").press("Enter");

    await state(page, "train", "cancelled");
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    assert.equal(await focused(), "Cancelled", "the keyboard goes on from where the button was");
  });

  test("a training shows its curve, and other tabs show it too", async (page) => {
    await train(page, ROUNDS);
    const second = await openPage(page.context(), application.url);

    await second.locator("#train-job .panel[data-state=running]").waitFor();
    assert.equal(await button(second, "Train a model", "train").isDisabled(), true);
    await state(page, "train", "done");
    await state(second, "train", "done");
    assert.match(await page.locator("#train-job .fact").innerText(), /^\d+% right about customers/);
    await second.close();
  });

  test("after a reload, the page finds its jobs", async (page) => {
    await page.reload();

    await state(page, "train", "done");
    assert.equal(await page.locator("#jobs li").count(), 2);
  });

  test("one customer is predicted at once, with reasons", async (page) => {
    await button(page, "Predict", "one").click();

    await page.locator("#one-answer .big").waitFor();
    assert.match(await page.locator("#one-answer .big").innerText(), /^\d+% likely to (leave|stay)$/);
    assert.ok((await page.locator("#one-answer .effects li").count()) >= 3);
  });

  test("a file of 10,000 customers is predicted in parts", async (page) => {
    await button(page, "Predict the file", "file").click();

    await state(page, "file", "done");
    assert.match(await page.locator("#file-job .fact").innerText(), /of 10,000 customers are likely to leave/);
    const csv = await download(page, page.getByRole("link", { name: "Download all predictions" }));
    assert.equal(csv.toString().trim().split("\n").length, 10_001);
  });
}
