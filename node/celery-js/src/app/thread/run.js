/** Runs one task in its thread and reports how it ended. A task finds the same services here as on the event loop. */

import pino from "pino";
import { Execution, withLoggerName } from "../../execution/execution.js";
import { Request } from "../../execution/request.js";
import { sendRetry } from "../../execution/retry.js";
import { dumps } from "../../protocol/json.js";
import { decodeEnvelope, decodeTask } from "../../protocol/message.js";
import { encodeReturned, isResult, plainResult, ResultEncoder } from "../../protocol/result-encoder.js";
import { inContextOf } from "../../telemetry/open-telemetry.js";
import { describeError } from "../../worker/observers/log.js";
import { packError } from "../../worker/pools/crossing.js";
import { abortMark } from "../../worker/pools/thread-data.js";

/**
 * @typedef {import("../../worker/pools/thread.js").Assignment} Assignment
 * @typedef {import("./entry.js").Outcome} Outcome
 *
 * @typedef {object} Running
 * @property {number} number of its delivery
 * @property {import("../../tasks/options.js").TaskOptions} options of its task
 * @property {() => unknown[]} children results of the tasks that it has sent so far, as tuples
 * @property {() => void} abort passes the soft time limit on
 *
 * @typedef {(assignment: Assignment, onEnd: (outcome: Outcome) => void) => Running} Run
 */

/**
 * @param {object} options
 * @param {import("./thread-app.js").ThreadApp} options.app
 * @param {string} options.hostname
 * @param {import("./main-thread.js").MainThread} options.mainThread
 * @param {import("pino").Logger} options.log
 * @param {Int32Array} options.aborted shared with the main thread, see `OwnData`
 * @returns {Run}
 */
export function createRun({ app, hostname, mainThread, log, aborted }) {
  const { settings } = app;
  /** @type {import("../../execution/execution.js").Services} */
  const services = {
    app: /** @type {import("../../worker/model/types.js").WorkerApp} */ (/** @type {unknown} */ (app)),
    hostname,
    log,
    resultEncoder: new ResultEncoder(settings, hostname),
    send: (planned) => sendRetry(app, planned),
    replace: (replacement) => replacement.delay(),
    store: (taskId, result) => mainThread.ask("store", [taskId, result]),
    sendEvent: (type, fields) => mainThread.send("event", [type, dumps(fields)]),
  };
  return ({ delivery, timeLimits, trace }, onEnd) => {
    const message = decodeTask(decodeEnvelope(delivery.raw, settings), settings);
    Object.assign(message.rawHeaders, trace); // a retry, which this thread encodes, belongs to the span of this run
    const request = new Request(delivery, message, app.tasks.get(message.name), "threads");
    request.timeLimits = timeLimits;
    const execution = new ThreadExecution(request, services, aborted);
    const { options } = request.task;
    const children = () => execution.children.map(plainResult);
    const end = async (/** @type {Pick<Outcome, "text" | "isResult" | "error">} */ ended) => {
      onEnd({ ...ended, unsent: await firstRefusal(execution.sends), children: children() });
    };
    void inContextOf(trace, () => returnedBy(execution)).then(
      (returned) => end({ ...returned, error: null }),
      (thrown) => end({ text: null, isResult: false, error: packError(thrown, options) }),
    );
    return { number: delivery.number, options, children, abort: () => execution.abortSoftly() };
  };
}

/** An execution whose time limits the main thread enforces: its clock started before this thread had the task. */
class ThreadExecution extends Execution {
  #aborted;

  /**
   * @param {Request} request
   * @param {import("../../execution/execution.js").Services} services
   * @param {Int32Array} aborted
   */
  constructor(request, services, aborted) {
    super(request, services);
    this.#aborted = aborted;
  }

  /** @override */
  isOverdue() {
    return Atomics.load(this.#aborted, 0) === abortMark(this.request.delivery.number) || super.isOverdue();
  }
}

/**
 * @param {Execution} execution
 * @returns {Promise<Pick<Outcome, "text" | "isResult">>} what its task returns, as JSON
 */
async function returnedBy(execution) {
  await execution.announceStart();
  const value = await execution.call();
  return { text: encodeReturned(value), isResult: isResult(value) };
}

/**
 * Waits for the task's messages: they must arrive before the task counts as ended.
 *
 * @param {Promise<unknown>[]} sends
 * @returns {Promise<import("../../worker/pools/crossing.js").CrossingError | null>}
 */
async function firstRefusal(sends) {
  const outcomes = await Promise.allSettled(sends);
  const refused = outcomes.find(({ status }) => status === "rejected");
  return refused ? packError(/** @type {PromiseRejectedResult} */ (refused).reason) : null;
}

/**
 * A log that passes its lines to the main thread's log.
 *
 * @param {import("./main-thread.js").MainThread} mainThread
 * @param {string} level
 */
export function createLog(mainThread, level) {
  const write = (/** @type {string} */ line) => {
    const { level: name, msg, ...fields } = JSON.parse(line);
    mainThread.send("log", [name, fields, msg]);
  };
  const formatters = { level: (/** @type {string} */ name) => ({ level: name }) };
  const serializers = {
    error: (/** @type {unknown} */ error) => (error instanceof Error ? describeError(error) : error),
  };
  return pino({ level, base: null, timestamp: false, formatters, serializers, mixin: withLoggerName }, { write });
}
