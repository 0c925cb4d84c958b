/** Forms before the session has begun, with a file that changes, and with a choice that is restored. */
import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { button, state } from "./actions.js";
import { describeVisit } from "./visit.js";

/** @param {import("./application.js").Application} application */
export function testForms(application) {
  describeVisit("the page's forms", application, ({ test }) => {
    test("a form is not sent before its script is there", async () => {
      const context = await application.browser.newContext();
      const early = await context.newPage();
      const answer = /** @type {{ send: () => void, sent: Promise<void> }} */ ({});
      answer.sent = new Promise((resolve) => (answer.send = resolve));
      await early.route("**/api/session", async (route) => {
        await answer.sent;
        await route.continue();
      });
      await early.goto(application.url);
      const submit = early.getByRole("button", { name: "Train a model" });
      await early.getByLabel("Rounds", { exact: true }).press("Enter");

      assert.equal(await submit.isDisabled(), true);
      assert.equal(new URL(early.url()).search, "");
      answer.send();
      await submit.click({ trial: true });
      await context.close();
    });

    test("the keyboard stays at the button that it has pressed", async (page) => {
      await page.getByLabel("Rounds", { exact: true }).fill("5");
      await button(page, "Train a model", "train").press("Enter");
      await state(page, "train", "done");

      assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Train a model");
    });

    test("a file that has changed is to be chosen again", async (page) => {
      const file = join(await mkdtemp(join(tmpdir(), "customers-")), "customers.csv");
      await writeFile(file, "name,age\nAda,36\n");
      await page.locator("#train-form").getByLabel("Your own CSV file").check();
      await page.locator("#train-file").setInputFiles(file);
      await button(page, "Train a model", "train").click();
      await page.locator("#train-file-problem").getByText("The first line has no column customer_id").waitFor();

      await writeFile(file, "customer_id,tenure_months\n");
      await button(page, "Train a model", "train").click();

      await page.locator("#train-file-problem").getByText("The file has changed: choose it again.").waitFor();
    });

    test("a choice that the browser restores shows its field", async (page) => {
      await page.locator("#file-form").getByLabel("Your own CSV file").check();
      await page.goto(`${application.url}/openapi.json`);
      await page.goBack();
      await page.locator("#connection[data-state=connected]").waitFor();

      assert.equal(await page.locator("#file-form").getByLabel("Your own CSV file").isChecked(), true);
      await page.locator("#file-file").waitFor();
    });
  });
}
