/** Mails with a report. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { eagerApp } from "celery-js/testing";
import { postOffice } from "./_post-office.js";
import { withPackages } from "./_with-packages.js";
import { apologise, send } from "./mail.js";

const REPORT = { file: "report-1.pdf", pages: 2, bytes: 9 };

/** @type {string} */
let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "mails-"));
  await writeFile(join(folder, REPORT.file), "%PDF-1.3\n");
  process.env.JOBS_FILES_DIR = folder;
});

/** @param {import("node:test").TestContext} t @param {Parameters<typeof postOffice>[0]} [options] */
async function office(t, options) {
  const opened = await postOffice(options);
  t.after(opened.stop);
  process.env.JOBS_SMTP_URL = opened.url;
  return opened;
}

test("a report is sent as an attachment", withPackages, async (t) => {
  const { mails } = await office(t);

  const result = await eagerApp().task("send", send).delay(REPORT, "ada@company.example");

  assert.deepEqual(await result.get(), { messageId: `<${result.id}@jobs.example>`, to: "ada@company.example" });
  assert.match(mails[0], /^To: ada@company\.example/m);
  assert.match(mails[0], /filename=customers-who-may-leave\.pdf/);
});

test("a mail is sent again when the server was busy", withPackages, async (t) => {
  const { mails } = await office(t, { answers: [451, 421] });
  const app = eagerApp();

  const result = await app.task("send", send).delay(REPORT, "ada@company.example");

  assert.deepEqual(app.states(result), ["RETRY", "RETRY", "SUCCESS"]);
  assert.equal(mails.length, 1);
});

test("a server that stays away fails the task after 8 tries", withPackages, async (t) => {
  const { stop } = await office(t);
  await stop();
  const app = eagerApp();

  const result = await app.task("send", send).delay(REPORT, "ada@company.example");

  await assert.rejects(result.get(), isA("MailServerUnreachable"));
  assert.deepEqual(app.states(result), [...Array(7).fill("RETRY"), "FAILURE"]);
});

test("a missing report fails at once, without its path", withPackages, async (t) => {
  await office(t);
  const app = eagerApp();

  const result = await app.task("send", send).delay({ ...REPORT, file: "gone.pdf" }, "ada@company.example");

  await assert.rejects(result.get(), isA("FileNotFoundError"));
  await assert.rejects(result.get(), { message: 'there is no file "gone.pdf"' });
  assert.deepEqual(app.states(result), ["FAILURE"]);
});

test("a refused mail fails at once", withPackages, async (t) => {
  await office(t, { answers: [550] });
  const app = eagerApp();

  const result = await app.task("send", send).delay(REPORT, "nobody@company.example");

  await assert.rejects(result.get(), isA("MailRefused"));
  assert.deepEqual(app.states(result), ["FAILURE"]);
});

test("a mail that was cancelled before it was sent is not sent", withPackages, async (t) => {
  const { mails } = await office(t);
  await writeFile(join(folder, "mail-1"), "cancelled");
  const app = eagerApp();

  const result = await app.task("send", send).applyAsync([REPORT, "ada@company.example"], { taskId: "1" });

  await assert.rejects(result.get(), isA("MailWithdrawn"));
  assert.deepEqual(app.states(result), ["FAILURE"]);
  assert.deepEqual(mails, []);
});

test("a second run of a task sends no second mail", withPackages, async (t) => {
  const { mails } = await office(t);
  const run = () => eagerApp().task("send", send).applyAsync([REPORT, "ada@company.example"], { taskId: "2" });

  const first = await (await run()).get();
  const second = await (await run()).get();

  assert.deepEqual(second, first);
  assert.equal(mails.length, 1);
});

test("a run whose worker died while it sent is repeated", withPackages, async (t) => {
  const { mails } = await office(t);
  await writeFile(join(folder, "mail-3"), "sending");

  await eagerApp().task("send", send).applyAsync([REPORT, "ada@company.example"], { taskId: "3" });

  assert.equal(mails.length, 1);
});

test("a mail whose answer was lost is sent again with the same Message-ID", withPackages, async (t) => {
  const { mails } = await office(t, { lost: 1 });
  const app = eagerApp();
  const options = { taskId: "4", kwargs: { mailId: "job-1" } };

  const result = await app.task("send", send).applyAsync([REPORT, "ada@company.example"], options);

  assert.deepEqual(app.states(result), ["RETRY", "SUCCESS"]);
  const ids = mails.map((mail) => /^Message-ID: (.+)$/m.exec(mail)?.[1].trim());
  assert.deepEqual(ids, ["<job-1@jobs.example>", "<job-1@jobs.example>"]);
});

test("a mail whose answers were lost can no longer be cancelled", withPackages, async (t) => {
  const { mails, stop } = await office(t, { lost: 8 });
  const run = () => eagerApp().task("send", send).applyAsync([REPORT, "ada@company.example"], { taskId: "5" });
  const claimed = () => readFile(join(folder, "mail-5"), "utf8");

  await run();
  assert.equal(mails.length, 8);
  assert.equal(await claimed(), "sending");

  await stop();
  await run();
  assert.equal(await claimed(), "sending");
});

test("a server that hangs up before it has answered leaves the mail to be cancelled", withPackages, async (t) => {
  const server = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  process.env.JOBS_SMTP_URL = `smtp://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`;

  const result = await eagerApp().task("send", send).applyAsync([REPORT, "ada@company.example"], { taskId: "6" });

  await assert.rejects(result.get(), isA("MailServerUnreachable"));
  await assert.rejects(readFile(join(folder, "mail-6")), { code: "ENOENT" });
});

test("an apology names the failed task", withPackages, async (t) => {
  const { mails } = await office(t);

  const result = await eagerApp().task("apologise", apologise).delay("the-failed-id", "ada@company.example");

  assert.deepEqual(await result.get(), { failed: "the-failed-id", to: "ada@company.example" });
  assert.match(mails[0], /Reference: the-failed-id/);
});

/** @param {string} type @returns {(error: any) => boolean} */
function isA(type) {
  return (error) => error.constructor.name === type;
}
