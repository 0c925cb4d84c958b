/**
 * Runs reserved messages when slots are free. A message of this worker is in exactly one place: reserved or waiting for
 * its eta (reservation.js), running (here), or leaving (completer.js).
 */

import { Terminated } from "../../errors.js";
import { nameOf, taskFields } from "../../execution/request.js";
import { StartLoop } from "./reservation.js";

/**
 * @typedef {import("../../execution/request.js").Request} Request
 * @typedef {import("../../execution/disposition.js").Disposition} Disposition
 */

/** Finished tasks whose results may wait to be stored, as a multiple of the window, before no more are taken. */
const MAX_UNSETTLED_WINDOWS = 4;

export class Dispatcher {
  #parts;
  #slots;
  #reservation;
  #suspectRuns = false;
  /**
   * A list, because a `Set` with many additions and deletions keeps deleted members alive. Each table that V8 replaces refers
   * to its successor, so once one has grown old, the members of all that follow survive until the next full collection. (Measured
   * together with `forget` of transport/redis/reply-check.js.)
   *
   * @type {Request[]}
   */
  #running = [];
  /** @type {Map<string, number>} */
  #totals = new Map();
  #startLoop = new StartLoop(() => this.#startNext());
  #stopping = false;
  /** @type {Array<() => void>} */
  #changed = [];

  /**
   * @param {object} options
   * @param {import("../pools/slots.js").Slots} options.slots
   * @param {import("./reservation.js").Reservation} options.reservation
   * @param {object} options.parts
   * @param {import("../../execution/executor.js").Executor} options.parts.executor
   * @param {import("../completion/completer.js").Completer} options.parts.completer
   * @param {import("../completion/settle-batcher.js").SettleBatcher} options.parts.settleBatcher
   * @param {import("./rate-limits.js").RateLimits} options.parts.rateLimits
   * @param {import("../../transport/transport.js").Consumer} options.parts.taskConsumer
   * @param {import("../model/revocations.js").Revocations} options.parts.revocations
   * @param {import("../observers/log.js").Logger} options.parts.log
   */
  constructor({ slots, reservation, parts }) {
    this.#slots = slots;
    this.#reservation = reservation;
    this.#parts = parts;
    reservation.onDue = this.startMore;
    parts.completer.onRoom = this.wake;
    parts.settleBatcher.onRoom = this.wake;
    parts.rateLimits.onDue = this.startMore;
  }

  /** @returns {number} how many messages to take; 0: not now */
  get room() {
    const { completer, settleBatcher } = this.#parts;
    if (this.#pending >= MAX_UNSETTLED_WINDOWS * this.#slots.window) return 0;
    return this.#reservation.room(completer.held + settleBatcher.held);
  }

  /** @returns {number} how many messages may be reserved or running */
  get window() {
    return this.#slots.window;
  }

  /** @returns {boolean} whether nothing runs and no message is leaving */
  get isIdle() {
    return this.#running.length === 0 && this.#pending === 0;
  }

  /** @returns {number} messages that are leaving, and results that are being stored */
  get #pending() {
    return this.#parts.completer.pending + this.#parts.settleBatcher.pending;
  }

  /** @returns {number} how many tasks run */
  get running() {
    return this.#running.length;
  }

  /** @returns {{ active: Request[], reserved: Request[], scheduled: Request[] }} its messages, for remote control */
  get requests() {
    return { active: [...this.#running], ...this.#reservation.requests };
  }

  /** @returns {Record<string, number>} how many tasks of each name have been started */
  get totals() {
    return Object.fromEntries(this.#totals);
  }

  /** @returns {number} how many tasks have been started */
  get processed() {
    return [...this.#totals.values()].reduce((sum, count) => sum + count, 0);
  }

  /** @returns {string[]} the running tasks, as `name[id]` */
  get active() {
    return this.#running.map(nameOf);
  }

  /**
   * Ends a running task, wherever it is (Celery's `revoke` with `terminate`): it is stored as revoked. In a thread it is
   * stopped; on the event loop it runs on, and what it does later is ignored.
   *
   * @param {string} taskId
   * @param {string} [signal] as the error names it
   * @returns {boolean} whether such a task was running
   */
  terminate(taskId, signal = "SIGTERM") {
    const running = this.#running.find(({ message }) => message.id === taskId);
    return running?.execution?.cutOff(new Terminated(signal)) ?? false;
  }

  /** Starts tasks that may have become free to start. */
  startMore = () => this.#startLoop.run();

  /** @returns {Promise<void>} the next time that room or idleness may have changed */
  change() {
    return new Promise((resolve) => this.#changed.push(resolve));
  }

  /** Resolves every wait for a change. */
  wake = () => this.#changed.splice(0).forEach((resolve) => void resolve());

  /**
   * Forgets messages that have lost their lease and have not started: another worker has them.
   *
   * @param {string[]} tags of deliveries
   */
  drop = (/** @type {string[]} */ tags) => {
    const lost = new Set(tags);
    this.#reservation.keep((request) => {
      const isLost = lost.has(request.delivery.tag);
      if (isLost) this.#logNotRun(request);
      return !isLost;
    });
    this.wake();
  };

  /**
   * @param {string[]} tags of deliveries
   * @returns {string[]} the running tasks among them, as `name[id]`
   */
  runningOf(tags) {
    const asked = new Set(tags);
    return this.#running.filter(({ delivery }) => asked.has(delivery.tag)).map(nameOf);
  }

  /**
   * Stops starting tasks, and puts every message that has not started back into its queue, to be taken next.
   *
   * @returns {Promise<number>} how many went back
   */
  async putBackWaiting() {
    this.#stopping = true;
    const waiting = this.#reservation.clear();
    await this.#parts.completer.putBack(waiting, "next");
    return waiting.length;
  }

  /** Puts back running tasks when the process is about to end. @returns {Promise<string[]>} their names */
  async putBackRunning() {
    const running = [...this.#running];
    await this.#parts.completer.putBack(running, "next");
    return running.map(nameOf);
  }

  /** @returns {boolean} false: there is nothing to start, or no slot */
  #startNext() {
    if (this.#stopping) return false;
    const request = this.#reservation.next(this.#suspectRuns);
    if (request !== undefined) this.#run(request);
    return request !== undefined;
  }

  /** @param {Request} request */
  #run(request) {
    request.runningIndex = this.#running.push(request) - 1;
    const { name } = request.task;
    this.#totals.set(name, (this.#totals.get(name) ?? 0) + 1);
    this.#slots.running[request.pool] += 1;
    const disposition = this.#tryToExecute(request);
    if (disposition instanceof Promise) {
      disposition.then(
        (later) => this.#finish(request, later),
        (error) => this.#finish(request, this.#parts.executor.failBroken(request, error)),
      );
    } else this.#finish(request, disposition);
  }

  /** Starts a task; one that cannot be started ends and frees its slot. @param {Request} request */
  #tryToExecute(request) {
    try {
      return this.#execute(request);
    } catch (error) {
      return this.#parts.executor.failBroken(request, error);
    }
  }

  /** Removes a request by moving the last one into its place. @param {Request} request */
  #removeRunning(request) {
    const last = /** @type {Request} */ (this.#running.pop());
    if (last === request) return;
    this.#running[request.runningIndex] = last;
    last.runningIndex = request.runningIndex;
  }

  /**
   * @param {Request} request
   * @param {Disposition | null} disposition null when it did not run after all
   */
  #finish(request, disposition) {
    this.#removeRunning(request);
    request.execution = null; // V8 has promoted the request to its old objects, and would keep what it refers to
    this.#slots.running[request.pool] -= 1;
    if (disposition !== null) this.#complete(request, disposition);
    this.wake();
    this.#startLoop.run();
  }

  /** Completes a task, whatever that throws. @param {Request} request @param {Disposition} disposition */
  #complete(request, disposition) {
    try {
      this.#parts.completer.finish(request, disposition);
    } catch (error) {
      this.#parts.log.error({ ...taskFields(request), error }, `Task ${nameOf(request)} was not completed cleanly`);
      // Nothing else would end its lease before the worker ends.
      if (!request.acknowledged) this.#parts.taskConsumer.release(request.delivery);
    }
  }

  /**
   * @param {Request} request
   * @returns {Disposition | null | Promise<Disposition | null>}
   */
  #execute(request) {
    if (request.expiresMs !== null && request.expiresMs < Date.now()) {
      this.#parts.completer.revoke(request, "expired");
      return null;
    }
    const { completer, revocations } = this.#parts;
    if (!revocations.isEmpty && revocations.has(request.message)) {
      completer.revoke(request, "revoked");
      return null;
    }
    if (request.delivery.workersLost > 0) return this.#executeSuspect(request);
    return request.acksLate ? this.#parts.executor.execute(request) : this.#acknowledgeAndExecute(request);
  }

  /**
   * Runs a task whose worker was lost before, and may be lost again. The start is first noted on the server, and no
   * second suspect runs at the same time: this separates a task that always kills its worker from its neighbours.
   *
   * @param {Request} request
   * @returns {Promise<Disposition | null>}
   */
  async #executeSuspect(request) {
    const { completer, executor } = this.#parts;
    this.#suspectRuns = true;
    try {
      if (!(await completer.markStarted(request))) return this.#notRun(request);
      return request.acksLate ? await executor.execute(request) : await this.#acknowledgeAndExecute(request);
    } finally {
      this.#suspectRuns = false;
    }
  }

  /**
   * @param {Request} request
   * @returns {Promise<Disposition | null>}
   */
  async #acknowledgeAndExecute(request) {
    const { completer, executor } = this.#parts;
    return (await completer.acknowledge(request)) ? executor.execute(request) : this.#notRun(request);
  }

  /**
   * @param {Request} request
   * @returns {null}
   */
  #notRun(request) {
    this.#logNotRun(request);
    this.#parts.taskConsumer.release(request.delivery);
    return null;
  }

  /** @param {Request} request */
  #logNotRun(request) {
    const text = `Task ${nameOf(request)} is not run: its lease ran out before it started`;
    this.#parts.log.warn(taskFields(request), text);
  }
}
