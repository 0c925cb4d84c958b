/**
 * Headers that Celery does not check, although a sender may have written other types. As `celery_reliable/task_message.py`: what is
 * not given is empty, values of another type are refused.
 */
import { InvalidTaskError } from "../errors.js";
import { isMapping } from "./json-loads.js";
import { saferepr } from "./repr.js";

/** Longer than any task runs, and short enough for every timer. */
const MAX_LIMIT_S = 10 * 365 * 86_400;

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

/** @param {unknown} value @returns {boolean} */
const isLimit = (value) => value === null || (typeof value === "number" && value >= 0 && value <= MAX_LIMIT_S);

/** @param {unknown} value @returns {boolean} what Python takes for false */
const isNothing = (value) =>
  !value || (Array.isArray(value) && value.length === 0) || (isMapping(value) && Object.keys(value).length === 0);

/** @param {unknown} names @returns {string[] | null} @throws {InvalidTaskError} */
export function checkedNames(names) {
  if (isNothing(names)) return Array.isArray(names) ? [] : null;
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) {
    throw new InvalidTaskError("stamped_headers must be a list of names");
  }
  return names;
}

/** @param {unknown} stamps @returns {Record<string, unknown>} @throws {InvalidTaskError} */
export function checkedStamps(stamps) {
  if (isMapping(stamps)) return stamps;
  if (!isNothing(stamps)) throw new InvalidTaskError("stamps must be a mapping");
  return {};
}
