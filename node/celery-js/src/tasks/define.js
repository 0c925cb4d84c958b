/**
 * `task()`: gives a function of a task module its options. It attaches options and nothing
 * else, so that a task module imports no app and no connection, and a test calls the function as it is.
 */
import { ImproperlyConfigured } from "../errors.js";
import { checkTaskOptions } from "./options.js";
import { requireTaskFunction } from "./source.js";

/** @typedef {import("./options.js").TaskOptions} TaskOptions */
/**
 * What `task()` accepts. Its parameters are `any` on purpose: only so may a function that is written in the call itself
 * leave its parameters unannotated under `strict`, and one with annotations keep them.
 *
 * @typedef {(...args: any[]) => unknown} TaskFunction
 */

/**
 * What `task()` accepts with `bind: true`: the types of the first parameter are those of `self`, even if it has no annotation.
 *
 * @typedef {(self: import("../execution/bound-task.js").BoundTask, ...args: any[]) => unknown} BoundFunction
 */

/** Where the options are kept on the function: a registered symbol, so that two copies of this package agree. */
const OPTIONS = Symbol.for("celery-js.task");

/** @typedef {{ readonly [OPTIONS]: { bind: true } }} Bound a function that takes the running task before its arguments */

/**
 * What a caller passes to a task: the function's parameters, without `self`.
 *
 * @template {TaskFunction} F
 * @typedef {F extends Bound ? BoundArguments<F> : Parameters<F>} Arguments
 */
/**
 * @template {TaskFunction} F
 * @typedef {F extends (self: never, ...args: infer Args) => unknown ? Args : never} BoundArguments
 */

/**
 * The type of a task's result: the function's return type, or what its promise resolves to.
 *
 * @template {TaskFunction} F
 * @typedef {Awaited<ReturnType<F>>} Returned
 */

/**
 * Marks a function as a task that takes `self` before its arguments.
 *
 * @template {BoundFunction} F
 * @overload
 * @param {TaskOptions & { bind: true }} options Celery's task options, in camelCase
 * @param {F} fn
 * @returns {F & Bound} the same function
 */
/**
 * Marks a function as a task, with options.
 *
 * @template {TaskFunction} F
 * @overload
 * @param {TaskOptions} options Celery's task options, in camelCase
 * @param {F} fn
 * @returns {F} the very function
 */
/**
 * Marks a function as a task.
 *
 * @template {TaskFunction} F
 * @overload
 * @param {F} fn
 * @returns {F} the very function
 */
/**
 * @param {TaskOptions | TaskFunction} optionsOrFn
 * @param {TaskFunction} [fn]
 * @returns {TaskFunction}
 * @throws {ImproperlyConfigured} when an option is unknown or its value cannot be used, when what is given is not a
 *   function that can be a task (classes and generators cannot), or when the function is a task already
 */
export function task(optionsOrFn, fn) {
  const [options, target] = typeof optionsOrFn === "function" ? [{}, optionsOrFn] : [optionsOrFn, fn];
  if (typeof target !== "function" || typeof options !== "object" || options === null) {
    throw new ImproperlyConfigured("task() takes (options, function) or (function)");
  }
  if (typeof optionsOrFn === "function" && fn !== undefined) {
    throw new ImproperlyConfigured("task() takes the options first: task(options, function)");
  }
  const label = taskLabel(options.name ?? target.name);
  requireTaskFunction(target, label);
  if (taskOptions(target) !== null) {
    throw new ImproperlyConfigured(`${label} is already a task: a function has one set of options`);
  }
  // Configurable, so that the function's owner may replace it.
  Object.defineProperty(target, OPTIONS, {
    value: checkTaskOptions({ ...options }, label),
    enumerable: false,
    configurable: true,
  });
  return target;
}

/**
 * The options that `task()` attached.
 *
 * @param {unknown} fn
 * @returns {Readonly<TaskOptions> | null} null for a function that `task()` has not seen
 */
export function taskOptions(fn) {
  if (typeof fn !== "function" || !Object.hasOwn(fn, OPTIONS)) return null;
  return /** @type {{ [OPTIONS]: Readonly<TaskOptions> }} */ (/** @type {unknown} */ (fn))[OPTIONS];
}

/**
 * @param {string} name
 * @returns {string} how messages name the task; an arrow function passed to `task()` has no name yet
 */
function taskLabel(name) {
  return name === "" ? "task()" : `task ${name}`;
}
