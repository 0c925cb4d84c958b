/** The option and the setting `retryPolicy`: how often a failed sending is repeated (`kombu.Connection.ensure`). */
import { COUNT, checkOptions, DURATION } from "./kinds.js";

/** @typedef {abstract new (...args: never[]) => Error} ErrorClass */
/**
 * A retry policy, of a call or the setting `taskPublishRetryPolicy`; what is absent is Celery's default.
 *
 * @typedef {object} RetryPolicy
 * @property {number | null} [maxRetries] how often it is repeated after the first attempt; 3 by default, null: forever
 * @property {number} [intervalStart] seconds until the first repetition; 0 by default
 * @property {number} [intervalStep] seconds by which each pause is longer than the one before; 0.2 by default
 * @property {number} [intervalMax] seconds of the longest pause; 1 by default
 * @property {readonly ErrorClass[] | null} [retryErrors] further errors after which it is repeated, besides temporary ones
 */

/** @type {import("./kinds.js").KindsOf<RetryPolicy>} */
const KINDS = Object.freeze({
  maxRetries: ["a whole number, 0 or more, or null forever", COUNT[1]],
  intervalStart: DURATION,
  intervalStep: DURATION,
  intervalMax: DURATION,
  retryErrors: [
    "a list of error classes",
    (value) => Array.isArray(value) && value.every((item) => typeof item === "function"),
  ],
});

/**
 * @param {unknown} value
 * @param {(problem: string) => Error} refuse makes the error
 * @throws {Error} of `refuse`, when it is not a policy
 */
export function checkRetryPolicy(value, refuse) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw refuse(`option 'retryPolicy' takes an object with some of ${Object.keys(KINDS).join(", ")}`);
  }
  checkOptions({ ...value }, KINDS, (problem) => refuse(`option 'retryPolicy': ${problem}`));
}

/**
 * @param {unknown} value
 * @returns {boolean}
 */
export function isRetryPolicy(value) {
  try {
    checkRetryPolicy(value, (problem) => new TypeError(problem));
    return true;
  } catch {
    return false;
  }
}
