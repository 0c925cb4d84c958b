/**
 * Follows the tasks of jobs, and sends their states to the session's pages. The result backend publishes the states: one
 * subscription connection serves all pages of this process, and nothing is polled.
 */
import { EventEmitter, on } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { OperationalError } from "jobs-client";
import { idsOf, isOver, view, wordFor } from "./view.js";
import { apologyOf, jobOf } from "./workflow.js";

/**
 * @typedef {import("./store.js").JobRecord} JobRecord
 * @typedef {import("./view.js").JobView} JobView
 * @typedef {import("./view.js").State} State
 * @typedef {object} Followed
 * @property {JobRecord} record
 * @property {Map<string, State>} states
 * @property {number} retries
 * @property {Promise<void>} ready resolves once its first states are known, or cannot be read
 * @property {() => void} markReady
 * @property {boolean} isKnown whether its first states are known
 * @property {boolean} isCancelled
 * @property {boolean} isForgotten
 * @property {Promise<void>} ended
 * @property {boolean} isOver
 */

const LOOK_AGAIN_MS = 1000;
const COMMENT_EVERY_MS = 15_000;
const STOP = "stop";

export class Follower {
  /** @type {Map<string, Followed>} by the job's id, until its end */
  #followed = new Map();
  /** Emits the changes of each session under the session's name. */
  #pages = new EventEmitter().setMaxListeners(0);
  /** @type {"connected" | "reconnecting"} */
  broker = "connected";

  /** @param {import("./workflow.js").Tasks} tasks @param {import("./store.js").Store} store */
  constructor(tasks, store) {
    this.tasks = tasks;
    this.store = store;
    // Comments keep proxies from closing a silent connection, and reveal pages that were closed.
    setInterval(() => this.tellAll("", null), COMMENT_EVERY_MS).unref();
  }

  /** @param {JobRecord} record @returns {Promise<JobView>} the job as the page gets it */
  async view(record) {
    if (record.final) return record.final;
    const { states, retries, ...followed } = await this.follow(record);
    return view(followed.record, states, retries);
  }

  /** @param {string} session @returns {Promise<JobView[]>} its jobs, the newest first */
  async list(session) {
    const records = await this.store.list(session);
    return Promise.all(records.filter(({ steps }) => steps.length > 0).map((record) => this.view(record)));
  }

  /**
   * Follows a job; anew if another web server has resumed it.
   *
   * @param {JobRecord} record
   * @returns {Promise<Followed>} once it is ready
   */
  async follow(record) {
    let followed = this.#followed.get(record.id);
    if (!followed || !haveSameSteps(followed.record, record)) {
      followed = this.#start(record);
      this.#followed.set(record.id, followed);
    }
    await followed.ready;
    return followed;
  }

  /** Follows the jobs that an earlier process has left, so that their ends are saved before their results expire. */
  async followAll() {
    const records = await this.store.unfinished();
    await Promise.allSettled(records.map((record) => this.follow(record)));
  }

  /** @param {Followed} followed whose states or record have changed */
  async publishChange(followed) {
    const { record, states, retries } = followed;
    if (followed.isOver || this.#followed.get(record.id) !== followed) return;
    const job = view(record, states, retries);
    if (isOver(job.state)) {
      followed.isOver = true;
      // Until it is saved, requests still find the job here.
      const isCurrent = await this.#saveEnd(record, job);
      this.#drop(followed);
      if (!isCurrent) return; // another web server has removed or resumed it
    }
    this.#pages.emit(record.session, "job", job);
  }

  /**
   * Shows a job as cancelled once the states of its tasks are known. Shown sooner, it could seem to have stopped earlier than
   * it did.
   *
   * @param {Followed} followed
   */
  async showCancelled(followed) {
    followed.isCancelled = true;
    if (!followed.isKnown) return;
    followed.record.cancelled = true;
    await this.publishChange(followed);
  }

  /**
   * Stops following a job that was removed, or restored as it was at its end, and tells the pages.
   *
   * @param {JobRecord} record
   */
  forget({ id, session, final }) {
    const followed = this.#followed.get(id);
    if (followed) followed.isForgotten = true;
    this.#followed.delete(id);
    if (final) this.#pages.emit(session, "job", final);
    else this.#pages.emit(session, "gone", { id });
  }

  /**
   * Yields the broker's state, a session's jobs, their ids, then each change; now and then an event without a name.
   *
   * @param {string} session
   * @returns {AsyncGenerator<any[], void>} each with its name and its data
   */
  async *events(session) {
    const changes = on(this.#pages, session, { close: [STOP] });
    try {
      yield ["broker", { state: this.broker }];
      const jobs = await this.list(session);
      for (const job of jobs.toReversed()) yield ["job", job];
      yield ["listed", { ids: jobs.map(({ id }) => id) }];
      for await (const change of changes) yield change;
    } finally {
      await changes.return?.();
    }
  }

  /** Checks whether the broker answers, because nothing else notices while no job runs. */
  async watchBroker() {
    for (;;) {
      const state = await jobOf(this.tasks, "broker").state.then(
        () => /** @type {const} */ ("connected"),
        () => /** @type {const} */ ("reconnecting"),
      );
      if (state !== this.broker) {
        this.broker = state;
        this.tellAll("broker", { state });
      }
      await sleep(LOOK_AGAIN_MS, undefined, { ref: false });
    }
  }

  /** Ends all streams of events, so that the server can stop. Pages connect again by themselves. */
  stop() {
    this.#pages.emit(STOP);
  }

  /** Sends an event to all pages. @param {string} event @param {object | null} data */
  tellAll(event, data) {
    const sessions = this.#pages.eventNames().filter((name) => name !== STOP && name !== "error"); // `on` listens to both
    for (const session of sessions) this.#pages.emit(session, event, data);
  }

  /** @param {JobRecord} record @returns {Followed} */
  #start(record) {
    const isCancelled = record.cancelled === true;
    const unknown = { states: new Map(), retries: 0, isKnown: false, isForgotten: false, isOver: false };
    const followed = /** @type {Followed} */ ({ record: { ...record, cancelled: false }, isCancelled, ...unknown });
    const isReady = new Promise((resolve) => (followed.markReady = () => resolve(undefined)));
    followed.ended = this.#followSteps(followed).catch((error) => {
      this.#drop(followed);
      throw error;
    });
    followed.ready = Promise.race([isReady, followed.ended]);
    return followed;
  }

  /** Notes that the first states of a job are known. @param {Followed} followed */
  async #markKnown(followed) {
    if (followed.isKnown) return;
    followed.isKnown = true;
    if (followed.isCancelled) await this.showCancelled(followed);
    followed.markReady();
  }

  /**
   * Saves a job's end, because results expire.
   *
   * @param {JobRecord} record
   * @param {JobView} job
   * @returns {Promise<boolean>} whether the stored job is still this one; also true if it cannot be read or saved
   */
  async #saveEnd(record, job) {
    try {
      const stored = await this.store.read(record.session, record.id);
      if (stored === null || !haveSameSteps(stored, record)) return false;
      await this.store.save({ ...stored, final: job });
    } catch (error) {
      this.store.warn(error, `the end of job ${record.id} cannot be saved`);
    }
    return true;
  }

  /** @param {Followed} followed */
  #drop(followed) {
    const { id } = followed.record;
    if (this.#followed.get(id) === followed) this.#followed.delete(id);
  }

  /** Follows one step after the other, because a step's task is sent when the step before has ended. @param {Followed} followed */
  async #followSteps(followed) {
    const { record, states } = followed;
    let end;
    for (const step of record.steps) {
      await Promise.all(idsOf(step).map((id) => this.#followTask(followed, id, step)));
      if (followed.isForgotten) return;
      await this.store.removeParts(step);
      end = states.get(step.taskId)?.name;
      if (end !== "SUCCESS") break;
    }
    await this.#markKnown(followed);
    if (record.kind !== "workflow" || end !== "FAILURE") return;
    // The job has ended, and its error callback mails an apology.
    await this.#followTask(followed, apologyOf(record), record.steps[0]);
    this.#pages.emit(record.session, "mailbox", {});
  }

  /** @param {Followed} followed @param {string} id @param {import("./store.js").Step} step */
  async #followTask(followed, id, step) {
    while (!followed.isForgotten && !isOver(wordFor(followed.states.get(id)))) {
      try {
        for await (const state of jobOf(this.tasks, id).states()) {
          if (followed.isForgotten) return;
          // After an outage, the same state may come again.
          if (state.name === "RETRY" && followed.states.get(id)?.name !== "RETRY") followed.retries += 1;
          followed.states.set(id, state);
          await this.publishChange(followed);
          if (isCurrent(step, followed.states)) await this.#markKnown(followed);
        }
      } catch (/** @type {any} */ error) {
        if (error instanceof OperationalError) {
          // Known states stay, and new ones come once the server is back.
          followed.markReady();
          await sleep(LOOK_AGAIN_MS);
        } else if (error.name === "DecodeError") {
          // The stored value is not a result, and will not become one.
          followed.states.set(id, { name: "FAILURE", info: error, error });
          await this.publishChange(followed);
        } else throw error;
      }
    }
  }
}

/** Whether both records have the same tasks; resuming a job makes new ones. @param {JobRecord} one @param {JobRecord} other */
const haveSameSteps = (one, other) => one.steps.at(-1)?.taskId === other.steps.at(-1)?.taskId;

/** Whether a step has not ended, and all of its states are known. @param {import("./store.js").Step} step @param {Map<string, State>} states */
const isCurrent = (step, states) =>
  !isOver(wordFor(states.get(step.taskId))) && idsOf(step).every((id) => states.has(id));
