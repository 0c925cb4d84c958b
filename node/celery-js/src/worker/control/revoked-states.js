/**
 * Stores REVOKED for tasks that were revoked before a worker started them, which is what `celery.worker.control._revoke` does for
 * each id before it answers. Here it goes on in the background, a few at a time: with 50,000 ids, or a result server that does not
 * answer, the worker would obey no other command meanwhile. The ids count as revoked before.
 */
import { TaskRevokedError } from "../../errors.js";
import { toError } from "../../protocol/exceptions.js";
import { encodeMeta } from "../../protocol/result-encoder.js";
import { REVOKED } from "../../protocol/states.js";
import { LineLimit } from "../observers/line-limit.js";

/** States of a task that no worker has started: it is stored as revoked at once. */
const NOT_STARTED = ["PENDING", "RECEIVED", "RETRY", "REJECTED"];
/** How many are stored at the same time. */
const BATCH = 50;
/** How many may wait, over all commands: as many as a worker remembers. */
const MAX_WAITING = 50_000;
/** How long a command waits for its states, so that they are usually stored once it is answered. */
const ANSWER_WITHIN_MS = 250;

export class RevokedStates {
  #app;
  #lines;
  #closed;
  /** @type {Set<string>} */
  #waiting = new Set();
  /** @type {Promise<void> | null} */
  #storing = null;

  /**
   * @param {import("../model/types.js").WorkerApp} app
   * @param {import("../observers/log.js").Logger} log
   * @param {AbortSignal} closed once the worker has stopped, nothing is stored any more
   */
  constructor(app, log, closed) {
    this.#app = app;
    this.#lines = new LineLimit(log);
    this.#closed = closed;
  }

  /**
   * @param {readonly string[]} ids of tasks that do not run here
   * @returns {Promise<void>} once all states are stored, or a quarter of a second has passed, or at once if others are being
   *   stored; never rejects
   */
  async store(ids) {
    for (const id of ids) {
      if (this.#waiting.size >= MAX_WAITING) this.#notStored(new Error("too many wait for the result backend"), id);
      else this.#waiting.add(id);
    }
    if (this.#storing !== null || this.#waiting.size === 0) return;
    this.#storing = this.#storeWaiting();
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, ANSWER_WITHIN_MS);
    });
    await Promise.race([this.#storing, late]);
    clearTimeout(timer);
  }

  async #storeWaiting() {
    do {
      const batch = [];
      for (const id of this.#waiting) {
        if (batch.length === BATCH) break;
        batch.push(id);
        this.#waiting.delete(id);
      }
      await Promise.all(batch.map((id) => this.#storeOne(id)));
    } while (this.#waiting.size > 0 && !this.#closed.aborted);
    this.#storing = null;
  }

  /** @param {string} id */
  async #storeOne(id) {
    const { backend } = this.#app;
    try {
      const meta = await backend.get(id);
      // A worker that has started it, or has its result, decides.
      if (meta !== null && !NOT_STARTED.includes(meta.status)) return;
      const revoked = { taskId: id, groupId: null, parentId: null, result: new TaskRevokedError("revoked") };
      await backend.storeText(id, encodeMeta({ status: REVOKED, ...revoked }));
    } catch (error) {
      this.#notStored(toError(error), id);
    }
  }

  /**
   * @param {Error} error
   * @param {string} id
   */
  #notStored({ message }, id) {
    const line = `Failed to mark task ${id} as revoked in backend: ${message}`;
    this.#lines.log("warn", "tasks not marked as revoked", {}, line);
  }
}
