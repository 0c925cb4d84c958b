/** The options of the methods of results, and what they do while a result is awaited. */
import {
  BOOLEAN,
  DURATION,
  FUNCTION,
  methodOptions,
  SIGNAL,
  SIGNAL_NAME,
  WAIT,
  withoutNulls,
} from "../validation/kinds.js";

/**
 * @typedef {object} GetOptions
 * @property {number} [timeout] seconds; default: as long as it takes
 * @property {boolean} [propagate] false returns a failed task's error instead of throwing it
 * @property {boolean} [disableSyncSubtasks] false allows waiting inside a task
 * @property {boolean} [followParents] false ignores failures of earlier tasks in the chain
 * @property {AbortSignal} [signal] aborts the wait; the wait rejects with the signal's reason
 * @property {(meta: import("../protocol/result-meta.js").ResultMeta) => unknown} [onMessage] called with each state that is
 *   stored meanwhile, the final one included, as Celery's `on_message`
 * @property {(taskId: string, value: unknown) => unknown} [callback] called with each result as it comes, and awaited. `join()`
 *   returns an empty list then, as in Celery
 * @property {() => unknown} [onInterval] called once a second while a result is awaited; what it throws ends the wait
 * @property {number} [interval] seconds between two polls of a result in PostgreSQL; no effect with Redis, as in Celery
 * @property {boolean} [noAck] for results that are messages; no effect here
 *
 * @typedef {object} RevokeOptions
 * @property {boolean | null} [terminate] true also stops the task if it runs
 * @property {string | null} [signal] the signal that stops its process, in Python workers with processes; default "SIGTERM"
 * @property {boolean | null} [wait] whether to wait for the workers' answers; default false
 * @property {number | null} [timeout] with `wait`, seconds to wait for each answer, 1 by default; else seconds until the command is
 *   void (default: never)
 */

/** How often Celery's Redis backend calls `on_interval`. */
const INTERVAL_MS = 1_000;

/** @type {import("../validation/kinds.js").Kind<NonNullable<GetOptions["onMessage"]>>} */
const ON_MESSAGE = ["a function", FUNCTION[1]];

/** @type {import("../validation/kinds.js").Kind<any>} */
const CALLABLE = ["a function", FUNCTION[1]];

/** @type {import("../validation/kinds.js").KindsOf<Omit<GetOptions, "callback">>} */
const ITERATE_KINDS = Object.freeze({
  timeout: WAIT,
  propagate: BOOLEAN,
  disableSyncSubtasks: BOOLEAN,
  followParents: BOOLEAN,
  signal: SIGNAL,
  onMessage: ON_MESSAGE,
  onInterval: CALLABLE,
  interval: DURATION,
  noAck: BOOLEAN,
});
/** @type {import("../validation/kinds.js").KindsOf<GetOptions>} */
const GET_KINDS = Object.freeze({ ...ITERATE_KINDS, callback: CALLABLE });
const COLLECT_KINDS = Object.freeze({ ...GET_KINDS, intermediate: BOOLEAN });
const REVOKE_KINDS = Object.freeze({ terminate: BOOLEAN, signal: SIGNAL_NAME, wait: BOOLEAN, timeout: WAIT });

/**
 * @param {unknown} options
 * @param {string} label such as "get()"
 * @returns {GetOptions} those that were given
 * @throws {TypeError} as `methodOptions`
 */
export const getOptions = (options, label) => withoutNulls(methodOptions(options, GET_KINDS, label));

/**
 * @param {unknown} options
 * @returns {Omit<GetOptions, "callback">}
 * @throws {TypeError} as `methodOptions`
 */
export const iterateOptions = (options) => withoutNulls(methodOptions(options, ITERATE_KINDS, "iterate()"));

/**
 * @param {unknown} options
 * @returns {GetOptions & { intermediate?: boolean }}
 * @throws {TypeError} as `methodOptions`
 */
export const collectOptions = (options) => withoutNulls(methodOptions(options, COLLECT_KINDS, "collect()"));

/**
 * @param {unknown} options
 * @returns {RevokeOptions}
 * @param {string} [method]
 * @throws {TypeError} as `methodOptions`
 */
export const revokeOptions = (options, method = "revoke()") =>
  withoutNulls(methodOptions(options, REVOKE_KINDS, method));

/**
 * Celery's `Control.revoke` takes `wait` as `reply`.
 *
 * @param {unknown} options of `revoke`
 * @param {string} [method]
 * @returns {import("./control.js").RevokeOptions}
 * @throws {TypeError} as `methodOptions`
 */
export function controlOptions(options, method) {
  const { terminate = false, signal = null, wait = false, timeout = null } = revokeOptions(options, method);
  return { terminate, signal, timeout, reply: wait };
}

/**
 * A caller that stops waiting for a group stops waiting for each task. Otherwise its script would run until they have ended.
 *
 * @param {AbortSignal} [outer]
 * @param {() => unknown} [onInterval] called until `stop`; what it throws aborts the signal
 * @returns {{ signal: AbortSignal, stop: () => void }}
 */
export function stoppable(outer, onInterval) {
  const controller = new AbortController();
  const signal = outer ? AbortSignal.any([outer, controller.signal]) : controller.signal;
  const call = async () => onInterval?.();
  const timer = onInterval && setInterval(() => void call().catch((error) => controller.abort(error)), INTERVAL_MS);
  const stop = () => {
    clearInterval(timer);
    controller.abort();
  };
  return { signal, stop };
}

/**
 * Waits, and calls `onInterval` meanwhile.
 *
 * @template T
 * @param {(() => unknown) | undefined} onInterval
 * @param {AbortSignal | undefined} outer of the caller
 * @param {(signal: AbortSignal | undefined) => Promise<T>} wait
 * @returns {Promise<T>}
 * @throws what `onInterval` throws, and what `wait` throws
 */
export async function withIntervals(onInterval, outer, wait) {
  if (onInterval === undefined) return wait(outer);
  const { signal, stop } = stoppable(outer, onInterval);
  try {
    return await wait(signal);
  } finally {
    stop();
  }
}
