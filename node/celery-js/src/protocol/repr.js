/**
 * Values as Python prints them. `saferepr` is the short form of logs, events and the `argsrepr` header
 * (`celery.utils.saferepr`), `pythonRepr` the complete one that Python's `repr()` gives.
 */
import { COMPLETE, ReprWriter } from "./repr-writer.js";

/** How deep `saferepr` looks (Celery's `task_repr_maxlevels`). */
const DEFAULT_MAX_LEVELS = 3;
/** How many characters `saferepr` gives (Celery's `argsrepr_maxsize`). */
const DEFAULT_MAX_LENGTH = 1024;

/** @typedef {{ maxLevels: number }} ReprOptions */

/**
 * A value as `celery.utils.saferepr.saferepr` prints it.
 *
 * @param {unknown} value
 * @param {number} [maxLength] characters after which the rest is `...`; what is open is still closed
 * @param {Partial<ReprOptions>} [options]
 * @returns {string}
 */
export function saferepr(value, maxLength = DEFAULT_MAX_LENGTH, { maxLevels = DEFAULT_MAX_LEVELS } = {}) {
  return new ReprWriter(maxLength, maxLevels).write(value).text;
}

/**
 * A task's positional arguments, printed as the tuple that they are in Python.
 *
 * @param {readonly unknown[]} args
 * @param {number} [maxLength]
 * @param {Partial<ReprOptions>} [options]
 * @returns {string} such as `(1, 'a')`
 */
export function reprArgs(args, maxLength = DEFAULT_MAX_LENGTH, { maxLevels = DEFAULT_MAX_LEVELS } = {}) {
  return new ReprWriter(maxLength, maxLevels).writeSequence(args, "(", args.length === 1 ? ",)" : ")").text;
}

/**
 * A task's keyword arguments.
 *
 * @param {Readonly<Record<string, unknown>>} kwargs
 * @param {number} [maxLength]
 * @param {Partial<ReprOptions>} [options]
 * @returns {string} such as `{'x': 1}`
 */
export function reprKwargs(kwargs, maxLength = DEFAULT_MAX_LENGTH, options = {}) {
  return saferepr(kwargs, maxLength, options);
}

/**
 * A value as Python's `repr()` prints it, complete.
 *
 * @param {unknown} value
 * @returns {string}
 */
export function pythonRepr(value) {
  return completeWriter().write(value).text;
}

/**
 * @param {readonly unknown[]} items
 * @returns {string} the items as `repr()` prints a tuple of them
 */
export function pythonTupleRepr(items) {
  return completeWriter().writeSequence(items, "(", items.length === 1 ? ",)" : ")").text;
}

const completeWriter = () => new ReprWriter(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, COMPLETE);
