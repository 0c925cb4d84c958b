/** The page is accessible: axe finds no fault, every control works with the keyboard, and a phone shows all of it. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { accessibilityProblems, openPage, picture } from "./browser.js";

const PHONE = { width: 360, height: 740 };

/** @param {import("./application.js").Application} application */
export function testAccessibility(application) {
  describe("everyone can use the page", () => {
    /** @type {import("playwright-core").Page} */
    let page;
    before(async () => {
      page = await openPage(application.browser, application.url);
    });

    test("the keyboard suffices to train and predict", async () => {
      await page.keyboard.press("Tab");
      assert.equal(await focused(page), "Skip to the content");
      await page.keyboard.press("Enter");
      await tabTo(page, "Rounds");
      await page.keyboard.press("Control+A");
      await page.keyboard.type("5");
      await page.keyboard.press("Enter");
      await page.locator("#train-job .panel[data-state=done]").waitFor();

      await tabTo(page, "Predict");
      await page.keyboard.press("Enter");
      await page.locator("#one-answer .big").waitFor();
      await tabTo(page, "Predict, report and mail");
      await page.keyboard.press("Enter");
      await page.locator("#all-job .panel[data-state=done]").waitFor();
    });

    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      for (const [width, viewport] of Object.entries({ desktop: { width: 1280, height: 900 }, phone: PHONE })) {
        test(`axe finds nothing in the ${colorScheme} theme on a ${width}`, async () => {
          await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
          await page.setViewportSize(viewport);

          assert.deepEqual(await accessibilityProblems(page), []);
          await picture(page, `${width}-${colorScheme}`);
        });
      }
    }

    test("a phone shows the page without scrolling sideways", async () => {
      await page.setViewportSize({ width: 320, height: 700 });

      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
    });

    test("the chosen theme stays after a reload", async () => {
      await page.emulateMedia({ colorScheme: "light" });
      await page.getByRole("button", { name: "Dark" }).click();
      await page.reload();

      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
    });
  });
}

/** @param {import("playwright-core").Page} page */
async function focused(page) {
  return page.evaluate(() => {
    const element = /** @type {HTMLInputElement} */ (document.activeElement);
    return element.labels?.[0]?.innerText ?? element.innerText;
  });
}

/**
 * @param {import("playwright-core").Page} page
 * @param {string} name of a control, or its label
 */
async function tabTo(page, name) {
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    if ((await focused(page)) === name) return;
  }
  assert.fail(`Tab does not reach ${name}`);
}
