/** Reports, and the mails with them. */
import assert from "node:assert/strict";
import { button, download, outage, state, taskIds } from "./actions.js";
import { accessibilityProblems, picture } from "./browser.js";

/** @param {import("./visit.js").Visit} visit */
export function testMails({ application, test }) {
  test("the report is a PDF", async (page) => {
    await button(page, "Render the report", "report").click();

    await state(page, "report", "done");
    const pdf = await download(page, page.locator("#report-job a"));
    assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
  });

  test("a mail with the report arrives when the server is back", async (page) => {
    await page.getByRole("button", { name: "Take the mail server away" }).click();
    await page.getByText("Send a report now, and see how it is tried again.").waitFor();
    await button(page, "Send the report", "mail").click();

    await state(page, "mail", "retrying");
    await picture(page, `${application.server}-retrying`);
    await outage(page, 0);
    await state(page, "mail", "done");
    await page.locator("#mailbox li").getByText("Your report: customers who may leave").waitFor();
    assert.match(await page.locator("#mailbox .attachment").innerText(), /\.pdf, \d+ kB/);
  });

  test("a mail that is being sent is not cancelled, and the page says so", async (page) => {
    await page.locator("#mail-to").fill("you@slow.example");
    await button(page, "Send the report", "mail").click();
    await state(page, "mail", "running");
    await button(page, "Cancel", "mail").click();

    await page.getByText("The mail is being sent, so it can no longer be cancelled.").waitFor();
    await state(page, "mail", "done");
    await page.locator("#mailbox li").getByText("to you@slow.example").waitFor();
  });

  test("a mail whose answers are lost is there once", async (page) => {
    await page.locator("#mail-to").fill("you@lost.example");
    await button(page, "Send the report", "mail").click();

    await page.locator("#mail-job .detail").getByText("The mail server does not answer.").waitFor();
    await state(page, "mail", "done");
    await page.getByText("to you@lost.example, came 4 times and is kept once").waitFor();
    assert.equal(await page.locator("#mailbox li").getByText("to you@lost.example").count(), 1);
  });

  test("a refused address fails in words", async (page) => {
    await page.locator("#mail-to").fill("nobody@refused.example");
    await button(page, "Send the report", "mail").click();

    await state(page, "mail", "failed");
    assert.match(await page.locator("#mail-job .error").innerText(), /^The mail server refuses this address/);
  });

  test("a workflow goes on from the step that was cancelled, or failed", async (page) => {
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
    await picture(page, `${application.server}-failed`);
    const predicted = await taskIds(page);

    await outage(page, 0);
    await button(page, "Try again from this step", "all").click();

    await state(page, "all", "done");
    assert.deepEqual(await states(), ["done", "done", "done"]);
    assert.deepEqual((await taskIds(page)).slice(0, 2), predicted.slice(0, 2), "the first steps did not run again");
  });
}
