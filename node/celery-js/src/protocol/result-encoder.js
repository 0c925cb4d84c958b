/**
 * Encodes the outcome of an execution as the meta that is stored for its task (celery.backends.base: mark_as_done,
 * mark_as_failure, mark_as_retry, mark_as_revoked), byte for byte as Celery's Redis backend stores it (_get_result_meta).
 */
import { TaskRevokedError } from "../errors.js";
import { encodeException, formatTraceback } from "./exceptions.js";
import { dumps } from "./json.js";
import { quote } from "./json-dumps.js";
import { EXCEPTION_STATES, FAILURE, READY_STATES, RETRY, REVOKED, STARTED, SUCCESS } from "./states.js";

/**
 * @typedef {import("./message.js").TaskMessage} TaskMessage
 * @typedef {import("../worker/model/types.js").TaskOptions} TaskOptions
 * @typedef {import("../settings.js").Settings} Settings
 *
 * @typedef {object} ExtendedMeta what `resultExtended` adds
 * @property {string | null} name the task's
 * @property {readonly unknown[] | null} args
 * @property {Readonly<Record<string, unknown>> | null} kwargs
 * @property {string | null} worker the worker's node name
 * @property {number | null} retries
 * @property {string | null} queue
 * @property {readonly string[] | null} [stampedHeaders]
 * @property {Readonly<Record<string, unknown>>} [stamps]
 *
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

export class ResultEncoder {
  #settings;
  #hostname;

  /**
   * @param {Settings} settings
   * @param {string} hostname of this worker, for `resultExtended`
   */
  constructor(settings, hostname) {
    this.#settings = settings;
    this.#hostname = hostname;
  }

  /**
   * @param {TaskMessage} message
   * @param {TaskOptions} options
   * @param {unknown} value what the task returned
   * @param {unknown[]} children results of the tasks it called
   * @param {string} [resultText] the value as JSON, if it is already encoded
   * @returns {string} the encoded meta, or "" when the result is ignored
   * @throws {EncodeError} when the value is not JSON; checked even when the result is ignored, as a chain would carry it on
   */
  success(message, options, value, children, resultText = encodeReturned(value)) {
    if (this.#ignores(message, options)) return "";
    return this.#meta(SUCCESS, message, { resultText, children: children.map(plainResult) });
  }

  /**
   * @param {TaskMessage} message
   * @param {TaskOptions} options
   * @param {Error} error
   * @param {unknown[]} [children]
   * @returns {string}
   */
  failure(message, options, error, children = []) {
    if (!this.#storesErrors(message, options)) return "";
    const traceback = formatTraceback(error);
    return this.#meta(FAILURE, message, { result: error, traceback, children: children.map(plainResult) });
  }

  /**
   * The failure of a message that never became a task here.
   *
   * @param {string} taskId
   * @param {TaskMessage | null} message null when it could not be read
   * @param {Error} error
   */
  unrunnable(taskId, message, error) {
    if (message !== null) return this.#meta(FAILURE, message, { result: error });
    return encodeMeta({ status: FAILURE, taskId, result: error });
  }

  /**
   * The failure of a step after a failed one. It is stored even if the result is ignored, because nothing else will store
   * it.
   *
   * @param {import("../canvas/types.js").AnySignature} step that has an id
   * @param {Error} error
   * @param {string | null} traceback
   */
  neverRun({ id, task: name, args, kwargs, options }, error, traceback) {
    const { groupId, parentId, retries = 0 } = options;
    return encodeMeta({
      status: FAILURE,
      taskId: /** @type {string} */ (id),
      result: error,
      traceback,
      groupId,
      parentId,
      ...(this.#settings.resultExtended && {
        extended: { name, args, kwargs, worker: null, retries: retries ?? 0, queue: null },
      }),
    });
  }

  /**
   * The failure of a chord's body that will not run.
   *
   * @param {string} taskId
   * @param {Error} error
   * @param {unknown[] | null} children including the errbacks that it calls
   */
  bodyFailure(taskId, error, children) {
    const traceback = formatTraceback(error);
    return encodeMeta({
      status: FAILURE,
      taskId,
      result: error,
      traceback,
      children: children?.map(plainResult) ?? null,
    });
  }

  /**
   * @param {TaskMessage} message
   * @param {TaskOptions} options
   * @param {Error | null} cause what made the task retry
   */
  retry(message, options, cause) {
    if (!this.#storesErrors(message, options)) return "";
    const result = cause;
    return this.#meta(RETRY, message, { result, traceback: cause === null ? null : formatTraceback(cause) });
  }

  /**
   * @param {TaskMessage} message
   * @param {TaskOptions} options
   * @param {string} reason such as "expired"
   */
  revoked(message, options, reason) {
    if (!this.#storesErrors(message, options)) return "";
    return this.#meta(REVOKED, message, { result: new TaskRevokedError(reason) });
  }

  /**
   * @param {TaskMessage} message
   * @param {TaskOptions} options
   */
  started(message, options) {
    if (!(options.trackStarted ?? this.#settings.taskTrackStarted) || this.#ignores(message, options)) return "";
    return this.#meta(STARTED, message, { result: { pid: process.pid, hostname: this.#hostname } });
  }

  /**
   * A state that a task stores itself (Celery's `Task.update_state`).
   *
   * @param {TaskMessage} message of the task that stores it
   * @param {string} state
   * @param {unknown} meta an Error is stored as an exception, if the state is one of an exception
   * @param {{ taskId?: string, children?: unknown[] }} [of] `taskId`: of another task
   * @throws {EncodeError} when the meta is not JSON
   */
  custom(message, state, meta, { taskId = message.id, children = [] } = {}) {
    const value = EXCEPTION_STATES.has(state) && meta instanceof Error ? encodeException(meta) : (meta ?? null);
    const resultText = dumps(value, { root: "meta" });
    return this.#meta(state, { ...message, id: taskId }, { resultText, children: children.map(plainResult) });
  }

  /**
   * As Celery's get_actual_ignore_result: the message decides, then the task, then the app.
   *
   * @param {TaskMessage} message
   * @param {TaskOptions} options
   */
  #ignores(message, options) {
    return message.ignoreResult ?? options.ignoreResult ?? this.#settings.taskIgnoreResult;
  }

  /**
   * @param {TaskMessage} message
   * @param {TaskOptions} options
   */
  #storesErrors(message, options) {
    if (!this.#ignores(message, options)) return true;
    return options.storeErrorsEvenIfIgnored ?? this.#settings.taskStoreErrorsEvenIfIgnored;
  }

  /**
   * @param {string} status
   * @param {TaskMessage} message
   * @param {{ result?: unknown, resultText?: string, traceback?: string | null, children?: unknown[] }} rest
   */
  #meta(status, message, { result, resultText, traceback, children }) {
    const { id: taskId, group: groupId, parentId } = message;
    const extended = this.#settings.resultExtended ? this.#extended(message) : null;
    return encodeMeta({ status, result, resultText, traceback, children, taskId, groupId, parentId, extended });
  }

  /** @param {TaskMessage} message */
  #extended({ name, args, kwargs, argsrepr, kwargsrepr, retries, deliveryInfo, stampedHeaders, stamps }) {
    const rest = { worker: this.#hostname, retries, queue: deliveryInfo.routing_key, stampedHeaders, stamps };
    try {
      dumps([args, kwargs]);
    } catch {
      return { name, args: [argsrepr], kwargs: { repr: kwargsrepr }, ...rest };
    }
    return { name, args, kwargs, ...rest };
  }
}

/**
 * @param {MetaOptions} meta
 * @returns {string}
 * @throws {EncodeError} when the result holds what JSON cannot; the message has the path to it
 */
export function encodeMeta(meta) {
  const { status, traceback = null, children = [], taskId, groupId, parentId, extended } = meta;
  const { dateDone = READY_STATES.has(status) ? nowIso() : null } = meta;
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

/** A cache of the current millisecond's text: a busy worker stores many results in one millisecond. */
const present = { epochMs: Number.NaN, text: "" };

/**
 * The moment at which a result is made (`date_done`).
 *
 * @param {number} [epochMs] a whole number
 * @returns {string} as Python's `isoformat` writes it: without a fraction at a full second
 */
export function nowIso(epochMs = Date.now()) {
  if (epochMs !== present.epochMs) {
    const text = new Date(epochMs).toISOString();
    present.text = text.endsWith(".000Z") ? `${text.slice(0, 19)}+00:00` : `${text.slice(0, 23)}000+00:00`;
    present.epochMs = epochMs;
  }
  return present.text;
}

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

/** Members that no stamp replaces: in Celery, a task that is stamped with `status` "PENDING" never ends for its sender. */
const OF_RESULT = new Set(["status", "result", "traceback", "children", "date_done", "task_id"]);

/** @param {ExtendedMeta} extended */
function extendedText({ name, args, kwargs, worker, retries, queue, stampedHeaders, stamps = {} }) {
  /** @type {Record<string, unknown>} */
  const members = { name, args, kwargs, worker, retries, queue };
  if (Object.keys(stamps).length > 0) {
    const names = new Set(stampedHeaders);
    const shown = Object.entries(stamps).filter(([header]) => names.has(header) && !OF_RESULT.has(header));
    Object.assign(members, { stamped_headers: stampedHeaders ?? null }, Object.fromEntries(shown));
  }
  return `, ${dumps(members).slice(1, -1)}`;
}

/**
 * @param {unknown} value that a task returned
 * @returns {string} as it is stored, as JSON
 * @throws {EncodeError} for a value that JSON cannot represent
 */
export const encodeReturned = (value) => dumps(plainResult(value), { root: "result" });

/**
 * @param {unknown} value
 * @returns {unknown} results as the tuples that Celery stores for them
 */
export const plainResult = (value) => (isResult(value) ? value.asTuple() : value);

/**
 * @param {unknown} value
 * @returns {value is { asTuple: () => unknown }}
 */
export const isResult = (value) => typeof Object(value).asTuple === "function";
