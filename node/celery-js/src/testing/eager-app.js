/**
 * An app whose tasks run in the calling process, without a server, as a worker would run them: states are kept in memory, and
 * time limits apply. As with Celery's `task_always_eager`, retries follow at once, whatever their countdown.
 */
import { Celery } from "../app/celery.js";
import { MemoryResults } from "./memory-results.js";

/** @typedef {import("../app/result.js").AnyResult} AnyResult */

export class EagerApp extends Celery {
  #results;

  /** @param {import("../settings.js").GivenSettings} [settings] Celery's settings in camelCase */
  constructor(settings = {}) {
    super("eager", { taskEagerPropagates: false, ...settings, taskAlwaysEager: true, resultBackend: null });
    this.#results = new MemoryResults();
    this.backend = this.#results;
    this.publisher = NO_PUBLISHER;
    this.eagerServices = {
      store: (/** @type {string} */ taskId, /** @type {string} */ metaText) =>
        this.#results.storeText(taskId, metaText),
      hasTimeLimits: true,
    };
  }

  /**
   * @param {AnyResult | string} result of a task, or its id
   * @returns {string[]} the names of all states that the task stored, in order
   */
  states(result) {
    return this.history(result).map(([state]) => state);
  }

  /**
   * @param {AnyResult | string} result of a task, or its id
   * @returns {Array<[state: string, value: unknown]>} all states that the task stored, in order, each with its value: meta,
   *   result or error
   */
  history(result) {
    const id = typeof result === "string" ? result : result.id;
    return (this.#results.history.get(id) ?? []).map(({ status, result: value }) => [status, value]);
  }

  /**
   * Replaces a task that this app does not have, such as a Python task, by a function.
   *
   * @param {string} name
   * @param {import("../tasks/define.js").TaskFunction} fn
   * @throws {DuplicateTaskError} when the app has a task of that name
   */
  standIn(name, fn) {
    this.task(name, fn);
  }
}

/**
 * @param {import("../settings.js").GivenSettings} [settings] Celery's settings in camelCase
 * @returns {EagerApp}
 * @throws {ImproperlyConfigured} when a setting is unknown or cannot be used
 */
export function eagerApp(settings = {}) {
  return new EagerApp(settings);
}

/** A publisher that drops everything, such as commands to workers. @type {import("../transport/transport.js").Publisher} */
const NO_PUBLISHER = {
  publish: async () => {},
  check: () => {},
  checkQueues: async () => {},
  declareQueue: async () => {},
  drain: async () => {},
  close: async () => {},
};
