/**
 * The main thread's view of one thread that runs tasks, one at a time. Guarantee: whatever happens to the thread, its
 * task is settled once.
 */
import { Worker } from "node:worker_threads";
import { CeleryError, WorkerLostError } from "../../errors.js";
import { loads } from "../../protocol/json.js";
import { packError, unpackError } from "./crossing.js";
import { abortMark } from "./thread-data.js";

/**
 * @typedef {import("../../execution/execution.js").Execution} Execution
 * @typedef {import("./crossing.js").CrossingError} CrossingError
 *
 * @typedef {object} Assignment a task to run, as it is sent to the thread
 * @property {import("../../transport/transport.js").Delivery} delivery
 * @property {[number | null, number | null]} timeLimits
 * @property {Record<string, string>} trace headers with the context of its span; none if nothing is traced
 *
 * @typedef {object} Done the thread's report of a task that has ended
 * @property {string | null} text what it returned, as JSON
 * @property {boolean} isResult it returned the result of a task or a group, and `text` is its tuple
 * @property {CrossingError | null} error what it threw
 * @property {CrossingError | null} unsent why one of its messages could not be sent
 * @property {unknown[]} children the results of the tasks that it sent, as tuples
 * @property {number} memoryBytes that the thread uses now: heap and external
 * @property {boolean} isBroken it can run no more tasks, after an error of unknown origin
 *
 * @typedef {object} ThreadMessage a message of the thread, with one of these
 * @property {true} [ready]
 * @property {CrossingError} [unusable] why it cannot start
 * @property {Done} [done]
 * @property {{ number: number, of: number | null, op: string, args: import("./crossing.js").Crossed[] }} [ask] number 0: no answer is wanted; `of`: the number
 *   of the delivery whose task asks, null if that is not known
 * @property {number} [cancel] number of an `ask`
 * @property {{ code: number, task: string, id: string }} [exit] which task has called `process.exit()`, which ends the thread
 * @property {{ kind: string, task: string, id: string, error: CrossingError }} [stray] an error of a task that has ended
 *
 * @typedef {object} Fate
 * @property {() => void} onReady
 * @property {(thread: Thread, done: Done) => void} onFree called when it may run the next one
 * @property {(stray: NonNullable<ThreadMessage["stray"]>) => void} onStray
 * @property {(thread: Thread, error: Error, hadStarted: boolean, exit: ThreadMessage["exit"]) => void} onGone called once, when it has ended,
 *   with the reason
 */

/** How many executions of a thread are kept. */
const REMEMBERED = 16;
/** How long the receivers of `workerProcessShutdown` may take. */
const SHUTDOWN_MS = 3_000;

export class Thread {
  #worker;
  #serve;
  #fate;
  /** @type {{ execution: Execution, resolve: (value: unknown) => void, reject: (error: unknown) => void } | null} */
  #task = null;
  /** @type {Map<number, AbortController>} */
  #asked = new Map();
  /**
   * The last executions, by delivery number: code that a task left running may still send questions.
   *
   * @type {Map<number, Execution>}
   */
  #executions = new Map();
  /** The number of the delivery whose task must end. The thread sees it even while it computes and reads no messages. */
  #aborted = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #unusable = /** @type {Error | null} */ (null);
  #crash = /** @type {Error | null} */ (null);
  /** @type {ThreadMessage["exit"]} */
  #exit = undefined;
  /** The number of tasks that it was given. */
  tasks = 0;
  isReady = false;
  idleSinceMs = performance.now();

  /**
   * @param {URL} entry the module that it runs
   * @param {import("node:worker_threads").WorkerOptions} options
   * @param {import("./thread-services.js").Serve} serve
   * @param {Fate} fate
   */
  constructor(entry, options, serve, fate) {
    this.#serve = serve;
    this.#fate = fate;
    const workerData = { ...options.workerData, aborted: this.#aborted };
    this.#worker = new Worker(entry, { name: "celery-js tasks", ...options, workerData });
    this.#worker.on("message", (/** @type {ThreadMessage} */ message) => this.#receive(message));
    this.#worker.on("error", (/** @type {Error} */ error) => {
      this.#crash = error;
    });
    this.#worker.on("exit", (code) => this.#gone(code));
  }

  /** @returns {boolean} */
  get isBusy() {
    return this.#task !== null;
  }

  /**
   * Runs a task. One that waits for the thread to be ready runs as soon as it is.
   *
   * @param {Execution} execution
   * @returns {Promise<unknown>} what the task returns; rejects with what it throws, or with a `WorkerLostError`
   */
  run(execution) {
    const { delivery, timeLimits } = execution.request;
    const { number, tag, queue, workersLost, raw } = delivery;
    /** @type {Assignment} */
    const assignment = {
      delivery: { number, tag, queue, workersLost, raw },
      timeLimits,
      trace: execution.span?.headers ?? {},
    };
    this.tasks += 1;
    this.#executions.set(number, execution);
    for (const oldest of this.#executions.keys()) {
      if (this.#executions.size <= REMEMBERED) break;
      this.#executions.delete(oldest);
    }
    this.#worker.postMessage({ run: assignment });
    return new Promise((resolve, reject) => {
      this.#task = { execution, resolve, reject };
    });
  }

  /** Passes on the soft time limit: to a task that checks it, and to listeners once the task pauses. */
  abort() {
    if (this.#task === null) return;
    Atomics.store(this.#aborted, 0, abortMark(this.#task.execution.request.delivery.number));
    this.#worker.postMessage({ abort: true });
  }

  /** Ends the thread, whatever it does. This does not settle its task. @returns {Promise<unknown>} */
  end() {
    this.#task = null;
    return this.#worker.terminate();
  }

  /** Ends the thread, which has no task, once it has sent `workerProcessShutdown`. @returns {Promise<unknown>} */
  shutDown() {
    if (!this.isReady) return this.end();
    this.#worker.postMessage({ shutdown: true });
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(this.end()), SHUTDOWN_MS);
      this.#worker.once("exit", () => {
        clearTimeout(timer);
        resolve(undefined);
      });
    });
  }

  /** @param {ThreadMessage} message */
  #receive({ ready, unusable, done, ask, cancel, exit, stray }) {
    if (exit) this.#exit = exit;
    else if (stray) this.#fate.onStray(stray);
    else if (ready) {
      this.isReady = true;
      this.#fate.onReady();
    } else if (unusable) {
      this.#unusable = unpackError(unusable);
      void this.#worker.terminate(); // what it has imported may keep it alive
    } else if (ask) void this.#answer(ask);
    else if (cancel) this.#asked.get(cancel)?.abort();
    else if (done) this.#finish(done);
  }

  /** @param {Done} done */
  #finish(done) {
    const task = this.#task;
    if (task === null) return; // it was given up just now
    this.#task = null;
    this.idleSinceMs = performance.now();
    const { execution, resolve, reject } = task;
    const { options } = execution.request.task;
    execution.children.push(.../** @type {typeof execution.children} */ (done.children));
    if (done.unsent) execution.sends.push(failed(unpackError(done.unsent)));
    if (done.error) reject(unpackError(done.error, options));
    else resolve(returned(done, execution.app));
    this.#fate.onFree(this, done);
  }

  /** @param {NonNullable<ThreadMessage["ask"]>} ask */
  async #answer({ number, of, op, args }) {
    const execution = of === null ? this.#task?.execution : this.#executions.get(of);
    const cancelled = new AbortController();
    if (number > 0) this.#asked.set(number, cancelled);
    try {
      // A module that a thread imports may log, too.
      if (execution === undefined && op !== "log") throw new CeleryError(`the task that asks for '${op}' has ended`);
      const value = await this.#serve(op, args, /** @type {Execution} */ (execution), cancelled.signal);
      if (number > 0) this.#worker.postMessage({ answer: { number, value } });
    } catch (error) {
      if (number > 0) this.#worker.postMessage({ answer: { number, error: packError(error) } });
    } finally {
      this.#asked.delete(number);
    }
  }

  /** @param {number} code */
  #gone(code) {
    for (const asked of this.#asked.values()) asked.abort();
    const task = this.#task;
    this.#task = null;
    const lost = this.#lost(code);
    if (task !== null) {
      task.execution.isCutOff = true;
      task.reject(lost);
    }
    this.#fate.onGone(this, this.#unusable ?? lost, this.isReady, this.#exit);
  }

  /** @param {number} code */
  #lost(code) {
    const cause = this.#unusable ?? this.#crash;
    const why = cause === null ? `exitcode ${code}` : `${cause.name}: ${cause.message}`;
    return new WorkerLostError(`Worker exited prematurely: ${why}.`);
  }
}

/**
 * @param {Error} error
 * @returns {Promise<never>} a rejected promise that need not be handled
 */
function failed(error) {
  const rejected = Promise.reject(error);
  rejected.catch(() => {});
  return rejected;
}

/**
 * @param {Done} done
 * @param {import("../model/types.js").WorkerApp} app
 * @returns {unknown}
 */
function returned({ text, isResult }, app) {
  const value = loads(text ?? "null");
  return isResult ? app.resultFromTuple(value) : value;
}
