/** One run of a task, while it runs: what its code finds by its asynchronous context (tasks/current.js). */
import { Context } from "./request.js";

/** @typedef {import("./request.js").Request} Request */

export class Execution {
  /** @type {Context | null} */
  #context = null;
  #hostname;
  /** Messages on their way that must arrive before this task's own is acknowledged. @type {Promise<unknown>[]} */
  sends = [];
  /** Results of the tasks that it sent, in order; stored for `AsyncResult.children`. @type {import("./request.js").Child[]} */
  children = [];
  /** @type {any} */
  #self = null;
  #makeSelf;
  ended = false;
  /** Whether its hard time limit has passed. */
  timedOut = false;
  /** Made when the task first asks for `self.signal`. @type {AbortController | null} */
  abort = null;
  /** Fails the task while it is waited for. @type {((error: unknown) => void) | null} */
  reject = null;

  /**
   * @param {import("./types.js").WorkerApp} app
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
}
