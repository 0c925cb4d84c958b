/** Runs one task in its thread, and says how it ended. What a task finds here is what it finds on the event loop. */
import pino from "pino";
import { Execution } from "../../execution/execution.js";
import { encodeReturned, isResult, plainResult, ResultEncoder } from "../../execution/result-encoder.js";
import { createSelf } from "../../execution/self.js";
import { decodeEnvelope, decodeTask } from "../../protocol/message.js";
import { bindArguments } from "../../tasks/binding.js";
import { runInExecution } from "../../tasks/current.js";
import { describeError } from "../../worker/observers/log.js";
import { packError } from "../../worker/pools/crossing.js";
import { abortMark } from "../../worker/pools/thread-data.js";

/**
 * @typedef {import("../../worker/pools/thread.js").Assignment} Assignment
 * @typedef {import("./entry.js").Outcome} Outcome
 *
 * @typedef {object} Running
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
 * @param {string} options.logLevel pino's
 * @param {Int32Array} options.aborted shared with the main thread, see `OwnData`
 * @returns {Run}
 */
export function createRun({ app, hostname, mainThread, logLevel, aborted }) {
  const log = createLog(mainThread, logLevel);
  const store = (/** @type {string} */ taskId, /** @type {string} */ text) => mainThread.ask("store", [taskId, text]);
  const services = /** @type {any} */ ({
    resultEncoder: new ResultEncoder(app.settings, hostname),
    completer: { store },
  });
  return ({ raw, delivery, timeLimits }, onEnd) => {
    const message = decodeTask(decodeEnvelope(raw, app.settings), app.settings);
    const task = app.tasks.get(message.name);
    const request = /** @type {any} */ ({ delivery: { ...delivery, raw }, message, task, timeLimits });
    const makeSelf = (/** @type {Execution} */ self) => createSelf(task, self, services, log);
    const execution = new ThreadExecution(/** @type {any} */ (app), request, hostname, makeSelf);
    execution.aborted = aborted;
    const children = () => execution.children.map(plainResult);
    const call = async () => {
      const bound = bindArguments(task.parameters, message.args, message.kwargs, task.name);
      const args = task.options.bind ? [execution.self, ...bound] : bound;
      const value = await runInExecution(/** @type {any} */ (execution), () => task.fn(...args));
      return { text: encodeReturned(value), isResult: isResult(value) };
    };
    const end = async (/** @type {Pick<Outcome, "text" | "isResult" | "error">} */ ended) => {
      onEnd({ ...ended, unsent: await firstRefusal(execution.sends), children: children() });
    };
    void call().then(
      (returned) => end({ ...returned, error: null }),
      (thrown) => end({ text: null, isResult: false, error: packError(thrown, task.options) }),
    );
    return { options: task.options, children, abort: () => execution.abortSoftly() };
  };
}

/** An execution whose main thread says when it is to end: by its own clock, which started before this thread had the task. */
class ThreadExecution extends Execution {
  /** @type {Int32Array | null} */
  aborted = null;

  /** @override */
  isOverdue() {
    return (
      (this.aborted !== null && Atomics.load(this.aborted, 0) === abortMark(this.delivery.delivery.number)) ||
      super.isOverdue()
    );
  }
}

/** What the task has sent has to arrive before it has ended. @param {Promise<unknown>[]} sends @returns {Promise<import("../../worker/pools/crossing.js").CrossingError | null>} */
async function firstRefusal(sends) {
  const outcomes = await Promise.allSettled(sends);
  const refused = outcomes.find(({ status }) => status === "rejected");
  return refused ? packError(/** @type {PromiseRejectedResult} */ (refused).reason) : null;
}

/** A log whose lines are written by the main thread's. @param {import("./main-thread.js").MainThread} mainThread @param {string} level */
function createLog(mainThread, level) {
  const write = (/** @type {string} */ line) => {
    const { level: name, msg, ...fields } = JSON.parse(line);
    mainThread.send("log", [name, fields, msg]);
  };
  const formatters = { level: (/** @type {string} */ name) => ({ level: name }) };
  const serializers = {
    err: (/** @type {unknown} */ error) => (error instanceof Error ? describeError(error) : error),
  };
  return pino({ level, base: null, timestamp: false, formatters, serializers }, { write });
}
