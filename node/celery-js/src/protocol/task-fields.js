/**
 * Checks the fields of a task's message: a value that is not given is empty, and one of another kind is refused. Python's workers
 * do the same (`celery_reliable/task_message.py`).
 */
import { InvalidTaskError } from "../errors.js";
import { isMapping } from "./json-loads.js";
import { saferepr } from "./repr.js";
import { parseIso } from "./time.js";

/** The longest time limit that a message may set: longer than any task runs, and short enough for every timer. */
const MAX_LIMIT_S = 10 * 365 * 86_400;
/** The most retries that a message may count: what a task compares and adds to must be a whole number. */
const MAX_RETRIES = 2 ** 31 - 1;
/** The most names of stamps: each is looked up in other lists of the message. */
const MAX_STAMPED_HEADERS = 1_000;

/**
 * @param {unknown} value
 * @param {string} what
 */
export function requiredText(value, what) {
  if (typeof value !== "string" || value === "") throw new InvalidTaskError(`The message has no task ${what}`);
  return value;
}

/** @param {unknown} args */
export function checkedArgs(args) {
  if (args === null || args === undefined) return [];
  if (!Array.isArray(args)) throw new InvalidTaskError("Task arguments must be a list");
  return /** @type {unknown[]} */ (args);
}

/** @param {unknown} kwargs */
export function checkedKwargs(kwargs) {
  if (kwargs === null || kwargs === undefined) return {};
  if (!isMapping(kwargs)) throw new InvalidTaskError("Task keyword arguments must be a mapping");
  return kwargs;
}

/**
 * @param {Record<string, unknown>} embed
 * @returns {import("./message.js").Embed}
 */
export function checkedEmbed({ callbacks, errbacks, chain, chord }) {
  const body = isNothing(chord) ? null : chord;
  if (body !== null && !isMapping(body)) throw new InvalidTaskError("chord must be a signature");
  return {
    callbacks: checkedList(callbacks, "callbacks"),
    errbacks: checkedList(errbacks, "errbacks"),
    chain: checkedList(chain, "chain"),
    chord: body,
  };
}

/**
 * @param {unknown} signatures
 * @param {string} what
 * @returns {unknown[] | null}
 */
function checkedList(signatures, what) {
  if (Array.isArray(signatures)) return signatures;
  if (!isNothing(signatures)) throw new InvalidTaskError(`${what} must be a list`);
  return null;
}

/**
 * @param {unknown} moment
 * @param {string} what
 */
export function checkedMoment(moment, what) {
  if (moment === null || moment === undefined || moment === "") return null;
  if (typeof moment !== "string") throw new InvalidTaskError(`invalid ${what} value ${JSON.stringify(moment)}`);
  try {
    parseIso(moment);
  } catch (cause) {
    throw new InvalidTaskError(`invalid ${what} value ${JSON.stringify(moment)}`, { cause });
  }
  return moment;
}

/**
 * @param {unknown} retries
 * @returns {number}
 * @throws {InvalidTaskError}
 */
export function checkedRetries(retries) {
  if (retries === null || retries === undefined) return 0;
  if (typeof retries === "number" && Number.isInteger(retries) && retries >= 0 && retries <= MAX_RETRIES)
    return retries;
  throw new InvalidTaskError(`retries must be a whole number from 0 to ${MAX_RETRIES}`);
}

/**
 * @param {unknown} limits
 * @returns {[number | null, number | null]}
 * @throws {InvalidTaskError}
 */
export function checkedTimeLimits(limits) {
  if (isNothing(limits)) return [null, null];
  if (!Array.isArray(limits) || limits.length !== 2 || !limits.every(isLimit)) {
    const shown = saferepr(limits).slice(0, 80);
    throw new InvalidTaskError(`timelimit is ${shown}: expected [hard, soft] in seconds, or null for none`);
  }
  return [limits[0], limits[1]];
}

/**
 * @param {unknown} value
 * @returns {boolean}
 */
const isLimit = (value) => value === null || (typeof value === "number" && value >= 0 && value <= MAX_LIMIT_S);

/**
 * @param {unknown} value
 * @returns {boolean} what Python takes for false
 */
const isNothing = (value) =>
  !value || (Array.isArray(value) && value.length === 0) || (isMapping(value) && Object.keys(value).length === 0);

/**
 * @param {unknown} names
 * @returns {string[] | null}
 * @throws {InvalidTaskError}
 */
export function checkedNames(names) {
  if (isNothing(names)) return Array.isArray(names) ? [] : null;
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) {
    throw new InvalidTaskError("stamped_headers must be a list of names");
  }
  if (names.length > MAX_STAMPED_HEADERS) {
    throw new InvalidTaskError(`stamped_headers has ${names.length} names: the limit is ${MAX_STAMPED_HEADERS}`);
  }
  return [...new Set(names)];
}

/**
 * @param {unknown} stamps
 * @returns {Record<string, unknown>}
 * @throws {InvalidTaskError}
 */
export function checkedStamps(stamps) {
  if (isMapping(stamps)) return stamps;
  if (!isNothing(stamps)) throw new InvalidTaskError("stamps must be a mapping");
  return {};
}
