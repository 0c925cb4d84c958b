/** Reads stored results (`celery.backends.base.Backend.get_task_meta`). result-encoder.js writes them. */
import { DecodeError, TaskRevokedError } from "../errors.js";
import { decodeException, TaskError } from "./exceptions.js";
import { loads } from "./json.js";
import { quote } from "./json-dumps.js";
import { isMapping, listOrNull, numberOrNull, textOrNull } from "./json-loads.js";
import { EXCEPTION_STATES, FAILURE, REVOKED } from "./states.js";

/**
 * @typedef {object} ResultMeta
 * @property {string} status
 * @property {unknown} result the exception itself where the status is one of an exception
 * @property {string | null} traceback
 * @property {unknown[] | null} children
 * @property {string | null} dateDone ISO text
 * @property {string | null} taskId
 * @property {string | null} groupId
 * @property {string | null} parentId
 * @property {string | null} name this and the following: with `resultExtended` only
 * @property {unknown} args
 * @property {unknown} kwargs
 * @property {string | null} worker
 * @property {number | null} retries
 * @property {string | null} queue
 * @property {Record<string, unknown>} raw all that was stored, by Celery's names
 */

/** What every failure's text begins with. */
const FAILURE_START = `{"status": ${quote(FAILURE)}, `;

/**
 * @param {string} metaText as `encodeMeta` writes it
 * @returns {boolean} whether it is that of a failure, which may expire sooner
 */
export const isFailureText = (metaText) => metaText.startsWith(FAILURE_START);

/**
 * @param {string} text what the backend stored
 * @returns {ResultMeta}
 * @throws {DecodeError} when it is not a result of Celery's
 */
export function decodeMeta(text) {
  const raw = loads(text);
  if (!isMapping(raw) || typeof raw.status !== "string") throw new DecodeError("The stored result has no status");
  const traceback = textOrNull(raw.traceback);
  return {
    status: raw.status,
    result: EXCEPTION_STATES.has(raw.status) ? exceptionOf(raw.status, raw.result, traceback) : raw.result,
    traceback,
    children: listOrNull(raw.children),
    dateDone: textOrNull(raw.date_done),
    taskId: textOrNull(raw.task_id),
    groupId: textOrNull(raw.group_id),
    parentId: textOrNull(raw.parent_id),
    name: textOrNull(raw.name),
    args: raw.args ?? null,
    kwargs: raw.kwargs ?? null,
    worker: textOrNull(raw.worker),
    retries: numberOrNull(raw.retries),
    queue: textOrNull(raw.queue),
    raw,
  };
}

/**
 * @param {string} status
 * @param {unknown} stored
 * @param {string | null} traceback
 * @returns {Error | null} null: a retry needs no reason
 */
function exceptionOf(status, stored, traceback) {
  if (stored !== null && stored !== undefined) return decodeException(stored, traceback);
  if (status === REVOKED) return new TaskRevokedError("revoked");
  return status === FAILURE ? new TaskError("the task failed, and its worker stored no error") : null;
}
