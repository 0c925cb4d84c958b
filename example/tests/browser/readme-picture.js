/**
 * Takes docs/example.png, the picture in the README, from a real training. While `make example` runs:
 *
 *     node example/tests/browser/readme-picture.js
 *     pngquant --force --ext .png --skip-if-larger docs/example.png
 *
 * With the font Inter installed (Debian: `apt install fonts-inter`), it looks as it does on most machines.
 */
import { fileURLToPath } from "node:url";
import { openBrowser, openPage } from "./browser.js";

const [url = "http://127.0.0.1:8000"] = process.argv.slice(2);
const FILE = fileURLToPath(new URL("../../../docs/example.png", import.meta.url));

const browser = await openBrowser();
try {
  const page = await openPage(browser, url, { viewport: { width: 1180, height: 976 }, deviceScaleFactor: 2 });
  await page.getByRole("button", { name: "Train a model" }).click();
  await page.getByText("Round 24 of 40").waitFor();
  await page.mouse.move(0, 0);
  await page.screenshot({ path: FILE });
} finally {
  await browser.close();
}
