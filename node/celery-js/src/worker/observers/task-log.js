/** Logs tasks in Celery's sentences (celery.worker.strategy, celery.app.trace). */
import { NotRegistered, WorkerLostError } from "../../errors.js";
import { messageFields, nameOf, taskFields } from "../../execution/request.js";
import { matches } from "../../execution/retry.js";
import { saferepr } from "../../protocol/repr.js";
import { className } from "../../validation/class-name.js";
import { didYouMean } from "../../validation/suggest.js";

/**
 * @typedef {import("../../execution/request.js").Request} Request
 * @typedef {import("./task-observers.js").TaskObserver} TaskObserver
 * @typedef {import("./task-observers.js").Happenings} Happenings
 */

/** Celery's loggers of what begins and what ends. */
const RECEIVER = "celery.worker.strategy";
const TRACER = "celery.app.trace";

/** @implements {TaskObserver} */
export class TaskLog {
  #log;
  #tasks;

  /**
   * @param {import("./log.js").Logger} log
   * @param {import("../model/types.js").TaskRegistry} tasks that an unknown name may have meant
   */
  constructor(log, tasks) {
    this.#log = log;
    this.#tasks = tasks;
  }

  /** @param {Request} request */
  received(request) {
    if (!this.#log.isLevelEnabled("info")) return;
    const { eta, args, kwargs, argsrepr, kwargsrepr } = request.message;
    const name = nameOf(request);
    const fields = { ...fieldsOf(request), logger: RECEIVER };
    this.#log.info(fields, `Task ${name} received${eta === null ? "" : `, ETA:[${eta}]`}`);
    if (!this.#log.isLevelEnabled("debug")) return;
    const shown = { args: argsrepr ?? saferepr(args), kwargs: kwargsrepr ?? saferepr(kwargs) };
    this.#log.debug({ ...fields, ...shown }, `Task ${name} has arguments`);
  }

  /**
   * @param {Request} request
   * @param {unknown} value
   * @param {number} runtimeMs
   */
  succeeded(request, value, runtimeMs) {
    if (!this.#log.isLevelEnabled("info")) return;
    const text = saferepr(value ?? null, request.task.options.resultreprMaxsize ?? undefined);
    const runtimeS = runtimeMs / 1000;
    const took = `${runtimeS.toFixed(runtimeMs < 10 ? 5 : 3)}s`;
    const fields = { ...endFields(request), runtime_s: runtimeS };
    this.#log.info(fields, `Task ${named(request)} succeeded in ${took}: ${text}`);
  }

  /** @type {Happenings["failed"]} */
  failed(request, error, kind) {
    const { task, execution } = request;
    const name = named(request);
    if (kind === "leave") {
      this.#log.error(endFields(request), `Task ${name} will run again: ${error.message}`);
      return;
    }
    const isExpected = matches(error, task.options.throws);
    const where = execution === null || execution.failedIn === null ? "" : ` in ${execution.failedIn}`;
    const shown = `${className(error)}(${JSON.stringify(error.message)})${where}`;
    const sentence = `Task ${name} raised ${isExpected ? "expected" : "unexpected"}: ${shown}`;
    if (isExpected) this.#log.info(endFields(request), sentence);
    else this.#log.error({ ...endFields(request), error }, sentence);
  }

  /** @type {Happenings["retried"]} */
  retried(request, retry) {
    this.#log.info(endFields(request), `Task ${named(request)} retry: ${retry.message}`);
  }

  /** @param {Request} request */
  ignored(request) {
    this.#log.info(endFields(request), `Task ${named(request)} ignored`);
  }

  /** @type {Happenings["rejected"]} */
  rejected(request, reject) {
    if (reject !== null) this.#log.warn(endFields(request), `Task ${named(request)} ${reject.message}`);
  }

  /**
   * @param {Request} request
   * @param {string} reason
   */
  revoked(request, reason) {
    const fields = fieldsOf(request);
    if (reason !== "terminated") this.#log.info(fields, `Discarding revoked task: ${nameOf(request)}`);
    else this.#log.warn(fields, `Task ${named(request)} was terminated`);
  }

  /** @type {Happenings["unknown"]} */
  unknown({ queue }, { error, taskId, message }) {
    const fields = { task_id: taskId, ...(message && messageFields(message)), queue };
    if (message !== null && error instanceof NotRegistered) {
      const name = `${message.shadow ?? message.name}[${message.id}]`;
      this.#log.error(
        fields,
        `Received unregistered task of type '${message.name}', which fails and is kept in ${queue}.dead: ` +
          `${name}${didYouMean(message.name, this.#tasks.names())}`,
      );
    } else if (message !== null && error instanceof WorkerLostError) {
      this.#log.error(fields, error.message);
    } else {
      const what = message === null ? "cannot be read as a task" : `could not be received, task ${taskId}`;
      this.#log.fatal({ ...fields, error }, `A message in ${queue} ${what}: ${error.message}`);
    }
  }
}

/** @param {Request} request */
const named = ({ task, message }) => `${task.name}[${message.id}]`;

/**
 * Made once for all lines about a task.
 *
 * @param {Request} request
 */
const fieldsOf = (request) => (request.logFields ??= taskFields(request));

/** @param {Request} request */
const endFields = (request) => ({ ...fieldsOf(request), logger: TRACER });
