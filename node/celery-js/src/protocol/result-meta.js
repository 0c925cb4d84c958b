/**
 * Stored results, byte for byte as Celery's Redis backend stores them (`celery.backends.base.Backend._get_result_meta`).
 */
import { DecodeError, TaskRevokedError } from "../errors.js";
import { decodeException, encodeException, TaskError } from "./exceptions.js";
import { dumps, loads } from "./json.js";
import { quote } from "./json-dumps.js";
import { isMapping, listOrNull, numberOrNull, textOrNull } from "./json-loads.js";
import { EXCEPTION_STATES, FAILURE, READY_STATES, REVOKED } from "./states.js";
import { nowIso } from "./time.js";

/**
 * @typedef {object} ExtendedMeta what `resultExtended` adds
 * @property {string | null} name the task's
 * @property {readonly unknown[] | null} args
 * @property {Readonly<Record<string, unknown>> | null} kwargs
 * @property {string | null} worker the worker's node name
 * @property {number | null} retries
 * @property {string | null} queue
 * @property {readonly string[] | null} [stampedHeaders]
 * @property {Readonly<Record<string, unknown>>} [stamps]
 */

/**
 * @typedef {object} MetaOptions
 * @property {string} status
 * @property {unknown} [result] an Error is stored as an exception where the status is one of an exception
 * @property {string} [resultText] the result as JSON text, where it is written already; `result` is then not looked at
 * @property {string | null} [traceback]
 * @property {readonly unknown[] | null} [children] what the task sent, each as `asTuple()`; default none
 * @property {string | null} [dateDone] ISO text; default now for a state that is ready, else null
 * @property {string} taskId
 * @property {string | null} [groupId]
 * @property {string | null} [parentId]
 * @property {ExtendedMeta | null} [extended]
 */

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

/**
 * @param {MetaOptions} meta
 * @returns {string}
 * @throws {EncodeError} when the result holds what JSON cannot; the message has the path to it
 */
export function encodeMeta(meta) {
  const { status, traceback = null, children = [], taskId, groupId, parentId, extended } = meta;
  const dateDone = meta.dateDone === undefined ? defaultDateDone(status) : meta.dateDone;
  return (
    `{"status": ${quote(status)}, "result": ${meta.resultText ?? resultText(status, meta.result)}, ` +
    `"traceback": ${textOrNullText(traceback)}, "children": ${dumps(children, { root: "children" })}, ` +
    `"date_done": ${textOrNullText(dateDone)}` +
    (groupId ? `, "group_id": ${quote(groupId)}` : "") +
    (parentId ? `, "parent_id": ${quote(parentId)}` : "") +
    (extended ? extendedText(extended) : "") +
    `, "task_id": ${quote(taskId)}}`
  );
}

/** What every failure's text begins with. */
const FAILURE_START = `{"status": ${quote(FAILURE)}, `;

/**
 * @param {string} metaText as `encodeMeta` writes it
 * @returns {boolean} whether it is that of a failure, which may expire sooner
 */
export const isFailureText = (metaText) => metaText.startsWith(FAILURE_START);

/** @param {string} status */
const defaultDateDone = (status) => (READY_STATES.has(status) ? nowIso() : null);

/** @param {string | null} text */
const textOrNullText = (text) => (text === null ? "null" : quote(text));

/**
 * @param {string} status
 * @param {unknown} result
 */
function resultText(status, result) {
  const isException = EXCEPTION_STATES.has(status) && result instanceof Error;
  return dumps(isException ? encodeException(result) : result, { root: "result" });
}

/** @param {ExtendedMeta} extended */
function extendedText({ name, args, kwargs, worker, retries, queue, stampedHeaders, stamps = {} }) {
  /** @type {Record<string, unknown>} */
  const members = { name, args, kwargs, worker, retries, queue };
  if (Object.keys(stamps).length > 0) {
    members.stamped_headers = stampedHeaders ?? null;
    for (const header of Object.keys(stamps)) {
      if (stampedHeaders?.includes(header)) members[header] = stamps[header];
    }
  }
  return `, ${dumps(members).slice(1, -1)}`;
}

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
