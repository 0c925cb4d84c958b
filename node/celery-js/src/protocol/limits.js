/**
 * The limits of a single message: checked where a message is sent, and again where it is taken, since other programs send too.
 * A refusal names the setting. Python's workers have the same limits (`celery_reliable/limits.py`).
 *
 * A reader's time goes with the number of lists, objects and members, not with the bytes: 16 MB of `[]` take a hundred times as
 * long as a text of 16 MB. A large text is therefore looked through before it is parsed.
 */
import { DecodeError, EncodeError, InvalidTaskError } from "../errors.js";
import { SETTINGS } from "../settings.js";
import { loads } from "./json.js";
import { endOfString } from "./json-loads.js";

/**
 * @typedef {"messageSizeLimit" | "messageDepthLimit" | "messageValueLimit" | "decompressedSizeLimit"} TextLimit
 * @typedef {"callbackLimit" | "chainLengthLimit"} FollowerLimit
 * @typedef {Pick<import("../settings.js").Settings, TextLimit | FollowerLimit>} Limits
 * @typedef {new (message: string) => Error} ErrorClass
 */

/** Of what is read without an app: commands and events. @type {Limits} */
export const DEFAULT_LIMITS = {
  messageSizeLimit: SETTINGS.messageSizeLimit.default,
  messageDepthLimit: SETTINGS.messageDepthLimit.default,
  messageValueLimit: SETTINGS.messageValueLimit.default,
  decompressedSizeLimit: SETTINGS.decompressedSizeLimit.default,
  callbackLimit: SETTINGS.callbackLimit.default,
  chainLengthLimit: SETTINGS.chainLengthLimit.default,
};

/** For what was checked when it was taken, by a worker whose limits may be others. @type {Limits} */
export const NO_LIMITS = {
  messageSizeLimit: Infinity,
  messageDepthLimit: Infinity,
  messageValueLimit: Infinity,
  decompressedSizeLimit: Infinity,
  callbackLimit: Infinity,
  chainLengthLimit: Infinity,
};

/** Of a task's id: it is a part of keys, log lines and counts (`restore.lua` has the same number). */
const MAX_ID_BYTES = 2048;
/** A text below this is parsed first, and looked at then: it cannot take long. */
const SMALL_TEXT = 65_536;
const QUOTE = 34;
const COLON = 58;
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125];

/**
 * @param {string} text JSON
 * @param {Limits} limits
 * @param {string} what that the text is, in a refusal: "the message" or "the body"
 * @returns {unknown} what `loads` gives
 * @throws {DecodeError} as `loads`, and for a text that is nested too deep or has too many values
 */
export function loadsWithin(text, limits, what) {
  if (text.length > SMALL_TEXT) {
    checkText(text, limits, what, DecodeError);
    return loads(text);
  }
  const value = loads(text);
  if (isDeeper(value, limits.messageDepthLimit)) throw tooDeep(limits, what, DecodeError);
  return value;
}

/**
 * @param {string} text JSON
 * @param {Limits} limits
 * @param {string} what
 * @param {ErrorClass} Refusal
 * @throws {Error} of that class, when the text is nested too deep or has too many values
 */
function checkText(text, limits, what, Refusal) {
  const { messageDepthLimit, messageValueLimit } = limits;
  let depth = 0;
  let values = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) {
      const end = endOfString(text, i);
      if (end === -1) return; // not JSON: the parser has the better message
      i = end - 1;
    } else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      depth += 1;
      values += 1;
      if (depth > messageDepthLimit) throw tooDeep(limits, what, Refusal);
      if (values > messageValueLimit) throw tooMany(limits, what, Refusal);
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) {
      depth -= 1;
    } else if (code === COLON) {
      values += 1;
      if (values > messageValueLimit) throw tooMany(limits, what, Refusal);
    }
  }
}

/**
 * @param {{ callbacks?: unknown, errbacks?: unknown, chain?: unknown }} embed what is to follow a task
 * @param {Limits} limits
 * @param {ErrorClass} [Refusal]
 * @throws {InvalidTaskError} when there is more of it than may be
 */
export function checkFollowers({ callbacks, errbacks, chain }, limits, Refusal = InvalidTaskError) {
  const { callbackLimit, chainLengthLimit } = limits;
  const links = lengthOf(callbacks) + lengthOf(errbacks);
  if (links > callbackLimit) throw refusal(Refusal, `the task has ${links} callbacks and errbacks`, { callbackLimit });
  const steps = lengthOf(chain);
  if (steps > chainLengthLimit) throw refusal(Refusal, `the chain has ${steps} more tasks`, { chainLengthLimit });
}

/**
 * @param {string} taskId
 * @param {ErrorClass} [Refusal]
 * @throws {InvalidTaskError} for one that is too long
 */
export function checkTaskId(taskId, Refusal = InvalidTaskError) {
  if (taskId.length <= MAX_ID_BYTES / 3) return; // most of a character's bytes in UTF-8
  const bytes = Buffer.byteLength(taskId);
  if (bytes > MAX_ID_BYTES) throw new Refusal(`the task's id has ${bytes} bytes: the limit is ${MAX_ID_BYTES}`);
}

/** @param {unknown} list */
const lengthOf = (list) => (Array.isArray(list) ? list.length : 0);

/**
 * @param {number} bytes of a message, at least
 * @param {Limits} limits
 * @throws {DecodeError} when there are too many
 */
export function checkSize(bytes, { messageSizeLimit }) {
  if (bytes > messageSizeLimit) throw refusal(DecodeError, `the message has ${bytes} bytes`, { messageSizeLimit });
}

/**
 * A body that would be refused where it is read is refused where it is written.
 *
 * @param {{ body: string, isCompressed: boolean, embed: object | null }} message
 * @param {Limits} limits
 * @throws {EncodeError} for any of them
 */
export function checkSending({ body, isCompressed, embed }, limits) {
  const { decompressedSizeLimit } = limits;
  if (isCompressed && body.length > decompressedSizeLimit) {
    throw refusal(EncodeError, `the body has ${body.length} bytes before its compression`, { decompressedSizeLimit });
  }
  checkText(body, limits, "the body", EncodeError);
  if (embed !== null) checkFollowers(embed, limits, EncodeError);
}

/**
 * The id of a task whose message is not parsed, to store a failure for its sender. The headers follow the body, which is base64
 * text.
 *
 * @param {string} raw a message as Celery's clients and ours write it
 * @returns {string | null}
 */
export function taskIdIn(raw) {
  const start = raw.indexOf('"headers": {');
  const found = start === -1 ? null : /"id": "([^"\\]+)"/.exec(raw.slice(start, start + 65_536));
  return found?.[1] ?? null;
}

/**
 * @param {unknown} value as `loads` gives it
 * @param {number} left levels
 * @returns {boolean}
 */
function isDeeper(value, left) {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) {
    if (left <= 0) return true;
    for (const item of value) if (typeof item === "object" && isDeeper(item, left - 1)) return true;
    return false;
  }
  // A typed value is one of JSON's leaves.
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  if (left <= 0) return true;
  const members = /** @type {Record<string, unknown>} */ (value);
  for (const key in members) if (typeof members[key] === "object" && isDeeper(members[key], left - 1)) return true;
  return false;
}

/**
 * @param {Limits} limits
 * @param {string} what
 * @param {ErrorClass} Refusal
 */
const tooDeep = ({ messageDepthLimit }, what, Refusal) =>
  refusal(Refusal, `${what} is nested too deep`, { messageDepthLimit });

/**
 * @param {Limits} limits
 * @param {string} what
 * @param {ErrorClass} Refusal
 */
const tooMany = ({ messageValueLimit }, what, Refusal) =>
  refusal(Refusal, `${what} has too many lists, objects and members`, { messageValueLimit });

/**
 * @param {ErrorClass} Refusal
 * @param {string} what
 * @param {Record<string, number>} limit by its name
 * @returns {Error}
 */
function refusal(Refusal, what, limit) {
  const [[name, value]] = Object.entries(limit);
  return new Refusal(`${what}: the limit is ${name}=${value}`);
}
