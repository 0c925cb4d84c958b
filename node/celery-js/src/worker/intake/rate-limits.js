/**
 * The messages of tasks with a rate limit, and when each may start (celery.worker.consumer: `bucket_for_task`,
 * `_limit_task`). A limit applies to this worker, as in Celery.
 *
 * Guarantee: the messages of one task start in order of arrival and do not block those of another task: they do not use
 * up the window, except for those that may start within the next second. Their leases are renewed while they wait.
 */
import { MAX_TIMER_MS } from "../../protocol/time.js";
import { TokenBucket, tasksPerSecond } from "./token-bucket.js";

/** @typedef {import("../../execution/request.js").Request} Request */
/** @typedef {import("./token-bucket.js").Rate} Rate */
/**
 * @typedef {{ bucket: TokenBucket | null, waiting: Request[], parkedUntilMs: number }} Limited `bucket` null: the limit
 *   was lifted, and some messages still wait
 */

/** The shortest timer, so that one that fires a moment too early does not spin. */
const MIN_WAIT_MS = 1;
/** The longest time that a message is parked: the limit may change meanwhile. */
const MAX_PARKED_MS = 5 * 60_000;

export class RateLimits {
  #defaultRate;
  #isDisabled;
  #nowMs;
  /** Called when a waiting message may start. */
  onDue = () => {};
  /** Rates that were set while the worker runs. @type {Map<string, Rate>} */
  #changed = new Map();
  /** By the task's name; tasks without a limit are not in here. @type {Map<string, Limited>} */
  #limited = new Map();
  #timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);

  /** Whether a task may have a limit that its own options do not name. */
  isUsed;

  /**
   * @param {object} options
   * @param {Rate} options.defaultRate of tasks that name none
   * @param {boolean} options.isDisabled no task is limited
   * @param {() => number} [options.nowMs] epoch, by the clock of the broker
   */
  constructor({ defaultRate, isDisabled, nowMs = Date.now }) {
    this.#nowMs = nowMs;
    this.#defaultRate = defaultRate;
    this.#isDisabled = isDisabled;
    this.isUsed = !isDisabled && Boolean(defaultRate);
  }

  /**
   * @param {Request} request
   * @returns {boolean} whether it has to be held here: its task has a limit
   */
  applyTo({ task }) {
    return this.#limited.has(task.name) || this.#begin(task);
  }

  /**
   * Changes a task's limit, also for waiting messages (Celery's remote control command `rate_limit`).
   *
   * @param {string} name of the task
   * @param {Rate} rate null, 0: none
   */
  set(name, rate) {
    this.#changed.set(name, rate);
    this.isUsed = true;
    const limited = this.#limited.get(name);
    if (limited !== undefined) limited.bucket = this.#bucketOf(rate);
    this.onDue();
  }

  /**
   * @param {Request["task"]} task
   * @returns {Rate} the current limit, as it was given
   */
  rateOf({ name, options }) {
    return this.#changed.get(name) ?? (this.#changed.has(name) ? null : (options.rateLimit ?? this.#defaultRate));
  }

  /**
   * @param {Request} request
   * @returns {number} ms until it would start, after those already waiting; Infinity = never
   */
  delayOf({ task }) {
    const limited = this.#limited.get(task.name);
    if (!limited?.bucket) return 0;
    return limited.bucket.waitMs + (limited.waiting.length * 1000) / limited.bucket.perSecond;
  }

  /**
   * Returns when a message that is not held comes back: one lease before its turn, after those that were parked before
   * it.
   *
   * @param {Request} request
   * @param {number} leaseMs
   * @returns {number} epoch, by the clock of the broker
   */
  parkedUntil(request, leaseMs) {
    const limited = /** @type {Limited} */ (this.#limited.get(request.task.name));
    const now = this.#nowMs();
    const soonestMs = now + Math.max(this.delayOf(request) - leaseMs, leaseMs / 2);
    const afterOthersMs = limited.parkedUntilMs + 1000 / (limited.bucket?.perSecond ?? 1000);
    const dueMs = Math.min(Math.max(soonestMs, afterOthersMs), now + MAX_PARKED_MS);
    limited.parkedUntilMs = Math.max(dueMs, limited.parkedUntilMs + 1);
    return limited.parkedUntilMs;
  }

  /** @param {Request} request that `applyTo` says has to be held */
  hold(request) {
    this.#limited.get(request.task.name)?.waiting.push(request);
  }

  /** @returns {number} how many wait */
  get size() {
    let size = 0;
    for (const { waiting } of this.#limited.values()) size += waiting.length;
    return size;
  }

  /** @returns {Request[]} those that wait */
  get requests() {
    return [...this.#limited.values()].flatMap(({ waiting }) => waiting);
  }

  /**
   * @param {(request: Request, count: number) => void} count called with one of the messages that may start within a
   *   second, and their number
   */
  countNear(count) {
    for (const { bucket, waiting } of this.#limited.values()) {
      if (waiting.length === 0) continue;
      const near = bucket === null ? waiting.length : Math.min(waiting.length, Math.ceil(bucket.perSecond));
      count(waiting[0], near);
    }
  }

  /**
   * @param {(request: Request) => boolean} isStartable whether there is a slot for it
   * @returns {Request | null} the first of those that may start now; a timer fires when there may be another
   */
  peek(isStartable) {
    /** @type {Request | null} */
    let first = null;
    let waitMs = Infinity;
    for (const { bucket, waiting } of this.#limited.values()) {
      const [request] = waiting;
      if (request === undefined || !isStartable(request)) continue;
      const ownWaitMs = bucket === null ? 0 : bucket.waitMs;
      waitMs = Math.min(waitMs, ownWaitMs);
      if (ownWaitMs === 0 && (first === null || request.delivery.number < first.delivery.number)) first = request;
    }
    if (first === null && waitMs < Infinity) this.#wakeIn(waitMs);
    return first;
  }

  /** @param {Request} request returned by `peek`, which starts now */
  take(request) {
    const limited = this.#limited.get(request.task.name);
    limited?.waiting.shift();
    limited?.bucket?.take();
  }

  /** @param {(request: Request) => boolean} isKept returns false for what to forget */
  keep(isKept) {
    for (const limited of this.#limited.values()) limited.waiting = limited.waiting.filter(isKept);
  }

  /** @returns {Request[]} all waiting requests; none waits afterwards */
  clear() {
    clearTimeout(this.#timer);
    return [...this.#limited.values()].flatMap(({ waiting }) => waiting.splice(0));
  }

  /**
   * @param {Request["task"]} task
   * @returns {boolean} whether it has a limit, whose bucket exists from now on
   */
  #begin(task) {
    if (this.#isDisabled) return false;
    const { name } = task;
    const rate = this.rateOf(task);
    const bucket = rate ? this.#bucketOf(rate) : null;
    if (bucket === null) return false;
    this.isUsed = true;
    this.#limited.set(name, { bucket, waiting: [], parkedUntilMs: 0 });
    return true;
  }

  /** @param {Rate} rate */
  #bucketOf(rate) {
    const perSecond = tasksPerSecond(rate);
    return perSecond > 0 ? new TokenBucket(perSecond) : null;
  }

  /** @param {number} waitMs */
  #wakeIn(waitMs) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.onDue, Math.min(Math.max(MIN_WAIT_MS, waitMs), MAX_TIMER_MS)).unref();
  }
}
