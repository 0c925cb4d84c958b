/** What a reader does with the page in Chromium, in this order: later tests use what earlier ones have made. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openPage } from "./browser.js";
import { testJobs } from "./jobs.js";
import { testMails } from "./mails.js";
import { testOutages } from "./outages.js";
import { testUsers } from "./users.js";

/**
 * @typedef {Awaited<ReturnType<typeof openPage>>} Page
 *
 * @typedef {object} Visit
 * @property {import("./application.js").Application} application
 * @property {(name: string, steps: (page: Page) => Promise<void>) => void} test defines a test of the one page
 */

/** @param {import("./application.js").Application} application */
export function testPage(application) {
  describe(`the page with the ${application.server} server`, () => {
    /** @type {Page} */
    let page;
    before(async () => {
      page = await openPage(application.browser, application.url);
    });
    after(() => {
      assert.deepEqual(page.problems, [], "no error and no violation of the content security policy");
    });

    /** @type {Visit} */
    const visit = { application, test: (name, steps) => void test(name, () => steps(page)) };
    testJobs(visit);
    testMails(visit);
    testUsers(visit);
    testOutages(visit);
  });
}
