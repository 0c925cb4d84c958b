/**
 * The messages that this worker holds and has not started: reserved ones, suspects, those whose eta is near, and those whose
 * task has a rate limit. If the broker can park messages, each of these groups is limited. Messages beyond the limit are
 * returned to be parked: memory stays flat however many there are, and messages behind them in the queue get their turn.
 * `StartLoop` starts them.
 */
import { EtaTimer } from "./eta-timer.js";

/**
 * @typedef {import("../../execution/request.js").Request} Request
 * @typedef {import("../pools/slots.js").PerPool} PerPool
 * @typedef {(pool: import("../pools/slots.js").PoolName) => boolean} IsFree
 */

/**
 * How many messages are held until their eta; a worker with a larger window holds that many. The same applies to rate
 * limits.
 */
const MIN_HELD = 1_000;
/** How many leases a message with a rate limit is held at most. */
const HELD_LEASES = 2;

/** How long tasks are started in one turn of the event loop. */
const MAX_TURN_MS = 5;
/** How long tasks are started before input is certain to be read again. */
const MAX_UNREAD_MS = 200;

export class Reservation {
  /** Those of each pool, the next one first. @type {Record<import("../pools/slots.js").PoolName, Request[]>} */
  #reserved = { async: [], threads: [] };
  /** Their worker was lost before, and they run one at a time. @type {Request[]} */
  #suspects = [];
  #scheduled;
  #limits;
  #window;
  #leaseMs;
  #onSurplus;
  #canPark;
  /** Called when a message's eta has come, and it is reserved. */
  onDue = () => {};

  /**
   * @param {object} options
   * @param {number} options.window messages that are reserved or running at a time
   * @param {number} options.leaseMs how long a suspect beyond the limit is parked
   * @param {boolean} options.canPark false: everything is held, as the broker cannot keep it
   * @param {import("./rate-limits.js").RateLimits} options.limits
   * @param {(request: Request, dueMs: number) => void} options.onSurplus called with a message beyond the limit, and when
   *   it must be back in its queue
   */
  constructor({ window, leaseMs, canPark, limits, onSurplus }) {
    this.#window = window;
    this.#leaseMs = leaseMs;
    this.#limits = limits;
    this.#canPark = canPark;
    this.#onSurplus = onSurplus;
    this.#scheduled = new EtaTimer((/** @type {Request} */ request) => {
      this.reserve(request);
      this.onDue();
    });
  }

  /**
   * The messages that wait for a slot. Waiting suspects do not count, since they do not keep slots empty. Messages held
   * by a rate limit only count if they may start within a second.
   *
   * @returns {PerPool}
   */
  get sizes() {
    const sizes = { async: this.#reserved.async.length, threads: this.#reserved.threads.length };
    if (!this.#limits.isUsed) return sizes;
    this.#limits.countNear(({ pool }, count) => {
      sizes[pool] += count;
    });
    return sizes;
  }

  /** @returns {{ reserved: Request[], scheduled: Request[] }} everything that is held; `scheduled` until its eta */
  get requests() {
    const { async: onLoop, threads } = this.#reserved;
    const reserved = [...this.#suspects, ...onLoop, ...threads, ...this.#limits.requests];
    return { reserved, scheduled: this.#scheduled.items };
  }

  /** @param {Request} request that may run now */
  reserve(request) {
    if (request.delivery.workersLost > 0) {
      if (!this.#isFull(this.#suspects.length, this.#window)) this.#suspects.push(request);
      else this.#onSurplus(request, Date.now() + this.#leaseMs);
    } else if ((this.#limits.isUsed || request.task.options.rateLimit) && this.#limits.applyTo(request)) {
      this.#limit(request);
    } else this.#reserved[request.pool].push(request);
  }

  /**
   * @param {Request} request
   * @param {number} etaMs epoch, near enough to hold the message until then
   */
  holdUntil(request, etaMs) {
    if (!this.#isFull(this.#scheduled.size)) this.#scheduled.add(etaMs, request);
    else this.#onSurplus(request, etaMs);
  }

  /**
   * @param {boolean} suspectRuns
   * @param {IsFree} isFree
   * @returns {Request | undefined} what to start next; no suspect while another one runs
   */
  next(suspectRuns, isFree) {
    if (!suspectRuns && this.#suspects.length > 0 && isFree(this.#suspects[0].pool)) return this.#suspects.shift();
    const { async: onLoop, threads } = this.#reserved;
    const lane = threads.length > 0 && isFree("threads") ? threads : isFree("async") ? onLoop : threads;
    const isLaneFree = lane.length > 0 && (lane === onLoop || isFree("threads"));
    const limited = this.#limits.isUsed ? this.#limits.peek(({ pool }) => isFree(pool)) : null;
    if (limited !== null && (!isLaneFree || limited.delivery.number < lane[0].delivery.number)) {
      this.#limits.take(limited);
      return limited;
    }
    return isLaneFree ? lane.shift() : undefined;
  }

  /** @param {(request: Request) => boolean} isKept returns false for what to forget */
  keep(isKept) {
    const { async: onLoop, threads } = this.#reserved;
    this.#reserved = { async: onLoop.filter(isKept), threads: threads.filter(isKept) };
    this.#suspects = this.#suspects.filter(isKept);
    this.#limits.keep(isKept);
    this.#scheduled.keep(isKept);
  }

  /**
   * @returns {Request[]} everything, in the order in which it came, suspects first and etas last. Nothing is held after
   *   that
   */
  clear() {
    const reserved = [...this.#reserved.async.splice(0), ...this.#reserved.threads.splice(0), ...this.#limits.clear()];
    reserved.sort((a, b) => a.delivery.number - b.delivery.number);
    return [...this.#suspects.splice(0), ...reserved, ...this.#scheduled.clear()];
  }

  /**
   * Holds what may start soon. The rest would only take up room and leases, so it comes back when its turn is near.
   *
   * @param {Request} request
   */
  #limit(request) {
    const delayMs = this.#limits.delayOf(request);
    const isSoon = !this.#canPark || delayMs <= HELD_LEASES * this.#leaseMs;
    if (isSoon && !this.#isFull(this.#limits.size)) return this.#limits.hold(request);
    this.#onSurplus(request, this.#limits.parkedUntil(request, this.#leaseMs));
  }

  /**
   * @param {number} count
   * @param {number} [limit]
   */
  #isFull(count, limit = Math.max(MIN_HELD, this.#window)) {
    return this.#canPark && count >= limit;
  }
}

/**
 * Starts tasks while there are any to start, in turns: input and output are served in between, however many tasks there
 * are.
 *
 * Guarantee: after the event loop was blocked, waiting input is read before anything is started. A task that blocked
 * it may have cost others their leases, and they must not be run here as well.
 */
export class StartLoop {
  #startOne;
  #turnStartedAtMs = /** @type {number | null} */ (null);
  #readAtMs = Number.NEGATIVE_INFINITY;
  #reading = false;
  #running = false;

  /** @param {() => boolean} startOne starts a task, or returns false: there is none to start now */
  constructor(startOne) {
    this.#startOne = startOne;
  }

  /** Starts what can be started; call it whenever more may be startable than before. */
  run() {
    if (this.#running) return;
    if (performance.now() - this.#readAtMs > MAX_UNREAD_MS) return this.#readFirst();
    this.#running = true;
    try {
      for (;;) {
        const now = performance.now();
        if (this.#turnStartedAtMs !== null && now - this.#turnStartedAtMs > MAX_TURN_MS) break;
        if (!this.#startOne()) break;
        if (this.#turnStartedAtMs === null) this.#startTurn(now);
      }
    } finally {
      this.#running = false;
    }
  }

  /** @param {number} now */
  #startTurn(now) {
    this.#turnStartedAtMs = now;
    setImmediate(() => {
      this.#turnStartedAtMs = null;
      this.run();
    });
  }

  #readFirst() {
    if (this.#reading) return;
    this.#reading = true;
    // The first one may come before the loop has looked at its input; the second one comes after.
    setImmediate(() =>
      setImmediate(() => {
        this.#reading = false;
        this.#readAtMs = performance.now();
        this.run();
      }),
    );
  }
}
