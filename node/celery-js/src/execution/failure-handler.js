/**
 * Handles a task that did not return: it is retried, rejected, ignored or revoked, or it has failed
 * (celery.app.trace.TraceInfo). Waiting clients and follow-ups learn of that before its message is released.
 */

import { OperationalError, Reject, Retry, TaskPredicate, TaskRevokedError, Terminated } from "../errors.js";
import { toError } from "../protocol/exceptions.js";
import { comesBackWhenLost, dispositionOfFailure } from "./disposition.js";
import { taskFields } from "./request.js";
import { applyAutoretry, retryLost } from "./retry.js";

/**
 * @typedef {import("./request.js").Request} Request
 * @typedef {import("./execution.js").Execution} Execution
 * @typedef {import("./disposition.js").Disposition} Disposition
 */

/** The pause before a task goes back because its retry could not be sent. */
const RESEND_PAUSE_MS = 1_000;

export class FailureHandler {
  #services;
  #followUps;
  #hooks;

  /**
   * @param {object} parts
   * @param {import("./executor.js").WorkerServices} parts.services
   * @param {import("./follow-ups/follow-ups.js").FollowUps} parts.followUps
   * @param {import("./hooks.js").Hooks} parts.hooks
   */
  constructor({ services, followUps, hooks }) {
    this.#services = services;
    this.#followUps = followUps;
    this.#hooks = hooks;
  }

  /**
   * @param {Execution} execution that has ended
   * @param {unknown} thrown by the task, or by the time limit or stray error that ended it
   * @returns {Promise<Disposition>}
   */
  async handle(execution, thrown) {
    try {
      const error = retryLost(execution, applyAutoretry(execution, thrown));
      if (execution.isCutOff && error instanceof Terminated) return await this.#revoke(execution, error);
      if (error instanceof TaskPredicate) return await this.#obey(execution, error);
      return await this.#fail(execution, toError(error));
    } catch (broken) {
      return this.#fail(execution, toError(broken));
    }
  }

  /**
   * Returns the disposition when this runtime broke, not the task. That counts as a failure too.
   *
   * @param {Request} request
   * @param {unknown} thrown
   * @returns {Disposition}
   */
  failBroken(request, thrown) {
    const { log, resultEncoder } = this.#services;
    const { id: taskId, name } = request.message;
    const error = toError(thrown);
    log.fatal({ ...taskFields(request), error }, `Task ${name}[${taskId}] could not be completed`);
    return this.#dispositionOf(request, error, resultEncoder.unrunnable(taskId, null, error));
  }

  /**
   * @param {Execution} execution
   * @param {TaskPredicate} predicate
   * @returns {Promise<Disposition>}
   */
  async #obey(execution, predicate) {
    const { request } = execution;
    const { observers } = this.#services;
    const unsent = predicate instanceof Reject ? null : await whyNotSent(execution);
    if (unsent instanceof OperationalError && !request.acknowledged)
      return this.#requeueUnsent(request, predicate, unsent);
    if (unsent) return this.#fail(execution, unsent);
    if (predicate instanceof Retry) return this.#retry(execution, predicate);
    if (predicate instanceof Reject) {
      return this.#hooks.announceReject(execution, predicate, await this.#reject(execution, predicate));
    }
    const notify = observers.notify("ignored", request);
    return this.#hooks.announceIgnore(execution, predicate, { kind: "settle", result: "", notify });
  }

  /**
   * Handles a task whose retry or replacement the server did not accept.
   *
   * @param {Request} request
   * @param {TaskPredicate} predicate
   * @param {Error} error why
   * @returns {Promise<Disposition>}
   */
  async #requeueUnsent(request, predicate, error) {
    const { log, observers } = this.#services;
    const { id: taskId } = request.message;
    const what = predicate instanceof Retry ? "sent again" : "replaced";
    const name = `${request.task.name}[${taskId}]`;
    log.error(taskFields(request), `Task ${name} could not be ${what}, and goes back to its queue: ${error.message}`);
    await new Promise((resolve) => setTimeout(resolve, RESEND_PAUSE_MS));
    return { kind: "requeue", result: "", notify: observers.notify("rejected", request, null) };
  }

  /**
   * @param {Execution} execution
   * @param {Retry} retry
   * @returns {Promise<Disposition>}
   */
  async #retry(execution, retry) {
    const { message, task } = execution.request;
    const { observers, resultEncoder } = this.#services;
    const notify = observers.notify("retried", execution.request, retry);
    const result = resultEncoder.retry(message, task.options, retry.exc);
    /** @type {Disposition} */
    const disposition = { kind: "settle", result, notify };
    if (!execution.hasEndHooks) return disposition;
    try {
      return await this.#hooks.announceRetry(execution, retry, disposition);
    } catch (broken) {
      const error = toError(broken);
      return this.#failByHandler(execution, error, (failed) => this.#followUps.followFailure(execution, error, failed));
    }
  }

  /**
   * @param {Execution} execution
   * @param {Reject} reject
   * @returns {Promise<Disposition>}
   */
  async #reject(execution, reject) {
    const { message, task } = execution.request;
    const { observers, resultEncoder } = this.#services;
    const notify = observers.notify("rejected", execution.request, reject);
    if (reject.requeue) return { kind: "requeue", result: "", notify };
    const result = resultEncoder.failure(message, task.options, reject);
    return this.#followUps.followFailure(execution, reject, { kind: "bury", reason: "rejected", result, notify });
  }

  /**
   * As Celery's `Request._announce_revoked`.
   *
   * @param {Execution} execution
   * @param {Terminated} terminated
   * @returns {Promise<Disposition>}
   */
  async #revoke(execution, terminated) {
    const { message, task } = execution.request;
    const { observers, resultEncoder } = this.#services;
    await Promise.allSettled(execution.sends);
    const notify = observers.notify("revoked", execution.request, "terminated", terminated.message);
    const result = resultEncoder.revoked(message, task.options, "terminated");
    const left = await this.#followUps.storeResult(message, { kind: "settle", result, notify: null });
    await this.#followUps.followRevocation(message, new TaskRevokedError("terminated"), left);
    notify?.();
    return left;
  }

  /**
   * @param {Execution} execution
   * @param {Error} error
   * @returns {Promise<Disposition>}
   */
  async #fail(execution, error) {
    const { request } = execution;
    const { observers, resultEncoder } = this.#services;
    await Promise.allSettled(execution.sends);
    if (execution.isCutOff && comesBackWhenLost(request, error)) {
      return { kind: "leave", result: "", notify: observers.notify("failed", request, error, "leave") };
    }
    const result = resultEncoder.failure(request.message, request.task.options, error, execution.children);
    const disposition = this.#dispositionOf(request, error, result);
    const left = await this.#followUps.followFailure(execution, error, disposition);
    if (!execution.hasEndHooks) return left;
    try {
      return await this.#hooks.announceFailure(execution, error, left);
    } catch (broken) {
      return this.#failByHandler(execution, toError(broken), async (failed) => failed);
    }
  }

  /**
   * The disposition of a task whose `onRetry` or `onFailure` threw: the task fails with that error (Celery's internal
   * error).
   *
   * @param {Execution} execution
   * @param {Error} error
   * @param {(disposition: Disposition) => Promise<Disposition>} followUp returns what is left to do
   * @returns {Promise<Disposition>}
   */
  async #failByHandler(execution, error, followUp) {
    const { message, task } = execution.request;
    const { log, resultEncoder } = this.#services;
    await this.#hooks.announceInternalError(execution, error);
    execution.failedIn = "a handler";
    const result = resultEncoder.failure(message, task.options, error, execution.children);
    const left = await followUp(this.#dispositionOf(execution.request, error, result));
    await this.#hooks.notifyFailure(execution, error).catch((/** @type {unknown} */ again) => {
      log.error(
        { ...taskFields(execution.request), error: again },
        `Task ${task.name}[${message.id}] handler raised again`,
      );
    });
    return left;
  }

  /**
   * @param {Request} request
   * @param {Error} error
   * @param {string} result "" for none
   * @returns {Disposition} of a failure
   */
  #dispositionOf(request, error, result) {
    const { observers } = this.#services;
    const disposition = dispositionOfFailure(request, error, result);
    return { ...disposition, notify: observers.notify("failed", request, error, disposition.kind) };
  }
}

/**
 * @param {Execution} execution
 * @returns {Promise<Error | null>} why one of its messages could not be sent
 */
async function whyNotSent({ sends }) {
  const outcomes = await Promise.allSettled(sends);
  const refused = outcomes.find(({ status }) => status === "rejected");
  return refused ? toError(/** @type {PromiseRejectedResult} */ (refused).reason) : null;
}
