/**
 * Asks workers what they do (`celery.app.control.Inspect`). Each question is answered with an object of node name -> answer, or
 * with null when no worker answered in time.
 */
import { BOOLEAN, checkArgument, checkNothing, methodOptions, TEXT } from "../validation/kinds.js";
import { BROADCAST_KINDS, broadcast } from "./broadcast.js";
import { flattenReplies } from "./replies.js";

/** @typedef {import("./broadcast.js").Reply} Reply */
/** @typedef {Pick<import("./broadcast.js").BroadcastOptions, "destination" | "pattern" | "matcher" | "timeout" | "limit" | "callback" | "background">} InspectOptions */

const { reply: _, ...INSPECT_KINDS } = BROADCAST_KINDS;

export class Inspect {
  #app;
  #options;

  /**
   * @param {import("./broadcast.js").BroadcastApp} app
   * @param {InspectOptions} options
   */
  constructor(app, options) {
    this.#app = app;
    /** @type {InspectOptions} */
    this.#options = methodOptions(options, INSPECT_KINDS, "inspect()");
  }

  /**
   * @returns {Promise<Reply | null>} the tasks that run
   * @param {{ safe?: boolean }} [options] `safe`: their arguments as texts
   */
  async active(options = {}) {
    const { safe } = methodOptions(options, { safe: BOOLEAN }, "active()");
    return this.ask("active", { safe: safe ?? false });
  }

  /**
   * @param {...never} nothing
   * @returns {Promise<Reply | null>} the tasks that wait for a slot
   */
  reserved(...nothing) {
    return this.#askPlainly("reserved", nothing, "reserved()");
  }

  /**
   * @param {...never} nothing
   * @returns {Promise<Reply | null>} the tasks that wait for their eta
   */
  scheduled(...nothing) {
    return this.#askPlainly("scheduled", nothing, "scheduled()");
  }

  /**
   * @param {...never} nothing
   * @returns {Promise<Reply | null>} the ids of revoked tasks
   */
  revoked(...nothing) {
    return this.#askPlainly("revoked", nothing, "revoked()");
  }

  /**
   * @param {...string} items of each task, such as "rate_limit"
   * @returns {Promise<Reply | null>} the tasks that can be run
   */
  registered(...items) {
    return this.ask("registered", { taskinfoitems: items });
  }

  /**
   * @param {...never} nothing
   * @returns {Promise<Reply | null>} `{ ok: "pong" }` from every live worker
   */
  ping(...nothing) {
    return this.#askPlainly("ping", nothing, "ping()");
  }

  /**
   * @param {...never} nothing
   * @returns {Promise<Reply | null>} pool, broker, totals, resources
   */
  stats(...nothing) {
    return this.#askPlainly("stats", nothing, "stats()");
  }

  /**
   * @param {...never} nothing
   * @returns {Promise<Reply | null>} the queues that each worker consumes
   */
  activeQueues(...nothing) {
    return this.#askPlainly("active_queues", nothing, "activeQueues()");
  }

  /**
   * @param {...string} ids
   * @returns {Promise<Reply | null>} id -> `[state, task]`, for each task that a worker holds
   */
  async queryTask(...ids) {
    for (const id of ids.flat()) checkArgument(id, TEXT, "queryTask(): a task's id");
    return this.ask("query_task", { ids: ids.flat() });
  }

  /**
   * @param {...never} nothing
   * @returns {Promise<Reply | null>} Celery's bug report
   */
  report(...nothing) {
    return this.#askPlainly("report", nothing, "report()");
  }

  /**
   * @param {{ withDefaults?: boolean }} [options]
   * @returns {Promise<Reply | null>} the settings, without secrets
   */
  async conf(options = {}) {
    const { withDefaults } = methodOptions(options, { withDefaults: BOOLEAN }, "conf()");
    return this.ask("conf", { with_defaults: withDefaults ?? false });
  }

  /**
   * @param {...never} nothing
   * @returns {Promise<Reply | null>} `{ hash, tasks }`: the hash of the contract, and of each task by its name
   */
  contract(...nothing) {
    return this.#askPlainly("contract", nothing, "contract()");
  }

  /**
   * @param {...never} nothing
   * @returns {Promise<Reply | null>} the logical clocks
   */
  clock(...nothing) {
    return this.#askPlainly("clock", nothing, "clock()");
  }

  /**
   * @param {string} fromNode
   * @param {readonly string[]} [revoked]
   * @returns {Promise<Reply | null>} what workers exchange when they start (Celery's mingle)
   */
  hello(fromNode, revoked = []) {
    return this.ask("hello", { from_node: fromNode, revoked });
  }

  /**
   * @param {string} method
   * @param {readonly unknown[]} given must be empty: a timeout, for example, belongs in `inspect({ ... })`
   * @param {string} label
   */
  async #askPlainly(method, given, label) {
    checkNothing(given, label);
    return this.ask(method);
  }

  /**
   * @param {string} method Celery's name of a question, or one of an app's own
   * @param {Record<string, unknown>} [args]
   * @returns {Promise<Reply | null>}
   * @throws {OperationalError} when the broker cannot be reached within `taskPublishTimeout`
   */
  async ask(method, args = {}) {
    const replies = await broadcast(this.#app, method, args, { ...this.#options, reply: true });
    return replies === null || replies.length === 0 ? null : flattenReplies(replies);
  }
}
