/**
 * The messages that this worker holds and has not started, and the room for more: reserved ones, suspects, those whose eta is
 * near, and those whose task has a rate limit. If the broker can park messages, each of these groups is limited. Messages
 * beyond the limit are returned to be parked: memory stays flat however many there are, and messages behind them in the queue
 * get their turn. `StartLoop` starts them.
 */
import { EtaTimer } from "./eta-timer.js";

/**
 * @typedef {import("../../execution/request.js").Request} Request
 * @typedef {import("../pools/slots.js").PerPool} PerPool
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
/** How long tasks may be started until input must be read again. */
const MAX_UNREAD_MS = 200;

export class Reservation {
  /** Reserved requests of each pool, the next one first. @type {Record<import("../pools/slots.js").PoolName, Request[]>} */
  #reserved = { async: [], threads: [] };
  /** Requests whose worker was lost before; they run one at a time. @type {Request[]} */
  #suspects = [];
  #scheduled;
  #limits;
  #slots;
  #leaseMs;
  #onSurplus;
  #canPark;
  #nowMs;
  /** Called when a message's eta has come, and it is reserved. */
  onDue = () => {};

  /**
   * @param {object} options
   * @param {import("../pools/slots.js").Slots} options.slots in which they are to run
   * @param {number} options.leaseMs how long a suspect beyond the limit is parked
   * @param {() => number} options.nowMs epoch, by the clock of the broker
   * @param {boolean} options.canPark false: everything is held, as the broker cannot keep it
   * @param {import("./rate-limits.js").RateLimits} options.limits
   * @param {(request: Request, dueMs: number) => void} options.onSurplus called with a message beyond the limit, and when
   *   it must be back in its queue
   */
  constructor({ slots, leaseMs, nowMs, canPark, limits, onSurplus }) {
    this.#slots = slots;
    this.#leaseMs = leaseMs;
    this.#limits = limits;
    this.#nowMs = nowMs;
    this.#canPark = canPark;
    this.#onSurplus = onSurplus;
    this.#scheduled = new EtaTimer((/** @type {Request} */ request) => {
      this.reserve(request);
      this.onDue();
    }, nowMs);
  }

  /**
   * How many messages to take. A quarter of the window is worth a round trip: the other three keep the slots busy
   * meanwhile. Less than that is only taken when a pool has nothing left to start.
   *
   * Guarantee: a full pool does not stop fetching for the other, up to a window of messages that wait for the full one.
   * More than that are not held, as other workers may have room for them.
   *
   * @param {number} ended messages of tasks that have ended and are still held
   * @returns {number} 0: none now
   */
  room(ended) {
    const { used, windows, window, running } = this.#slots;
    const waiting = this.#countWaiting();
    let room = 0;
    let overflow = 0;
    let isWanting = false;
    for (const pool of used) {
      const free = windows[pool] - running[pool] - waiting[pool];
      if (free > 0) room += free;
      else overflow -= free;
      if (waiting[pool] === 0 && free > 0) isWanting = true;
    }
    room = Math.min(room, window - overflow) - ended;
    return isWanting || room >= window / 4 ? Math.max(0, room) : 0;
  }

  /**
   * The messages that wait for a slot. Waiting suspects do not count, since they do not keep slots empty. Messages held
   * by a rate limit only count if they may start within a second.
   *
   * @returns {PerPool}
   */
  #countWaiting() {
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
      if (!this.#isFull(this.#suspects.length, this.#slots.window)) this.#suspects.push(request);
      else this.#onSurplus(request, this.#nowMs() + this.#leaseMs);
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
   * @returns {Request | undefined} what to start next; no suspect while another one runs
   */
  next(suspectRuns) {
    const suspect = suspectRuns ? undefined : this.#suspects[0];
    if (suspect !== undefined && this.#isFree(suspect.pool)) return this.#suspects.shift();
    const { async: onLoop, threads } = this.#reserved;
    const lane = threads.length > 0 && this.#isFree("threads") ? threads : this.#isFree("async") ? onLoop : threads;
    const isLaneFree = lane.length > 0 && (lane === onLoop || this.#isFree("threads"));
    const limited = this.#limits.isUsed ? this.#limits.peek(({ pool }) => this.#isFree(pool)) : null;
    if (limited !== null && (!isLaneFree || limited.delivery.number < lane[0].delivery.number)) {
      this.#limits.take(limited);
      return limited;
    }
    return isLaneFree ? lane.shift() : undefined;
  }

  /**
   * @param {import("../pools/slots.js").PoolName} pool
   * @returns {boolean} whether it could run one more
   */
  #isFree(pool) {
    return this.#slots.running[pool] < this.#slots.concurrency[pool];
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
   * Holds a rate-limited request if it may start soon. Others would only use room and leases, so they are parked until their turn
   * is near.
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
  #isFull(count, limit = Math.max(MIN_HELD, this.#slots.window)) {
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
    // The first callback may run before the loop has read its input, the second one runs after.
    setImmediate(() =>
      setImmediate(() => {
        this.#reading = false;
        this.#readAtMs = performance.now();
        this.run();
      }),
    );
  }
}
