/**
 * The tasks that run. A list, as a `Set` that is added to and deleted from all the time keeps what it has forgotten: each table
 * that V8 replaces refers to its successor, so once one has grown old, the members of all that follow survive until the next full
 * collection. They were requests with their messages (measured together with `forget` of
 * transport/redis/reply-check.js, see there).
 */

/** @typedef {import("../../execution/request.js").Request} Request */

export class RunningTasks {
  /** @type {Request[]} */
  #requests = [];

  /** @returns {number} */
  get size() {
    return this.#requests.length;
  }

  /** @returns {Request[]} a copy, in no particular order, as in Celery */
  get all() {
    return [...this.#requests];
  }

  /** @param {Request} request */
  add(request) {
    request.runningIndex = this.#requests.length;
    this.#requests.push(request);
  }

  /** The last one takes the place of the one that ends. @param {Request} request that was added */
  delete(request) {
    const last = /** @type {Request} */ (this.#requests.pop());
    if (last === request) return;
    this.#requests[request.runningIndex] = last;
    last.runningIndex = request.runningIndex;
  }
}
