/** One run of a task, while it runs: what its code finds by its asynchronous context (tasks/current.js). */
import { SoftTimeLimitExceeded } from "../errors.js";
import { Context } from "./request.js";

/**
 * @typedef {import("./request.js").Request} Request
 *
 * @typedef {object} Runner a run that is somewhere else than on this event loop
 * @property {() => void} abort passes the soft time limit on
 * @property {() => void} kill ends it, whatever it does
 */

export class Execution {
  /** @type {Context | null} */
  #context = null;
  #hostname;
  startedAtMs = performance.now();
  /** Messages on their way that must arrive before this task's own is acknowledged. @type {Promise<unknown>[]} */
  sends = [];
  /** Results of the tasks that it sent, in order; stored for `AsyncResult.children`. @type {import("./request.js").Child[]} */
  children = [];
  /** @type {any} */
  #self = null;
  #makeSelf;
  ended = false;
  /** Whether its function has come to its end, whatever follows. */
  returned = false;
  /** Whether its end came from outside: a hard time limit, a termination, a lost thread. No retry is made of that. */
  isCutOff = false;
  /** How an error has failed it that none of its promises carried. @type {string | null} */
  strayKind = null;
  /** Made when the task first asks for `self.signal`. @type {AbortController | null} */
  abort = null;
  /** Fails the task while it is waited for. @type {((error: unknown) => void) | null} */
  reject = null;
  /** @type {Runner | null} */
  runner = null;

  /**
   * @param {import("../worker/model/types.js").WorkerApp} app
   * @param {Request} delivery
   * @param {string} hostname of this worker
   * @param {(execution: Execution) => object} makeSelf
   */
  constructor(app, delivery, hostname, makeSelf) {
    this.app = app;
    this.delivery = delivery;
    this.#hostname = hostname;
    this.#makeSelf = makeSelf;
  }

  /** What its function and its handlers know as `self`, one object for all of them; made when one of them asks. */
  get self() {
    this.#self ??= this.#makeSelf(this);
    return this.#self;
  }

  /** What the task sees as `self.request`; most tasks never look, so that it is made when one does. */
  get request() {
    this.#context ??= new Context(this.delivery, { hostname: this.#hostname, children: this.children });
    return this.#context;
  }

  /** What the task sees as `self.signal`; as each look at it is one at the clock, `while (!self.signal.aborted)` ends. @returns {AbortSignal} */
  get signal() {
    this.abort ??= new AbortController();
    if (this.isOverdue()) this.abortSoftly();
    return this.abort.signal;
  }

  /** @param {unknown} reason of the abort; a signal that has aborted keeps its own */
  abortWith(reason) {
    this.abort ??= new AbortController();
    this.abort.abort(reason);
  }

  /** The soft time limit has passed. */
  abortSoftly() {
    if (this.abort?.signal.aborted) return;
    this.abortWith(new SoftTimeLimitExceeded("the task ran longer than its soft time limit", { args: [] }));
    this.runner?.abort();
  }

  /** Whether the soft time limit has passed, by the clock: while a task computes, no timer fires. @returns {boolean} */
  isOverdue() {
    const softS = this.delivery.timeLimits[1];
    return Boolean(softS) && performance.now() - this.startedAtMs >= Number(softS) * 1000;
  }

  /**
   * What the task calls as `self.throwIfAborted()`.
   *
   * @throws {unknown} the reason for which `self.signal` has aborted: a `SoftTimeLimitExceeded` once the soft time limit has passed
   */
  throwIfAborted() {
    if (this.isOverdue()) this.abortSoftly();
    this.abort?.signal.throwIfAborted();
  }
}
