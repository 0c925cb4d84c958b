/** One page for a group of tests, which use it in their order: later ones may use what earlier ones have made. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openPage } from "./browser.js";

/**
 * @typedef {Awaited<ReturnType<typeof openPage>>} Page
 *
 * @typedef {object} Visit
 * @property {import("./application.js").Application} application
 * @property {(name: string, steps: (page: Page) => Promise<void>) => void} test defines a test of the one page
 */

/**
 * Opens the page before the group's first test, and closes it after the last.
 *
 * @param {string} title
 * @param {import("./application.js").Application} application
 * @param {(visit: Visit) => void} defineTests
 * @param {import("playwright-core").BrowserContextOptions} [options]
 */
export function describeVisit(title, application, defineTests, options) {
  describe(`${title} with the ${application.server} server`, () => {
    /** @type {Page} */
    let page;
    before(async () => {
      page = await openPage(application.browser, application.url, options);
    });
    after(async () => {
      await page.context().close();
      assert.deepEqual(page.problems, [], "no error and no violation of the content security policy");
    });

    defineTests({ application, test: (name, steps) => void test(name, () => steps(page)) });
  });
}
