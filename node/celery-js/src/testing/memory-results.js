/** A result backend in memory that also keeps the history of each task. */
import { ImproperlyConfigured, TimeoutError } from "../errors.js";
import { decodeMeta } from "../protocol/result-meta.js";
import { PENDING, READY_STATES, SUCCESS } from "../protocol/states.js";

/**
 * @typedef {import("../backend/backend.js").ResultBackend} ResultBackend
 * @typedef {import("../protocol/result-meta.js").ResultMeta} ResultMeta
 */

/** @implements {ResultBackend} */
export class MemoryResults {
  /** Task id -> everything that was stored, the last one last. @type {Map<string, ResultMeta[]>} */
  history = new Map();
  /** @type {Map<string, string>} */
  #results = new Map();
  /** @type {Map<string, unknown>} */
  #groups = new Map();

  /** @param {string} taskId @returns {string} */
  key(taskId) {
    return taskId;
  }

  /**
   * Stores a state, and adds it to the history. A stored SUCCESS is never overwritten.
   *
   * @param {string} taskId
   * @param {string} metaText as `encodeMeta` writes it
   * @returns {Promise<void>}
   */
  async storeText(taskId, metaText) {
    this.history.set(taskId, [...(this.history.get(taskId) ?? []), decodeMeta(metaText)]);
    const stored = this.#results.get(taskId);
    if (stored === undefined || decodeMeta(stored).status !== SUCCESS) this.#results.set(taskId, metaText);
  }

  /**
   * @param {string} taskId
   * @returns {Promise<ResultMeta | null>} null when nothing is stored
   */
  async get(taskId) {
    const text = this.#results.get(taskId);
    return text === undefined ? null : decodeMeta(text);
  }

  /**
   * Does not wait: an eager task has already ended.
   *
   * @param {string} taskId
   * @returns {Promise<ResultMeta>}
   * @throws {TimeoutError} when there is no result
   */
  async wait(taskId) {
    const meta = await this.get(taskId);
    if (meta !== null && READY_STATES.has(meta.status)) return meta;
    throw new TimeoutError(`no eager task ran with this id; its state is ${meta?.status ?? PENDING}`);
  }

  /** @param {string} taskId @returns {Promise<void>} */
  async forget(taskId) {
    this.#results.delete(taskId);
  }

  /** @param {string} groupId @param {unknown} tuple @returns {Promise<void>} */
  async saveGroup(groupId, tuple) {
    this.#groups.set(groupId, tuple);
  }

  /** @param {string} groupId @returns {Promise<unknown>} */
  async restoreGroup(groupId) {
    return this.#groups.get(groupId) ?? null;
  }

  /** @param {string} groupId @returns {Promise<void>} */
  async deleteGroup(groupId) {
    this.#groups.delete(groupId);
  }

  /** @returns {never} */
  get chords() {
    throw new ImproperlyConfigured("the parts of a chord that runs in place are not counted");
  }

  async ready() {}

  async close() {}
}
