/** Logs tasks in Celery's sentences (celery.worker.strategy, celery.app.trace). */
import { NotRegistered, WorkerLostError } from "../../errors.js";
import { nameOf } from "../../execution/request.js";
import { matches } from "../../execution/retry.js";
import { saferepr } from "../../protocol/repr.js";
import { className } from "../../validation/class-name.js";
import { didYouMean } from "../../validation/suggest.js";

/**
 * @typedef {import("../../execution/request.js").Request} Request
 * @typedef {import("./task-observers.js").TaskObserver} TaskObserver
 * @typedef {import("./task-observers.js").Happenings} Happenings
 */

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
    const { id: taskId, eta, args, kwargs, argsrepr, kwargsrepr } = request.message;
    const name = nameOf(request);
    this.#log.info({ taskId }, `Task ${name} received${eta === null ? "" : `, ETA:[${eta}]`}`);
    if (!this.#log.isLevelEnabled("debug")) return;
    const shown = { args: argsrepr ?? saferepr(args), kwargs: kwargsrepr ?? saferepr(kwargs) };
    this.#log.debug({ taskId, ...shown }, `Task ${name} has arguments`);
  }

  /**
   * @param {Request} request
   * @param {unknown} value
   * @param {number} runtimeMs
   */
  succeeded({ task, message: { id: taskId } }, value, runtimeMs) {
    const text = saferepr(value ?? null);
    const runtimeS = runtimeMs / 1000;
    const took = `${runtimeS.toFixed(runtimeMs < 10 ? 5 : 3)}s`;
    this.#log.info({ taskId, runtimeS }, `Task ${task.name}[${taskId}] succeeded in ${took}: ${text}`);
  }

  /** @type {Happenings["failed"]} */
  failed({ task, message: { id: taskId }, execution }, error, kind) {
    const name = `${task.name}[${taskId}]`;
    if (kind === "leave") {
      this.#log.error({ taskId }, `Task ${name} comes back: ${error.message}`);
      return;
    }
    const isExpected = matches(error, task.options.throws);
    const where = execution === null || execution.failedIn === null ? "" : ` in ${execution.failedIn}`;
    const shown = `${className(error)}(${JSON.stringify(error.message)})${where}`;
    const sentence = `Task ${name} raised ${isExpected ? "expected" : "unexpected"}: ${shown}`;
    if (isExpected) this.#log.info({ taskId }, sentence);
    else this.#log.error({ taskId, err: error }, sentence);
  }

  /** @type {Happenings["retried"]} */
  retried({ task, message: { id: taskId } }, retry) {
    this.#log.info({ taskId }, `Task ${task.name}[${taskId}] retry: ${retry.message}`);
  }

  /** @param {Request} request */
  ignored({ task, message: { id: taskId } }) {
    this.#log.info({ taskId }, `Task ${task.name}[${taskId}] ignored`);
  }

  /** @type {Happenings["rejected"]} */
  rejected({ task, message: { id: taskId } }, reject) {
    if (reject !== null) this.#log.warn({ taskId }, `Task ${task.name}[${taskId}] ${reject.message}`);
  }

  /**
   * @param {Request} request
   * @param {string} reason
   */
  revoked(request, reason) {
    const { id: taskId } = request.message;
    if (reason !== "terminated") this.#log.info({ taskId }, `Discarding revoked task: ${nameOf(request)}`);
    else this.#log.warn({ taskId }, `Task ${request.task.name}[${taskId}] was terminated`);
  }

  /** @type {Happenings["unknown"]} */
  unknown({ queue }, { error, taskId, message }) {
    if (message !== null && error instanceof NotRegistered) {
      const name = `${message.shadow ?? message.name}[${message.id}]`;
      this.#log.error(
        { taskId },
        `Received unregistered task of type '${message.name}', which fails and is kept in ${queue}.dead: ` +
          `${name}${didYouMean(message.name, this.#tasks.names())}`,
      );
    } else if (message !== null && error instanceof WorkerLostError) {
      this.#log.error({ taskId }, error.message);
    } else {
      const what = message === null ? "is no task that can be read" : `could not be received, task ${taskId}`;
      this.#log.fatal({ taskId, err: error }, `A message in ${queue} ${what}: ${error.message}`);
    }
  }
}
