/** Reads uploaded files, and asks the mail catcher. */
import { Refusal } from "./guard.js";

const MAILBOX = process.env.MAILBOX_URL || "http://127.0.0.1:2580";

/** @param {import("fastify").FastifyRequest} request @returns {Promise<Buffer | null>} a form's file; null when it is not a form */
export async function uploadOf(request) {
  if (!request.isMultipart()) return null;
  const part = await request.file().catch(refuseCut);
  if (part?.fieldname === "file" && /\.csv$/i.test(part.filename)) return part.toBuffer().catch(refuseCut);
  part?.file.resume(); // unread data would block the connection's next request
  if (part?.fieldname !== "file")
    throw new Refusal(422, "invalid", 'The form has no file: add it as the field "file"', { field: "file" });
  throw new Refusal(415, "unsupported-media-type", "Use a CSV file", { field: "file" });
}

/** @param {any} error it has no status if the form is cut off @returns {never} */
function refuseCut(error) {
  throw error.statusCode
    ? error
    : new Refusal(422, "invalid", "The upload ended early: send the file again", { field: "file" });
}

/** @param {string} path @param {RequestInit} [options] @returns {Promise<any>} the mail catcher's answer */
export async function askMailbox(path, options) {
  const answer = await fetch(MAILBOX + path, { ...options, signal: AbortSignal.timeout(2000) }).catch(() => null);
  if (!answer?.ok) throw new Refusal(502, "no-mailbox", "The mail catcher does not answer");
  return answer.json();
}
