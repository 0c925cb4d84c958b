/** What the page makes of events and answers that come late, or twice, or not at all. */
import assert from "node:assert/strict";
import { button, setHidden, state, train } from "./actions.js";
import { describeVisit } from "./visit.js";

const MAIL = { id: "1", to: "you@company.example", subject: "New", receivedAt: "2026-01-01T00:00:00Z", times: 1 };
const LONG = "W".repeat(40);

/** @param {import("./application.js").Application} application */
export function testUpdates(application) {
  describeVisit("the page's updates", application, ({ test }) => {
    test("the reason why a job cannot be cancelled stays while the job goes on", async (page) => {
      const error = { code: "being-sent", message: "this cannot be cancelled" };
      await page.route("**/cancel", (route) => route.fulfill({ status: 409, json: { error } }));
      await train(page, "200");
      await button(page, "Cancel", "train").click();
      const refusal = page.locator("#train-job [role=alert]").getByText("This cannot be cancelled.");
      await refusal.waitFor();
      const round = await page.locator("#train-job .detail").innerText();
      await page.waitForFunction(
        (before) => /** @type {HTMLElement} */ (document.querySelector("#train-job .detail")).innerText !== before,
        round,
      );

      assert.equal(await refusal.isVisible(), true);
      await page.unroute("**/cancel");
      await button(page, "Cancel", "train").click();
      await state(page, "train", "cancelled");
    });

    test("a workflow whose earlier steps have expired is not tried again", async (page) => {
      const error = { code: "expired", message: "expired" };
      await page.route("**/resume", (route) => route.fulfill({ status: 410, json: { error } }));
      const step = { language: "python", taskId: "1" };
      const steps = [
        { ...step, name: "predict", state: "done" },
        { ...step, name: "mail", state: "failed" },
      ];
      const failure = { type: "MailRefused", message: "no", step: "mail" };
      await add(page, { id: "all-1", kind: "workflow", state: "failed", steps, error: failure });
      const resume = button(page, "Try again from this step", "all");
      await resume.click();

      await page.getByText("The earlier steps are too old to continue: start a new run.").waitFor();
      assert.equal(await resume.count(), 0, "a hidden button has no role");
      await page.unroute("**/resume");
    });

    test("an older answer of the mailbox does not replace a newer one", async (page) => {
      let release = () => {};
      const released = /** @type {Promise<void>} */ (new Promise((resolve) => (release = resolve)));
      let calls = 0;
      await page.route("**/api/mailbox", async (route) => {
        const isFirst = calls++ === 0;
        if (isFirst) await released;
        const mails = isFirst ? [] : [{ ...MAIL, attachments: [] }];
        await route.fulfill({ json: { mails, away: false, awayForSeconds: 0 } });
      });
      await add(page, { id: "mail-1", kind: "mail" });
      await add(page, { id: "mail-2", kind: "mail" });
      await page.locator("#mailbox li").getByText("New").waitFor();
      const answered = page.waitForResponse("**/api/mailbox");
      release();
      await answered;

      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
      assert.equal(await page.locator("#mailbox li").count(), 1);
      await page.unroute("**/api/mailbox");
    });

    test("a list keeps the focus when it grows", async (page) => {
      await add(page, { id: "report-1", kind: "report", file: `report-${LONG}.pdf` });
      const link = page.locator("#jobs a");
      await link.focus();
      await add(page, { id: "report-2", kind: "report", createdAt: "2099-01-01T00:00:00Z" });

      await page.locator("#jobs time[datetime^='2099']").waitFor();
      assert.equal(await link.evaluate((element) => element === document.activeElement), true);
    });

    test("a phone shows long ids without scrolling sideways", async (page) => {
      const top = [{ customerId: LONG, churnProbability: 0.5 }];
      const result = { rows: 1, atRisk: 1, histogram: Array(10).fill(0), top };
      await add(page, { id: "file-1", kind: "predictionFile", createdAt: "2099-01-01T00:00:00Z", result });
      await add(page, {
        id: "mail-3",
        kind: "mail",
        createdAt: "2099-01-01T00:00:00Z",
        result: { to: `${LONG}@x.example` },
      });
      await page.setViewportSize({ width: 320, height: 700 });

      await page.locator("#file-job th").getByText(LONG).waitFor();
      await page.locator("#mail-job").getByText(LONG).waitFor();
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
    });

    test("jobs that are gone leave the page when the stream is opened again", async (page) => {
      const own = (await page.evaluate(async () => (await (await fetch("/api/jobs")).json()).jobs)).length;
      assert.notEqual(await page.locator("#jobs li").count(), own);

      await setHidden(page, true);
      await setHidden(page, false);

      await page.waitForFunction((count) => document.querySelectorAll("#jobs li").length === count, own);
    });
  });
}

/**
 * Adds a job to the page that the server does not know.
 *
 * @param {import("playwright-core").Page} page
 * @param {object} job
 */
async function add(page, job) {
  const whole = {
    state: "done",
    createdAt: "2026-01-01T00:00:00Z",
    progress: null,
    steps: [],
    result: null,
    file: null,
  };
  await page.evaluate(async (added) => (await import(`${location.origin}/assets/jobs.js`)).add(added), {
    ...whole,
    error: null,
    retries: 0,
    ...job,
  });
}
