/** What a reader does with the page in Chromium. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { accessibilityProblems, openPage, picture } from "./browser.js";

/** @typedef {Awaited<ReturnType<typeof openPage>>} Page */

const ROUNDS = "6";
const OWN_CUSTOMERS = `customer_id,tenure_months,monthly_charge,contract,support_calls,late_payments,products
Ada,2,95.5,monthly,6,3,1
Bob,60,40,two-year,0,0,3
Cyd,20,70,yearly,1,0,2
`;

/** @param {import("./application.js").Application} application */
export function testPage(application) {
  const { server } = application;
  describe(`the page with the ${server} server`, () => {
    /** @type {import("playwright-core").Browser} */
    let browser;
    /** @type {Page} */
    let page;
    /** @type {string} */
    let url;

    before(async () => {
      url = application.url;
      browser = application.browser;
      page = await openPage(browser, url);
    });
    after(() => {
      assert.deepEqual(page.problems, [], "no error and no violation of the content security policy");
    });

    test("steps wait until what they need is there", async () => {
      assert.equal(await button(page, "Predict", "one").isDisabled(), true);
      assert.equal(await page.locator("#report-needs").innerText(), "Predict a file first.");
    });

    test("a wrong value is said beside its field", async () => {
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

    test("a training is cancelled at any moment", async () => {
      await train(page, "200");
      await page.locator("#train-job .curve").waitFor();
      await picture(page, `${server}-training`);

      await button(page, "Cancel", "train").press("Enter");

      await state(page, "train", "cancelled");
      const focused = () => page.evaluate(() => document.activeElement?.textContent);
      assert.equal(await focused(), "Cancelled", "the keyboard goes on from where the button was");
    });

    test("a training shows its curve, and other tabs show it too", async () => {
      await train(page, ROUNDS);
      const second = await openPage(page.context(), url);

      await second.locator("#train-job .panel[data-state=running]").waitFor();
      assert.equal(await button(second, "Train a model", "train").isDisabled(), true);
      await state(page, "train", "done");
      await state(second, "train", "done");
      assert.match(await page.locator("#train-job .fact").innerText(), /^\d+% right about customers/);
      await second.close();
    });

    test("after a reload, the page finds its jobs", async () => {
      await page.reload();

      await state(page, "train", "done");
      assert.equal(await page.locator("#jobs li").count(), 2);
    });

    test("one customer is predicted at once, with reasons", async () => {
      await button(page, "Predict", "one").click();

      await page.locator("#one-answer .big").waitFor();
      assert.match(await page.locator("#one-answer .big").innerText(), /^\d+% likely to (leave|stay)$/);
      assert.ok((await page.locator("#one-answer .effects li").count()) >= 3);
    });

    test("a file of 10,000 customers is predicted in parts", async () => {
      await button(page, "Predict the file", "file").click();

      await state(page, "file", "done");
      assert.match(await page.locator("#file-job .fact").innerText(), /of 10,000 customers are likely to leave/);
      const csv = await download(page, page.getByRole("link", { name: "Download all predictions" }));
      assert.equal(csv.toString().trim().split("\n").length, 10_001);
    });

    test("the report is a PDF", async () => {
      await button(page, "Render the report", "report").click();

      await state(page, "report", "done");
      const pdf = await download(page, page.locator("#report-job a"));
      assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
    });

    test("a mail with the report arrives when the server is back", async () => {
      await page.getByRole("button", { name: "Take the mail server away" }).click();
      await page.getByText("Send a report now, and see how it is tried again.").waitFor();
      await button(page, "Send the report", "mail").click();

      await state(page, "mail", "retrying");
      await picture(page, `${server}-retrying`);
      await outage(page, 0);
      await state(page, "mail", "done");
      await page.locator("#mailbox li").getByText("Your report: customers who may leave").waitFor();
      assert.match(await page.locator("#mailbox .attachment").innerText(), /\.pdf, \d+ kB/);
    });

    test("a mail that is being sent is not cancelled, and the page says so", async () => {
      await page.locator("#mail-to").fill("you@slow.example");
      await button(page, "Send the report", "mail").click();
      await state(page, "mail", "running");
      await button(page, "Cancel", "mail").click();

      await page.getByText("The mail is being sent, so it cannot be called back.").waitFor();
      await state(page, "mail", "done");
      await page.locator("#mailbox li").getByText("to you@slow.example").waitFor();
    });

    test("a mail whose answers are lost is there once", async () => {
      await page.locator("#mail-to").fill("you@lost.example");
      await button(page, "Send the report", "mail").click();

      await page.locator("#mail-job .detail").getByText("The mail server does not answer.").waitFor();
      await state(page, "mail", "done");
      await page.getByText("to you@lost.example, came 4 times and is kept once").waitFor();
      assert.equal(await page.locator("#mailbox li").getByText("to you@lost.example").count(), 1);
    });

    test("a refused address fails in words", async () => {
      await page.locator("#mail-to").fill("nobody@refused.example");
      await button(page, "Send the report", "mail").click();

      await state(page, "mail", "failed");
      assert.match(await page.locator("#mail-job .error").innerText(), /^The mail server refuses this address/);
    });

    test("a workflow goes on from the step that was cancelled, or failed", async () => {
      await outage(page, 120);
      await button(page, "Predict, report and mail", "all").click();
      await state(page, "all", "retrying");
      await button(page, "Cancel", "all").click();
      await state(page, "all", "cancelled");
      await button(page, "Try again from this step", "all").click();
      await state(page, "all", "failed");
      const states = () =>
        page.locator("#all-job .rail li").evaluateAll((all) => all.map(({ dataset }) => dataset.state));
      assert.deepEqual(await states(), ["done", "done", "failed"]);
      assert.match(await page.locator("#all-job .error").innerText(), /^The mail server did not answer/);
      assert.deepEqual(await accessibilityProblems(page), []);
      await picture(page, `${server}-failed`);
      const predicted = await taskIds(page);

      await outage(page, 0);
      await button(page, "Try again from this step", "all").click();

      await state(page, "all", "done");
      assert.deepEqual(await states(), ["done", "done", "done"]);
      assert.deepEqual((await taskIds(page)).slice(0, 2), predicted.slice(0, 2), "the first steps did not run again");
    });

    test("an own file is checked, then predicted", async () => {
      await page.locator("#file-form").getByLabel("Your own CSV file").check();
      await upload(page, "name,age\nAda,36\n");
      await page.getByText("The first line has no column customer_id", { exact: false }).waitFor();

      await upload(page, OWN_CUSTOMERS);

      await page.getByText("of 3 customers are likely to leave.", { exact: false }).waitFor();
      assert.equal(await page.locator("#file-job tbody tr").count(), 3);
    });

    test("another user sees nothing of it", async () => {
      const [{ id, file }] = await page.evaluate(async () => (await (await fetch("/api/jobs")).json()).jobs);
      const other = await openPage(browser, url);

      const statuses = await other.evaluate(
        async ([jobId, name]) => {
          const { post } = await import(`${location.origin}/assets/api.js`);
          const cancel = await post(`/api/jobs/${jobId}/cancel`).catch((/** @type {any} */ error) => error.status);
          return [(await fetch(`/api/jobs/${jobId}`)).status, (await fetch(`/api/files/${name}`)).status, cancel];
        },
        [id, file],
      );

      assert.deepEqual(statuses, [404, 404, 404]);
      assert.equal(await other.locator("#jobs").innerText(), "No jobs yet.");
      await other.context().close();
    });

    test("a session that has ended is said in words", async () => {
      const other = await openPage(browser, url);
      await other.context().clearCookies();
      await button(other, "Train a model", "train").click();

      await other.getByText("This browser’s session has ended. Reload the page to begin a new one.").waitFor();
      await other.context().close();
    });

    test("while the job server is away, the page says so and goes on", async () => {
      await train(page, ROUNDS);
      await page.locator("#train-job .curve").waitFor();
      await application.broker.stop("SIGKILL");
      await page.getByText("The job server does not answer.", { exact: false }).first().waitFor();
      await picture(page, `${server}-reconnecting`);
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
      await picture(page, `${server}-all`);
    });
  });
}

/**
 * @param {Page} page
 * @param {string} name
 * @param {string} section such as "train"
 */
function button(page, name, section) {
  return page.locator(`section.step:has(#${section}-title)`).getByRole("button", { name, exact: true });
}

/**
 * @param {Page} page
 * @param {string} rounds
 */
async function train(page, rounds) {
  await page.getByLabel("Rounds", { exact: true }).fill(rounds);
  await button(page, "Train a model", "train").click();
  await page.locator("#train-job .panel[data-state=running]").waitFor();
}

/**
 * @param {Page} page
 * @param {string} section
 * @param {string} wanted
 */
async function state(page, section, wanted) {
  await page.locator(`#${section}-job .panel[data-state=${wanted}]`).waitFor();
}

/**
 * @param {Page} page
 * @param {import("playwright-core").Locator} link
 */
async function download(page, link) {
  const [file] = await Promise.all([page.waitForEvent("download"), link.click()]);
  return readFile(await file.path());
}

/**
 * @param {Page} page
 * @param {string} text
 */
async function upload(page, text) {
  const file = { name: "customers.csv", mimeType: "text/csv", buffer: Buffer.from(text) };
  await page.locator("#file-file").setInputFiles(file);
  await button(page, "Predict the file", "file").click();
}

/**
 * Starts or ends an outage of the mail server, and waits until the mailbox shows it.
 * @param {Page} page
 * @param {number} seconds
 */
async function outage(page, seconds) {
  const { away } = await page.evaluate(async (time) => {
    const { get, post } = await import(`${location.origin}/assets/api.js`);
    await post("/api/mailbox/outage", { seconds: time });
    return get("/api/mailbox");
  }, seconds);
  assert.equal(away, seconds > 0);
}

/** @param {Page} page @returns {Promise<string[]>} of the newest workflow */
async function taskIds(page) {
  return page.evaluate(async () => {
    const { jobs } = await (await fetch("/api/jobs")).json();
    return jobs
      .find((/** @type {any} */ job) => job.kind === "workflow")
      .steps.map((/** @type {any} */ step) => step.taskId);
  });
}
