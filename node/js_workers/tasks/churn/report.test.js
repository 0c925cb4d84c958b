/** The report as a PDF. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { eagerApp } from "celery-js/testing";
import { pathOf } from "./_files.js";
import { installed } from "./_packages.js";
import { summary } from "./_pages.js";
import { withPackages } from "./_with-packages.js";
import { render } from "./report.js";

const PREDICTIONS = {
  file: "predictions.csv",
  rows: 10_000,
  at_risk: 2143,
  mean_probability: 0.314,
  histogram: [2600, 1700, 1300, 1207, 1050, 800, 560, 420, 250, 113],
  top: Array.from({ length: 20 }, (_, i) => ({ customer_id: `C-${1000 + i}`, churn_probability: 0.97 - i / 100 })),
};

/** @type {string} */
let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "reports-"));
  process.env.JOBS_FILES_DIR = folder;
});

test("the summary says how many may leave", () => {
  assert.equal(
    summary(PREDICTIONS),
    "Of 10,000 customers, 2,143 (21%) are more likely to leave than to stay. The average probability is 31%. " +
      "The most likely one is C-1000, with 97.0%.",
  );
});

test("the summary of no customers has no shares to divide", () => {
  const none = { ...PREDICTIONS, rows: 0, at_risk: 0, mean_probability: 0, top: [] };

  assert.match(summary(none), /^Of 0 customers, 0 \(0%\) are/);
});

test("a report is a PDF with its table on two pages", withPackages, async () => {
  const result = await eagerApp().task("render", render).delay(PREDICTIONS, "report-1");

  const report = await result.get();
  const content = await readFile(join(folder, "report-1.pdf"));
  assert.deepEqual(report, { file: "report-1.pdf", pages: 2, bytes: content.length });
  assert.equal(content.subarray(0, 5).toString(), "%PDF-");
});

test("names may be in any letters that its own font has", withPackages, async () => {
  const predictions = { ...PREDICTIONS, top: [{ customer_id: "Łódź Ωμέγα Иван", churn_probability: 1 }] };
  await eagerApp().task("render", render).delay(predictions, "report-3");

  // A font of the reader's would show other letters instead.
  const content = await readFile(join(folder, "report-3.pdf"), "latin1");
  assert.match(content, /FontFile2/);
  assert.doesNotMatch(content, /Helvetica/);
});

test("a second run replaces the report and leaves nothing else", withPackages, async () => {
  const task = eagerApp().task("render", render);
  await task.delay(PREDICTIONS, "report-2");
  await task.delay(PREDICTIONS, "report-2");

  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.includes("report-2")),
    ["report-2.pdf"],
  );
});

test("a report that was cancelled is not rendered", async () => {
  await writeFile(join(folder, "cancelled-stopped"), "");
  const app = eagerApp();

  await app.task("render", render).applyAsync([PREDICTIONS, "report-4"], { taskId: "stopped" });

  assert.equal(app.states("stopped").at(-1), "REVOKED");
  assert.equal((await readdir(folder)).includes("report-4.pdf"), false);
});

for (const name of ["../secret", "/etc/passwd", ".hidden", "a/b", ""]) {
  test(`the name ${JSON.stringify(name)} is refused`, () => {
    assert.throws(() => pathOf(name), /is not a file's name/);
  });
}

test("a missing package is reported in one line", async () => {
  const missing = "no-such-package";

  await assert.rejects(installed(missing, import(missing)), {
    message: "the package no-such-package is not installed; run: npm ci --prefix node/js_workers/tasks/churn",
  });
});
