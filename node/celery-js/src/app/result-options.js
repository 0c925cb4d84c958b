/** The options of the methods of results. */
import { BOOLEAN, FUNCTION, methodOptions, SIGNAL, SIGNAL_NAME, WAIT, withoutNulls } from "../validation/kinds.js";

/**
 * @typedef {object} GetOptions
 * @property {number} [timeout] seconds; default: as long as it takes
 * @property {boolean} [propagate] false returns a failed task's error instead of throwing it
 * @property {boolean} [disableSyncSubtasks] false allows waiting inside a task
 * @property {boolean} [followParents] false ignores failures of earlier tasks in the chain
 * @property {AbortSignal} [signal] aborts the wait; the wait rejects with the signal's reason
 * @property {(meta: import("../protocol/result-meta.js").ResultMeta) => unknown} [onMessage] called with each state that is
 *   stored meanwhile, the final one included, as Celery's `on_message`
 */

/** @type {import("../validation/kinds.js").Kind<NonNullable<GetOptions["onMessage"]>>} */
const ON_MESSAGE = ["a function", FUNCTION[1]];

/** @type {import("../validation/kinds.js").KindsOf<GetOptions>} */
const GET_KINDS = Object.freeze({
  timeout: WAIT,
  propagate: BOOLEAN,
  disableSyncSubtasks: BOOLEAN,
  followParents: BOOLEAN,
  signal: SIGNAL,
  onMessage: ON_MESSAGE,
});
const COLLECT_KINDS = Object.freeze({ ...GET_KINDS, intermediate: BOOLEAN });
const REVOKE_KINDS = Object.freeze({ terminate: BOOLEAN, signal: SIGNAL_NAME, timeout: WAIT });

/**
 * @param {unknown} options
 * @param {string} label such as "get()"
 * @returns {GetOptions} those that were given
 * @throws {TypeError} as `methodOptions`
 */
export const getOptions = (options, label) => withoutNulls(methodOptions(options, GET_KINDS, label));

/**
 * @param {unknown} options
 * @returns {GetOptions & { intermediate?: boolean }}
 * @throws {TypeError} as `methodOptions`
 */
export const collectOptions = (options) => withoutNulls(methodOptions(options, COLLECT_KINDS, "collect()"));

/**
 * @param {unknown} options
 * @returns {import("./result.js").RevokeOptions}
 * @throws {TypeError} as `methodOptions`
 */
export const revokeOptions = (options) => withoutNulls(methodOptions(options, REVOKE_KINDS, "revoke()"));
