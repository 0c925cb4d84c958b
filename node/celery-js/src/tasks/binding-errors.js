/**
 * The words of CPython for a call that does not fit (`too_many_positional`, `missing_arguments` and `initialize_locals`
 * in Python/ceval.c), as Python 3.11 prints them.
 */
import { clipped } from "../validation/clip.js";

/**
 * @param {string} taskName
 * @returns {string} the function's name as Python would print it: the last part of the task's name
 */
export function functionName(taskName) {
  return taskName.slice(taskName.lastIndexOf(".") + 1);
}

/**
 * @param {number} count
 * @returns {string} the ending of a counted noun
 */
function plural(count) {
  return count === 1 ? "" : "s";
}

/**
 * @param {string} taskName
 * @param {string} keyword
 * @returns {TypeError} for a keyword that no parameter takes
 */
export function unexpectedKeyword(taskName, keyword) {
  return new TypeError(`${functionName(taskName)}() got an unexpected keyword argument '${clipped(keyword)}'`);
}

/**
 * @param {string} taskName
 * @param {string} name
 * @returns {TypeError} for a parameter that is given by position and by name
 */
export function multipleValues(taskName, name) {
  return new TypeError(`${functionName(taskName)}() got multiple values for argument '${clipped(name)}'`);
}

/**
 * @param {string} taskName
 * @param {"positional" | "keyword-only"} kind
 * @param {readonly string[]} names at least one
 * @returns {TypeError} for required parameters that were not given
 */
export function missingArguments(taskName, kind, names) {
  const quoted = names.map((name) => `'${name}'`);
  const last = quoted.pop();
  const list = quoted.length === 0 ? last : `${quoted.join(", ")}${quoted.length > 1 ? "," : ""} and ${last}`;
  const noun = `${kind} argument${plural(names.length)}`;
  return new TypeError(`${functionName(taskName)}() missing ${names.length} required ${noun}: ${list}`);
}

/**
 * @param {string} taskName
 * @param {object} counts `self` of a bound task is among the positional ones, as in Python
 * @param {number} counts.required positional parameters without a default
 * @param {number} counts.accepted positional parameters
 * @param {number} counts.given positional arguments
 * @param {number} counts.keywordOnly named keyword-only arguments that were given
 * @returns {TypeError} for more positional arguments than parameters
 */
export function surplusArguments(taskName, { required, accepted, given, keywordOnly }) {
  const fixed = required === accepted;
  const takes = fixed
    ? `${accepted} positional argument${plural(accepted)}`
    : `from ${required} to ${accepted} positional arguments`;
  const were =
    keywordOnly > 0
      ? `${given} positional argument${plural(given)} (and ${keywordOnly} keyword-only argument${plural(keywordOnly)}) were`
      : `${given} ${given === 1 ? "was" : "were"}`;
  return new TypeError(`${functionName(taskName)}() takes ${takes} but ${were} given`);
}
