/**
 * What becomes of a task that did not return: it is retried, rejected, ignored, revoked, or has failed
 * (celery.app.trace.TraceInfo). Whoever waits for it, and whatever follows it, hears of that before its message is let go.
 */
import { Ignore, OperationalError, Reject, Retry, TaskPredicate, TaskRevokedError, Terminated } from "../errors.js";
import { toError } from "../protocol/exceptions.js";
import { className } from "../validation/class-name.js";
import { comesBackWhenLost, dispositionOfFailure } from "./disposition.js";
import { label } from "./request.js";
import { automaticRetry, matches } from "./retry.js";

/**
 * @typedef {import("./request.js").Request} Request
 * @typedef {import("./execution.js").Execution} Execution
 * @typedef {import("./disposition.js").Disposition} Disposition
 */

/** How long a task rests that goes back because its retry could not be sent. */
const RESEND_PAUSE_MS = 1_000;

export class FailureHandler {
  #app;
  #log;
  #resultEncoder;
  #followUps;
  #hooks;
  #announcements;
  #events;

  /**
   * @param {object} parts
   * @param {import("../worker/model/types.js").WorkerApp} parts.app
   * @param {import("../worker/observers/log.js").Logger} parts.log
   * @param {import("./result-encoder.js").ResultEncoder} parts.resultEncoder
   * @param {import("./follow-ups/follow-ups.js").FollowUps} parts.followUps
   * @param {import("./hooks.js").Hooks} parts.hooks
   * @param {import("../worker/observers/announcements.js").Announcements} parts.announcements
   * @param {import("../worker/observers/task-events.js").TaskEvents} parts.events
   */
  constructor({ app, log, resultEncoder, followUps, hooks, announcements, events }) {
    this.#app = app;
    this.#log = log;
    this.#resultEncoder = resultEncoder;
    this.#followUps = followUps;
    this.#hooks = hooks;
    this.#announcements = announcements;
    this.#events = events;
  }

  /**
   * @param {Request} request
   * @param {Execution} execution that has ended
   * @param {unknown} thrown by the task, or by whoever ended it: a time limit, a stray error
   * @returns {Promise<Disposition>}
   */
  async handle(request, execution, thrown) {
    try {
      const signal = this.#signalOf(request, execution, thrown);
      if (execution.isCutOff && signal instanceof Terminated) return await this.#terminated(request, execution, signal);
      if (signal instanceof TaskPredicate) return await this.#obey(request, execution, signal);
      return await this.#failed(request, execution, toError(signal));
    } catch (error) {
      return this.#failed(request, execution, toError(error));
    }
  }

  /** What the task threw, or the `Retry` that `autoretryFor` makes of it. @param {Request} request @param {Execution} execution @param {unknown} thrown */
  #signalOf(request, execution, thrown) {
    const { task, message } = request;
    // Celery retries a Reject that `autoretryFor` covers.
    if (thrown instanceof Ignore || thrown instanceof Retry || execution.isCutOff) return thrown;
    const options = automaticRetry(task, thrown, message.retries);
    if (options === null) return thrown;
    try {
      return execution.self.retry({ ...options, throw: false });
    } catch (exhausted) {
      return exhausted;
    }
  }

  /** @param {Request} request @param {Execution} execution @param {TaskPredicate} signal @returns {Promise<Disposition>} */
  async #obey(request, execution, signal) {
    const { message, task } = request;
    const name = label(task.name, message.id);
    const refused = signal instanceof Reject ? null : await this.#whyNotSent(execution);
    if (refused instanceof OperationalError && !request.acknowledged) {
      const what = signal instanceof Retry ? "sent again" : "replaced";
      this.#log.error(
        { taskId: message.id },
        `Task ${name} could not be ${what}, and goes back to its queue: ${refused.message}`,
      );
      await new Promise((resolve) => setTimeout(resolve, RESEND_PAUSE_MS));
      return this.#requeued(request);
    }
    if (refused) return this.#failed(request, execution, refused);
    if (signal instanceof Retry) {
      this.#log.info({ taskId: message.id }, `Task ${name} retry: ${signal.message}`);
      return this.#retried(request, execution, signal);
    }
    if (signal instanceof Reject) {
      this.#log.warn({ taskId: message.id }, `Task ${name} ${signal.message}`);
      return this.#hooks.rejected(request, execution, signal, await this.#rejected(request, execution, signal));
    }
    if (signal instanceof Ignore) this.#log.info({ taskId: message.id }, `Task ${name} ignored`);
    return this.#hooks.ignored(request, execution, signal, { kind: "settle", result: "" });
  }

  /** @param {Request} request @param {Execution} execution @param {Retry} signal @returns {Promise<Disposition>} */
  async #retried(request, execution, signal) {
    const { message, task } = request;
    /** @type {Disposition} */
    const disposition = { kind: "settle", result: this.#resultEncoder.retry(message, task.options, signal.exc) };
    if (this.#events.isOn) disposition.events = this.#events.ofRetry(request, signal.exc, signal);
    if (!this.#hooks.observesEnd(task)) return disposition;
    try {
      return await this.#hooks.retried(request, execution, signal, disposition);
    } catch (broken) {
      const error = toError(broken);
      return this.#handlerThrew(request, execution, error, (/** @type {Disposition} */ failed) =>
        this.#followUps.failed(message, error, failed, execution),
      );
    }
  }

  /** @param {Request} request @param {Execution} execution @param {Reject} signal @returns {Promise<Disposition>} */
  async #rejected(request, execution, signal) {
    if (signal.requeue) return this.#requeued(request);
    const { message, task } = request;
    const result = this.#resultEncoder.failure(message, task.options, signal);
    const disposition = this.#withEvents(request, signal, { kind: "bury", reason: "rejected", result });
    return this.#followUps.failed(message, signal, disposition, execution);
  }

  /** @param {Request} request @returns {Disposition} */
  #requeued(request) {
    /** @type {Disposition} */
    const disposition = { kind: "requeue", result: "" };
    if (this.#events.isOn) disposition.events = this.#events.ofRequeue(request);
    return disposition;
  }

  /** As Celery's `Request._announce_revoked`. @param {Request} request @param {Execution} execution @param {Terminated} signal @returns {Promise<Disposition>} */
  async #terminated(request, execution, signal) {
    const { message, task } = request;
    await Promise.allSettled(execution.sends);
    this.#log.warn({ taskId: message.id }, `Task ${label(task.name, message.id)} was terminated`);
    const result = this.#resultEncoder.revoked(message, task.options, "terminated");
    const left = await this.#followUps.stored(message, { kind: "settle", result });
    await this.#followUps.revoked(message, new TaskRevokedError("terminated"), left);
    this.#announcements.revoked(request, "terminated", signal.message);
    return left;
  }

  /** @param {Execution} execution @returns {Promise<Error | null>} why one of its messages could not be sent */
  async #whyNotSent({ sends }) {
    const outcomes = await Promise.allSettled(sends);
    const refused = outcomes.find(({ status }) => status === "rejected");
    return refused ? toError(/** @type {PromiseRejectedResult} */ (refused).reason) : null;
  }

  /** @param {Request} request @param {Error} error @param {string} result "" for none @returns {Disposition} of a failure */
  #dispositionOf(request, error, result) {
    const disposition = dispositionOfFailure(request, error, result, this.#app.settings);
    return this.#withEvents(request, error, disposition);
  }

  /** @param {Request} request @param {Error} error @param {Disposition} disposition @returns {Disposition} the same, and what monitors are told of it */
  #withEvents(request, error, disposition) {
    if (this.#events.isOn) disposition.events = this.#events.ofFailure(request, error, disposition.kind);
    return disposition;
  }

  /** The disposition of an execution that broke this runtime rather than itself: a failure all the same. @param {Request} request @param {unknown} error @returns {Disposition} */
  broken(request, error) {
    const { message } = request;
    this.#log.fatal(
      { taskId: message.id, err: error },
      `Task ${label(message.name, message.id)} could not be ended as it should`,
    );
    const result = this.#resultEncoder.unrunnable(message.id, null, toError(error));
    return this.#dispositionOf(request, toError(error), result);
  }

  /** @param {Request} request @param {Execution} execution @param {Error} error @returns {Promise<Disposition>} */
  async #failed(request, execution, error) {
    const { message, task } = request;
    await Promise.allSettled(execution.sends);
    if (execution.isCutOff && comesBackWhenLost(request, error, this.#app.settings)) {
      this.#log.error({ taskId: message.id }, `Task ${label(task.name, message.id)} comes back: ${error.message}`);
      return { kind: "leave", result: "" };
    }
    const expected = matches(error, task.options.throws);
    const sentence = `Task ${label(task.name, message.id)} raised ${expected ? "expected" : "unexpected"}: ${className(error)}(${JSON.stringify(error.message)})${execution.strayKind === null ? "" : ` in an ${execution.strayKind}`}`;
    if (expected) this.#log.info({ taskId: message.id }, sentence);
    else this.#log.error({ taskId: message.id, err: error }, sentence);
    const result = this.#resultEncoder.failure(message, task.options, error, execution.children);
    const disposition = this.#dispositionOf(request, error, result);
    const left = await this.#followUps.failed(message, error, disposition, execution);
    if (!this.#hooks.observesEnd(task)) return left;
    try {
      return await this.#hooks.failed(request, execution, error, left);
    } catch (broken) {
      return this.#handlerThrew(request, execution, toError(broken), async (failed) => failed);
    }
  }

  /**
   * The disposition of a task whose `onRetry` or `onFailure` threw: it fails with that (Celery's internal error).
   *
   * @param {Request} request
   * @param {Execution} execution
   * @param {Error} error
   * @param {(disposition: Disposition) => Promise<Disposition>} notify returns what is left to do
   * @returns {Promise<Disposition>}
   */
  async #handlerThrew(request, execution, error, notify) {
    const { message, task } = request;
    this.#log.error({ taskId: message.id, err: error }, `Task ${label(task.name, message.id)} handler raised`);
    await this.#hooks.internalError(request, execution, error);
    const result = this.#resultEncoder.failure(message, task.options, error, execution.children);
    const left = await notify(this.#dispositionOf(request, error, result));
    await this.#hooks.notifyFailure(request, execution, error).catch((/** @type {unknown} */ again) => {
      this.#log.error({ taskId: message.id, err: again }, `Task ${label(task.name, message.id)} handler raised again`);
    });
    return left;
  }
}
