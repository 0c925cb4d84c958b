/**
 * Follows the tasks of jobs, and sends their states to the session's pages. The result backend publishes the states: one
 * subscription connection serves all pages of this process, and nothing is polled.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { OperationalError } from "jobs-client";
import { Pages } from "./pages.js";
import { haveSameSteps } from "./store.js";
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
 * @property {AbortController} forgotten ends what follows its tasks
 * @property {Promise<void>} ended
 * @property {boolean} isOver
 */

const LOOK_AGAIN_MS = 1000;
const COMMENT_EVERY_MS = 15_000;

export class Follower {
  /** @type {Map<string, Followed>} by the job's id, until its end */
  #followed = new Map();
  pages = new Pages();
  /** @type {"connected" | "reconnecting"} */
  broker = "connected";

  /** @param {import("./workflow.js").Tasks} tasks @param {import("./store.js").Store} store */
  constructor(tasks, store) {
    this.tasks = tasks;
    this.store = store;
    // Comments keep proxies from closing a silent connection, and reveal pages that were closed.
    setInterval(() => this.pages.tellAll("", null), COMMENT_EVERY_MS).unref();
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
      const isCurrent = await this.store.saveEnd(record, job);
      this.#drop(followed);
      if (!isCurrent) return; // another web server has removed or resumed it
    }
    this.pages.tell(record.session, "job", job);
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
    followed?.forgotten.abort();
    this.#followed.delete(id);
    if (final) this.pages.tell(session, "job", final);
    else this.pages.tell(session, "gone", { id });
  }

  /**
   * Opens a stream of the broker's state, a session's jobs, their ids, then each change; now and then an event without a name.
   *
   * @param {string} session
   * @param {import("node:http").ServerResponse} connection
   * @returns {AsyncGenerator<any[], void>} each with its name and its data
   * @throws {import("./guard.js").Refusal} if the session has too many streams
   */
  events(session, connection) {
    return this.#withJobs(session, this.pages.open(session, connection));
  }

  /** @param {string} session @param {AsyncGenerator<any[], void>} changes @returns {AsyncGenerator<any[], void>} */
  async *#withJobs(session, changes) {
    yield ["broker", { state: this.broker }];
    const jobs = await this.list(session);
    for (const job of jobs.toReversed()) yield ["job", job];
    yield ["listed", { ids: jobs.map(({ id }) => id) }];
    yield* changes;
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
        this.pages.tellAll("broker", { state });
      }
      await sleep(LOOK_AGAIN_MS, undefined, { ref: false });
    }
  }

  /** @param {JobRecord} record @returns {Followed} */
  #start(record) {
    const isCancelled = record.cancelled === true;
    const unknown = { states: new Map(), retries: 0, isKnown: false, isOver: false };
    const forgotten = new AbortController();
    const followed = /** @type {Followed} */ ({
      record: { ...record, cancelled: false },
      isCancelled,
      forgotten,
      ...unknown,
    });
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
      if (followed.forgotten.signal.aborted) return;
      await this.store.removeParts(step);
      end = states.get(step.taskId)?.name;
      if (end !== "SUCCESS") break;
    }
    await this.#markKnown(followed);
    if (record.kind !== "workflow" || end !== "FAILURE") return;
    // The job has ended, and its error callback mails an apology.
    await this.#followTask(followed, apologyOf(record), record.steps[0]);
    this.pages.tell(record.session, "mailbox", {});
  }

  /** @param {Followed} followed @param {string} id @param {import("./store.js").Step} step */
  async #followTask(followed, id, step) {
    const { signal } = followed.forgotten;
    while (!signal.aborted && !isOver(wordFor(followed.states.get(id)))) {
      try {
        for await (const state of jobOf(this.tasks, id).states({ signal })) {
          if (signal.aborted) return;
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

/** Whether a step has not ended, and all of its states are known. @param {import("./store.js").Step} step @param {Map<string, State>} states */
const isCurrent = (step, states) =>
  !isOver(wordFor(states.get(step.taskId))) && idsOf(step).every((id) => states.has(id));
