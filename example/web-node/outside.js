/** What comes from outside: uploaded files, and the mail catcher's mails. */
import { Refusal } from "./guard.js";

const MAILBOX = process.env.MAILBOX_URL || "http://127.0.0.1:2580";

/** @param {import("fastify").FastifyRequest} request @returns {Promise<Buffer | null>} a form's file; null when it is not a form */
export async function uploadOf(request) {
  if (!request.isMultipart()) return null;
  const part = await request.file().catch(refuseCut);
  if (part?.fieldname !== "file") throw new Refusal(422, "invalid", "The form has no file", { field: "file" });
  if (/\.csv$/i.test(part.filename)) return part.toBuffer().catch(refuseCut);
  throw new Refusal(415, "unsupported-media-type", "Use a CSV file", { field: "file" });
}

/** @param {any} error without a status when a form has no end @returns {never} */
function refuseCut(error) {
  throw error.statusCode ? error : new Refusal(422, "invalid", "The form is cut off", { field: "file" });
}

/** @param {string} path @param {RequestInit} [options] @returns {Promise<any>} what the mail catcher answers */
export async function askMailbox(path, options) {
  const answer = await fetch(MAILBOX + path, { ...options, signal: AbortSignal.timeout(2000) }).catch(() => null);
  if (!answer?.ok) throw new Refusal(502, "no-mailbox", "The mail catcher does not answer");
  return answer.json();
}
