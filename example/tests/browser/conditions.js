/** Conditions that the other tests lack: many tabs, a large file, plain HTTP, a session that has ended. */
import assert from "node:assert/strict";
import { setHidden } from "./actions.js";
import { openPage } from "./browser.js";
import { describeVisit } from "./visit.js";

/** More than the six connections that a browser opens to one server. */
const TABS = 7;
/** Seven tabs that are drawn sixty times a second leave little to the workers. */
const CALM = { reducedMotion: /** @type {const} */ ("reduce") };
const TOO_LARGE = Buffer.alloc(3 * 1024 * 1024, "a");

/** @param {import("./application.js").Application} application */
export function testConditions(application) {
  describeVisit(
    "the page under other conditions",
    application,
    ({ test }) => {
      test("hidden tabs leave their connections to the one that is read", async (page) => {
        const tabs = [page];
        while (tabs.length < TABS) {
          await setHidden(/** @type {typeof page} */ (tabs.at(-1)), true);
          tabs.push(await openPage(page.context(), application.url));
        }

        await train(/** @type {typeof page} */ (tabs.at(-1)));
        await setHidden(page, false);
        await page.locator("#train-job .panel[data-state=done]").waitFor();
        await Promise.all(tabs.slice(1).map((tab) => tab.close()));
      });

      test("a training says how long it still takes", async (page) => {
        await page.getByLabel("Rounds", { exact: true }).fill("200");
        await page.getByRole("button", { name: "Train a model" }).click();

        const left = /^Round \d+ of 200 · about \d+ (seconds|minutes) left$/;
        await page.locator("#train-job .detail").getByText(left).waitFor();
        await page.locator("#train-job").getByRole("button", { name: "Cancel" }).click();
        await page.locator("#train-job .panel[data-state=cancelled]").waitFor();
      });

      test("an outage of the mail server is shown in every tab", async (page) => {
        const second = await openPage(page.context(), application.url);
        await page.getByRole("button", { name: "Take the mail server away" }).click();

        await second.getByRole("button", { name: "The mail server is away for" }).waitFor();
        await page.evaluate(async () => {
          const { post } = await import(`${location.origin}/assets/api.js`);
          await post("/api/mailbox/outage", { seconds: 0 });
        });
        for (const tab of [page, second]) await tab.getByText("The mail server is back.").waitFor();
        await second.close();
      });

      test("a field shows that its file is too large", async (page) => {
        await page.locator("#file-form").getByLabel("Your own CSV file").check();
        await page.locator("#file-file").setInputFiles({ name: "all.csv", mimeType: "text/csv", buffer: TOO_LARGE });
        await page.locator("#file-form").getByRole("button", { name: "Predict the file" }).click();

        await page.locator("#file-file-problem").getByText("This file is too large. The limit is 2 MB.").waitFor();
      });

      test("the page works at an address without HTTPS", async () => {
        const context = await application.browser.newContext(CALM);
        // Browsers have this function on this machine and with HTTPS only.
        await context.addInitScript(() => Object.defineProperty(crypto, "randomUUID", { value: undefined }));
        const plain = await openPage(context, application.url);

        await train(plain);
        await context.close();
      });

      test("a new session begins without the jobs of the one before", async (page) => {
        await page.context().clearCookies();
        await application.web.stop();
        await application.web.start();

        await page.locator("#jobs").getByText("No jobs yet.").waitFor();
        await page.locator("#connection[data-state=connected]").waitFor();
        await train(page);
        assert.equal(await page.locator("#jobs li").count(), 1);
      });
    },
    CALM,
  );
}

/** @param {import("playwright-core").Page} page */
async function train(page) {
  await page.getByLabel("Rounds", { exact: true }).fill("5");
  await page.getByRole("button", { name: "Train a model" }).click();
  await page.locator("#train-job .panel[data-state=done]").waitFor();
}
