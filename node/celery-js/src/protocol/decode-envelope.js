/** Reads the envelope around a message (`kombu.transport.virtual.base.Channel`). */
import { DecodeError } from "../errors.js";
import { isMapping, textOrNull } from "./json-loads.js";
import { checkSize, DEFAULT_LIMITS, loadsWithin, taskIdIn } from "./limits.js";

/**
 * @typedef {object} Envelope
 * @property {string} body as on the wire, in the encoding of `properties.body_encoding`
 * @property {string | null} contentType
 * @property {string | null} contentEncoding
 * @property {Record<string, unknown>} headers
 * @property {Record<string, unknown>} properties
 */

/**
 * Reads an envelope. Headers and properties that are missing are empty: other clients leave them out.
 *
 * @param {string} raw
 * @param {import("./limits.js").Limits} [limits]
 * @returns {Envelope}
 * @throws {DecodeError} when the text is not an envelope of kombu's, or a limit forbids to read it: it then has the `taskId`
 */
export function decodeEnvelope(raw, limits = DEFAULT_LIMITS) {
  const payload = loadsEnvelope(raw, limits);
  if (!isMapping(payload)) throw new DecodeError("The message is not a JSON object");
  const { body, headers, properties } = payload;
  if (typeof body !== "string") throw new DecodeError("The message has no body");
  if (!isMapping(properties)) throw new DecodeError("The message has no properties");
  if (!isMapping(headers) && headers !== null && headers !== undefined) {
    throw new DecodeError("The message's headers are not a JSON object");
  }
  return {
    body,
    contentType: textOrNull(payload["content-type"]),
    contentEncoding: textOrNull(payload["content-encoding"]),
    headers: headers ?? {},
    properties,
  };
}

/**
 * @param {string} raw
 * @param {import("./limits.js").Limits} limits
 */
function loadsEnvelope(raw, limits) {
  try {
    checkSize(raw.length, limits);
    return loadsWithin(raw, limits, "the message");
  } catch (error) {
    throw Object.assign(/** @type {Error} */ (error), { taskId: taskIdIn(raw) });
  }
}
