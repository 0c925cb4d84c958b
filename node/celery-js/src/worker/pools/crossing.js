/**
 * Values and errors that cross between the main thread and the threads that run tasks. Values cross as Celery's JSON,
 * which preserves dates and decimals. Errors cross as they are stored, plus what a worker needs beyond that: a structured
 * clone would drop their class.
 */
import { Retry, TaskPredicate } from "../../errors.js";
import { matches, noteMatches } from "../../execution/retry.js";
import { decodeException, encodeException, formatTraceback, TaskError, toError } from "../../protocol/exceptions.js";
import { dumps, loads } from "../../protocol/json.js";

/** @typedef {any} Crossed a value that a structured clone carries to another thread, where its type is not known */

/**
 * @typedef {import("../../tasks/options.js").TaskOptions} TaskOptions
 *
 * @typedef {object} CrossingError
 * @property {string} encoded as `encodeException`, as JSON
 * @property {string} message
 * @property {string} traceback
 * @property {boolean} isTemporary of an `OperationalError`
 * @property {Partial<Record<ErrorOption, number[]>>} matched which classes in the task's options it matches, by index
 * @property {{ exc: CrossingError | null, when: number | Date | null } | null} retry of a `Retry`
 *
 * @typedef {(typeof ERROR_OPTIONS)[number]} ErrorOption
 */

/** The options that name classes of errors: an error that has crossed is not an instance of any of them. */
const ERROR_OPTIONS = /** @type {const} */ (["autoretryFor", "dontAutoretryFor", "throws"]);

/**
 * @param {unknown} thrown
 * @param {TaskOptions} [options] of the task that threw it
 * @returns {CrossingError}
 */
export function packError(thrown, options = {}) {
  const error = predicateOf(toError(thrown));
  return {
    encoded: dumps(encodeException(error)),
    message: error.message,
    traceback: formatTraceback(error),
    isTemporary: /** @type {{ isTemporary?: boolean }} */ (error).isTemporary === true,
    matched: Object.fromEntries(ERROR_OPTIONS.map((name) => [name, placesOf(error, options[name])])),
    retry: error instanceof Retry ? { exc: error.exc && packError(error.exc), when: error.when } : null,
  };
}

/**
 * @param {CrossingError} packed
 * @param {TaskOptions} [options] of the task that threw it, as this thread has them
 * @returns {Error} of the same class if that is JavaScript's or this package's, otherwise a `TaskError` of its name
 */
export function unpackError({ encoded, message, traceback, isTemporary, matched, retry }, options = {}) {
  const decoded = decodeException(loads(encoded), traceback);
  const { excType, excModule, args } = decoded;
  const cls = nativeClass(excType, excModule) ?? (decoded.constructor === TaskError ? classNamed(excType) : null);
  const fields = { name: excType, excType, excModule, args, traceback };
  const error = cls ? Object.assign(Reflect.construct(Error, [message], cls), fields) : decoded;
  error.message = message;
  if (isTemporary) Object.assign(error, { isTemporary });
  if (retry) Object.assign(error, { ...retry, exc: retry.exc && unpackError(retry.exc) });
  const kinds = ERROR_OPTIONS.flatMap((name) => (matched[name] ?? []).flatMap((i) => options[name]?.[i] ?? []));
  noteMatches(error, kinds);
  return error;
}

/**
 * @param {Error} error
 * @param {TaskOptions[ErrorOption]} kinds
 */
const placesOf = (error, kinds) => [...(kinds ?? []).keys()].filter((i) => matches(error, [(kinds ?? [])[i]]));

/**
 * Finds the base class of an error that steers the worker, because only that crosses: `class Skip extends Ignore` is an `Ignore`.
 *
 * @param {Error} error
 */
function predicateOf(error) {
  if (!(error instanceof TaskPredicate)) return error;
  let cls = error.constructor;
  while (Object.getPrototypeOf(cls) !== TaskPredicate && cls !== TaskPredicate) cls = Object.getPrototypeOf(cls);
  return cls === error.constructor
    ? error
    : Object.assign(Object.create(cls.prototype), error, { name: cls.name, message: error.message });
}

/**
 * @param {string} name
 * @param {string} module
 * @returns {typeof Error | null} JavaScript's own class of this name
 */
function nativeClass(name, module) {
  if (module !== "builtins") return null;
  const cls = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (globalThis))[name];
  const isError = typeof cls === "function" && (cls === Error || cls.prototype instanceof Error);
  return isError ? /** @type {typeof Error} */ (cls) : null;
}

/** @type {Map<string, typeof Error>} */
const NAMED = new Map();

/**
 * Stands in for a task's own error class, so that the error's class has the right name.
 *
 * @param {string} name
 * @returns {typeof Error}
 */
function classNamed(name) {
  const known = NAMED.get(name);
  if (known !== undefined) return known;
  const cls = class extends TaskError {};
  Object.defineProperty(cls, "name", { value: name });
  NAMED.set(name, /** @type {typeof Error} */ (/** @type {unknown} */ (cls)));
  return classNamed(name);
}

/**
 * @param {import("../../protocol/result-meta.js").ResultMeta | null} meta
 * @returns {{ text: string, error: CrossingError | null }} its result may be an error
 */
export function packMeta(meta) {
  const isError = meta?.result instanceof Error;
  const text = dumps(isError ? { ...meta, result: null } : meta);
  return { text, error: isError ? packError(meta.result) : null };
}

/**
 * @param {{ text: string, error: CrossingError | null }} packed
 * @returns {Crossed}
 */
export function unpackMeta({ text, error }) {
  const meta = /** @type {object | null} */ (loads(text));
  return error === null ? meta : { ...meta, result: unpackError(error) };
}
