/** Mails with a report, sent to the SMTP server that JOBS_SMTP_URL names. */
import { PassThrough } from "node:stream";
import { task } from "celery-js";
import { readVariables } from "../../config.js";
import { claim, FileNotFoundError, read, remove, save } from "./_files.js";
import { installed } from "./_packages.js";

/** The mail server does not answer, or asks to be called later. */
class MailServerUnreachable extends Error {}

/** The mail server refuses this mail, for example because it does not know the address. */
class MailRefused extends Error {}

/** The mail was cancelled before it was sent. */
class MailWithdrawn extends Error {}

const FROM = '"Churn reports" <reports@jobs.example>';
const ATTACHED_AS = "customers-who-may-leave.pdf";
const ANSWER_WITHIN_MS = 5000;
// A server may take long to check a mail that it has received.
const ACCEPT_WITHIN_MS = 30_000;
const UNREACHABLE = new Set(["ECONNECTION", "ECONNREFUSED", "ECONNRESET", "EDNS", "ENOTFOUND", "ESOCKET", "ETIMEDOUT"]);

// Seven more tries after 1, 2, 4, 5, 5, 5 and 5 s.
const RETRIES = {
  autoretryFor: [MailServerUnreachable],
  maxRetries: 7,
  retryBackoff: 1,
  retryBackoffMax: 5,
  retryJitter: false,
  throws: [MailServerUnreachable, MailRefused, MailWithdrawn, FileNotFoundError],
};

export const send = task(
  { bind: true, trackStarted: true, ...RETRIES },
  /**
   * Sends a report as an attachment.
   *
   * @param {import("./report.js").Report} report
   * @param {string} to
   * @param {string | null} [mailId] the first part of its Message-ID: another task that sends this mail again takes the same one
   * @returns {Promise<{ messageId: string, to: string }>}
   */
  async (self, report, to, mailId = null) => {
    const content = await read(report.file);
    const messageId = await deliver(self.request.id, {
      messageId: `<${mailId ?? self.request.id}@jobs.example>`,
      to,
      subject: "Your report: customers who may leave",
      text: `Hello,\n\nthe report that you asked for is attached (pages: ${report.pages}).\n`,
      attachments: [{ filename: ATTACHED_AS, content, contentType: "application/pdf" }],
    });
    return { messageId, to };
  },
);

export const apologise = task(
  { bind: true, ...RETRIES },
  /**
   * Tells the person who waits for a report that a step of it failed.
   *
   * @param {string} failedId the failed task, which Celery puts before an errback's own arguments
   * @param {string} to
   * @returns {Promise<{ failed: string, to: string }>}
   */
  async (self, failedId, to) => {
    self.log.warn({ failed_task: failedId }, "a report could not be finished");
    await deliver(self.request.id, {
      messageId: `<${self.request.id}@jobs.example>`,
      to,
      subject: "Your report is not ready",
      text: `Hello,\n\na step of your report failed. Open the page to see why and to try again.\n\nReference: ${failedId}\n`,
    });
    return { failed: failedId, to };
  },
);

/**
 * Sends a mail once. A sent mail cannot be recalled, so a file decides between sending and cancelling: the web server claims it to
 * cancel, this task to send, and the first one wins. When a worker dies while it sends, or the server's answer is lost, another run
 * sends the mail again, with the same Message-ID, by which mailboxes recognise a duplicate.
 *
 * @param {string} taskId
 * @param {import("nodemailer").SendMailOptions & { messageId: string }} mail
 * @returns {Promise<string>} the Message-ID
 * @throws {MailServerUnreachable | MailRefused | MailWithdrawn}
 */
async function deliver(taskId, mail) {
  const claimed = `mail-${taskId}`;
  const before = await claim(claimed, "sending");
  if (before === "cancelled") throw new MailWithdrawn("this mail was cancelled");
  if (before === "sent") return mail.messageId;
  let isTransmitted = false;
  try {
    await transmit({ from: FROM, ...mail }, () => (isTransmitted = true));
  } catch (/** @type {any} */ error) {
    // Otherwise the server may have the mail, from this try or from an earlier one.
    if (before === null && (error.responseCode || !isTransmitted)) await remove(claimed);
    throw mailError(error);
  }
  await save(claimed, "sent");
  return mail.messageId;
}

/**
 * @param {import("nodemailer").SendMailOptions} mail
 * @param {() => void} onTransmission called once the server has greeted, before it gets anything of the mail
 */
async function transmit(mail, onTransmission) {
  const { createTransport } = await installed("nodemailer", import("nodemailer"));
  const within = { connectionTimeout: ANSWER_WITHIN_MS, greetingTimeout: ANSWER_WITHIN_MS };
  const transport = createTransport({ url: readVariables().JOBS_SMTP_URL, socketTimeout: ACCEPT_WITHIN_MS, ...within });
  transport.use("stream", ({ message }, done) => {
    message.transform(() => {
      onTransmission();
      return new PassThrough();
    });
    done();
  });
  try {
    await transport.sendMail(mail);
  } finally {
    transport.close();
  }
}

/**
 * @param {unknown} error what nodemailer threw
 * @returns {unknown}
 */
function mailError(error) {
  const {
    code = "",
    responseCode = 0,
    message,
  } = /** @type {Error & { code?: string, responseCode?: number }} */ (error);
  if (responseCode >= 500) return new MailRefused(message);
  if (responseCode >= 400 || UNREACHABLE.has(code)) return new MailServerUnreachable(message);
  return error;
}
