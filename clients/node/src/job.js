/** A task that was sent: its states, and its result when there is one. */

/** @typedef {import("./job.js").State<any, any>} State */

const READY_STATES = new Set(["SUCCESS", "FAILURE", "REVOKED"]);

export class Job {
  #app;
  #task;
  #result;

  /**
   * @param {import("celery-js").Celery} app
   * @param {string} id
   * @param {string} task its name, for messages
   */
  constructor(app, id, task) {
    this.id = id;
    this.#app = app;
    this.#task = task;
    this.#result = this.#read();
  }

  get state() {
    return this.#result.state;
  }

  async look() {
    for (;;) {
      const name = await this.#result.state;
      const info = await this.#result.info;
      // If another state was stored in between, the info belongs to that state: read both again.
      if (name === (await this.#result.state)) return stateOf(name, info);
    }
  }

  async ready() {
    return READY_STATES.has(await this.state);
  }

  /** @param {import("./job.js").GetOptions<any>} [options] */
  async get({ onProgress, ...options } = {}) {
    // A read ends within seconds when the server is away. Waiting would outlast a restart of the server.
    await this.#result.state;
    const onMessage = (/** @type {{ status: string, result: unknown }} */ { status, result }) => {
      if (status === "PROGRESS") onProgress?.(result);
    };
    return this.#result.get(onProgress ? { ...options, onMessage } : options);
  }

  /** @param {{ signal?: AbortSignal }} [options] */
  async *states({ signal } = {}) {
    const done = new AbortController();
    signal?.addEventListener("abort", () => done.abort(), { signal: done.signal });
    /** @type {State[]} */
    const seen = [await this.look()];
    let wake = () => {};
    const onMessage = (/** @type {{ status: string, result: unknown }} */ { status, result }) => {
      seen.push(stateOf(status, result));
      wake();
    };
    const waiting = this.#read().get({ onMessage, propagate: false, signal: done.signal });
    waiting.catch(() => wake());
    try {
      for (let last = ""; !READY_STATES.has(last) && !signal?.aborted; ) {
        const woken = new Promise((resolve) => (wake = () => resolve(null)));
        if (seen.length === 0) await Promise.race([waiting, woken]);
        for (const state of seen.splice(0)) {
          const text = JSON.stringify([state.name, state.info]);
          if (text !== last) yield state;
          last = READY_STATES.has(state.name) ? state.name : text;
        }
      }
    } catch (error) {
      if (!signal?.aborted) throw error;
    } finally {
      done.abort();
    }
  }

  /** @param {{ terminate?: boolean }} [options] */
  async revoke({ terminate = false } = {}) {
    await this.#result.revoke({ terminate });
  }

  async forget() {
    await this.#result.forget();
  }

  /** @returns {import("celery-js").AsyncResult<any>} one that has not seen a final state yet */
  #read() {
    const result = this.#app.AsyncResult(this.id);
    result.taskName = this.#task;
    return result;
  }
}

export class GroupJob {
  /** @param {Job[]} jobs */
  constructor(jobs) {
    this.jobs = jobs;
  }

  /** @param {{ timeout?: number, signal?: AbortSignal }} [options] */
  async get(options) {
    return Promise.all(this.jobs.map((job) => job.get(options)));
  }
}

/**
 * @param {string} name
 * @param {unknown} info
 * @returns {State}
 */
function stateOf(name, info) {
  if (name === "PROGRESS") return { name, info, progress: info };
  if (name === "SUCCESS") return { name, info, result: info };
  return info instanceof Error ? { name, info, error: info } : { name, info };
}
