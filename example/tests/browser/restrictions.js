/** Browsers that keep nothing, and servers that refuse for a while. */
import assert from "node:assert/strict";
import { button, state, train } from "./actions.js";
import { openPage } from "./browser.js";
import { describeVisit } from "./visit.js";

/** @param {import("./application.js").Application} application */
export function testRestrictions(application) {
  describeVisit("the page with restrictions", application, ({ test }) => {
    test("a browser that keeps no cookie gets the reason", async () => {
      const context = await application.browser.newContext();
      const page = await context.newPage();
      // An answer without a cookie is like a cookie that is not kept.
      await page.route("**/api/session", (route) => route.fulfill({ json: { csrf: String(Math.random()) } }));
      await page.goto(application.url);

      await page.getByText("This page needs a cookie for its session. Allow cookies for this address.").waitFor();
      await page.unroute("**/api/session");
      await page.locator("#connection[data-state=connected]").waitFor();
      assert.equal(await page.locator("#reconnecting").innerText(), "");
      await context.close();
    });

    test("a page in too many tabs says so, and tries again later", async () => {
      const context = await application.browser.newContext();
      const page = await context.newPage();
      await page.clock.install();
      let asked = 0;
      await page.route("**/api/events", (route) => {
        asked += 1;
        return route.fulfill({ status: 429, json: { error: { code: "too-many-streams", message: "too many" } } });
      });
      await page.goto(application.url);

      await page.getByText("This page is open in too many tabs.", { exact: false }).waitFor();
      await page.clock.fastForward("00:20");
      await page.unroute("**/api/events");
      assert.equal(asked, 2, "the stream, and why it was refused");
      await page.clock.fastForward("00:15");
      await page.locator("#connection[data-state=connected]").waitFor();
      assert.equal(await page.locator("#reconnecting").innerText(), "");
      await context.close();
    });

    test("the theme changes and changes back without storage", async () => {
      const context = await application.browser.newContext({ colorScheme: "light" });
      await context.addInitScript(() => {
        const get = () => {
          throw new DOMException("denied", "SecurityError");
        };
        Object.defineProperty(globalThis, "localStorage", { get });
      });
      const page = await openPage(context, application.url);
      const themes = [];
      for (let i = 0; i < 3; i++) {
        await page.getByRole("button", { name: "Dark" }).click();
        themes.push(await page.evaluate(() => document.documentElement.dataset.theme));
      }

      assert.deepEqual(themes, ["dark", "light", "dark"]);
      assert.deepEqual(page.problems, []);
      await context.close();
    });

    test("a reader who asks too often learns how long to wait", async (page) => {
      const error = { code: "too-many-requests", message: "too many" };
      const headers = { "retry-after": "42" };
      await page.route("**/api/datasets", (route) => route.fulfill({ status: 429, headers, json: { error } }));
      await button(page, "Train a model", "train").click();

      await page.getByText("That was a lot at once. Try again in 42 seconds.").waitFor();
      await page.unroute("**/api/datasets");
    });

    test("a problem goes when the form opens again", async (page) => {
      const problem = page.locator("#train-form [role=alert]");
      assert.notEqual(await problem.innerText(), "");
      const second = await openPage(page.context(), application.url);
      await train(second, "5");
      await state(page, "train", "done");

      assert.equal(await problem.innerText(), "");
      await second.close();
    });

    test("a mailbox that cannot be read is read again", async (page) => {
      await page.route("**/api/mailbox", (route) => route.fulfill({ status: 502, json: {} }));
      const problem = page.getByText("The mailbox cannot be read at the moment.");
      await page.reload();
      await page.locator("#jobs li").waitFor(); // with the list of jobs, the mailbox was read last
      await problem.waitFor();
      await page.unroute("**/api/mailbox");

      await page.getByText("No mail yet.").waitFor();
      assert.equal(await problem.count(), 0);
    });

    test("jobs of earlier days show their date", async (page) => {
      const now = Date.now();
      await page.clock.install({ time: now + 3 * 24 * 3600 * 1000 });
      await page.reload();

      const day = new Date(now).toLocaleDateString("en-GB", { day: "numeric", month: "short" });
      await page
        .locator("#jobs time")
        .getByText(new RegExp(`^${day}, \\d\\d:\\d\\d$`))
        .waitFor();
    });
  });
}
