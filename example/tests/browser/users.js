/** What belongs to one user: an uploaded file, jobs, a session. */
import assert from "node:assert/strict";
import { button, ROUNDS, state, train, upload } from "./actions.js";
import { openPage } from "./browser.js";

const OWN_CUSTOMERS = `customer_id,tenure_months,monthly_charge,contract,support_calls,late_payments,products
Ada,2,95.5,monthly,6,3,1
Bob,60,40,two-year,0,0,3
Cyd,20,70,yearly,1,0,2
`;

/** @param {import("./visit.js").Visit} visit */
export function testUsers({ application, test }) {
  test("an own file is checked, then predicted", async (page) => {
    await page.locator("#file-form").getByLabel("Your own CSV file").check();
    await upload(page, "name,age\nAda,36\n");
    await page.getByText("The first line has no column customer_id", { exact: false }).waitFor();

    await upload(page, OWN_CUSTOMERS);

    await page.getByText("of 3 customers are likely to leave.", { exact: false }).waitFor();
    assert.equal(await page.locator("#file-job tbody tr").count(), 3);
  });

  test("another user sees nothing of it", async (page) => {
    const [{ id, file }] = await page.evaluate(async () => (await (await fetch("/api/jobs")).json()).jobs);
    const other = await openPage(application.browser, application.url);

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

  test("a window goes on with the session that another one has begun", async () => {
    const other = await openPage(application.browser, application.url);
    await train(other, ROUNDS);
    await other.context().clearCookies();
    await other.evaluate(() => fetch("/api/session"));

    await train(other, ROUNDS);

    assert.equal(await other.locator("#jobs li").count(), 1, "jobs of the earlier session are not shown");
    await state(other, "train", "done");
    await other.context().close();
  });

  test("the page explains that a session has ended", async (_page) => {
    const other = await openPage(application.browser, application.url);
    await other.context().clearCookies();
    await button(other, "Train a model", "train").click();

    await other.getByText("This browser’s session has ended. Reload the page to begin a new one.").waitFor();
    await other.context().close();
  });
}
