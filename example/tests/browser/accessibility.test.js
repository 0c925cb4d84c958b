/** The page is usable by everyone: axe finds nothing, the keyboard suffices, and a phone shows all of it. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Application } from "./application.js";
import { accessibilityProblems, openBrowser, openPage, picture } from "./browser.js";

const PHONE = { width: 360, height: 740 };
const application = new Application(["node"]);
/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof openPage>>} */
let page;

before(async () => {
  [browser] = await Promise.all([openBrowser(), application.start()]);
  page = await openPage(browser, application.url("node"));
});
after(async () => {
  await browser?.close();
  await application.stop();
});

test("the keyboard suffices to train and predict", async () => {
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to the content");
  await page.keyboard.press("Enter");
  await tabTo("Rounds");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("5");
  await page.keyboard.press("Enter");
  await page.locator("#train-job .panel[data-state=done]").waitFor();

  await tabTo("Predict");
  await page.keyboard.press("Enter");
  await page.locator("#one-answer .big").waitFor();
  await tabTo("Predict, report and mail");
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

async function focused() {
  return page.evaluate(() => {
    const element = /** @type {HTMLInputElement} */ (document.activeElement);
    return element.labels?.[0]?.innerText ?? element.innerText;
  });
}

/** Presses Tab until a control has the focus. @param {string} name its name, or its label */
async function tabTo(name) {
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    if ((await focused()) === name) return;
  }
  assert.fail(`Tab does not reach ${name}`);
}
