/** Reads uploaded files, and asks the mail catcher. */
import { FORM_LIMIT_BYTES, Refusal, tooLarge } from "./guard.js";

/** @typedef {import("fastify").FastifyRequest} FastifyRequest */

const MAILBOX = process.env.MAILBOX_URL || "http://127.0.0.1:2580";

/** @param {FastifyRequest} request @returns {Promise<Buffer | null>} a form's file; null when it is not a form */
export async function uploadOf(request) {
  if (!request.isMultipart()) return null;
  try {
    return await Promise.race([readFile(request), refuseAbove(FORM_LIMIT_BYTES, request)]);
  } catch (error) {
    // Unread data would block the connection's next request.
    request.raw.unpipe();
    request.raw.resume();
    throw error;
  }
}

/** @param {FastifyRequest} request @returns {Promise<Buffer>} */
async function readFile(request) {
  const parts = request.parts();
  const { value: part } = await parts.next().catch(refuseCut);
  if (part?.type !== "file" || part.fieldname !== "file")
    throw new Refusal(422, "invalid", 'The form has no file: add it as the field "file"', { field: "file" });
  if (!/\.csv$/i.test(part.filename))
    throw new Refusal(415, "unsupported-media-type", "Use a CSV file", { field: "file" });
  const content = await part.toBuffer().catch(refuseCut);
  // If a chunk ended at the limit, `toBuffer` has not noticed that there was more.
  if (part.file.truncated) throw tooLarge();
  const { done } = await parts.next().catch(refuseCut);
  if (!done) throw new Refusal(422, "invalid", "The form has more than the file", { field: "file" });
  return content;
}

/** @param {number} limit in bytes @param {FastifyRequest} request @returns {Promise<never>} rejects once its body is larger */
function refuseAbove(limit, { raw }) {
  let size = 0;
  return new Promise((_, reject) => {
    raw.on("data", (chunk) => {
      size += chunk.length;
      if (size > limit) reject(tooLarge());
    });
  });
}

/** @param {any} error it has no status if the form is cut off @returns {never} */
function refuseCut(error) {
  if (error.code === "FST_FILES_LIMIT" || error.code === "FST_FIELDS_LIMIT" || error.code === "FST_PARTS_LIMIT")
    throw new Refusal(422, "invalid", "The form has more than the file", { field: "file" });
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
