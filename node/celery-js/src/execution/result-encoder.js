/**
 * Encodes the outcome of an execution as the meta that is stored for its task, in Celery's form (celery.backends.base:
 * mark_as_done, mark_as_failure, mark_as_retry, mark_as_revoked).
 */
import { TaskRevokedError } from "../errors.js";
import { formatTraceback } from "../protocol/exceptions.js";
import { dumps } from "../protocol/json.js";
import { encodeMeta } from "../protocol/result-meta.js";
import { FAILURE, READY_STATES, RETRY, REVOKED, STARTED, SUCCESS } from "../protocol/states.js";
import { nowIso } from "../protocol/time.js";

/**
 * @typedef {import("../protocol/message.js").TaskMessage} TaskMessage
 * @typedef {import("../worker/model/types.js").TaskOptions} TaskOptions
 * @typedef {import("../settings.js").Settings} Settings
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
   * @param {TaskMessage} message
   * @param {string} state one of the task's own
   * @param {unknown} meta
   */
  custom(message, state, meta) {
    return this.#meta(state, message, { resultText: dumps(meta ?? null, { root: "meta" }) });
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
  #meta(status, message, rest) {
    return encodeMeta({
      status,
      dateDone: READY_STATES.has(status) ? nowIso() : null,
      taskId: message.id,
      groupId: message.group,
      parentId: message.parentId,
      ...(this.#settings.resultExtended && { extended: this.#extended(message) }),
      ...rest,
    });
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
