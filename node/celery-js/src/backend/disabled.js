/** The backend of an app without `resultBackend`: stores nothing, and throws when a result is requested. */
import { ImproperlyConfigured } from "../errors.js";

/** @typedef {import("./backend.js").ResultBackend} ResultBackend */

/**
 * Mirrors `celery.backends.base.DisabledBackend`.
 *
 * @implements {ResultBackend}
 */
export class DisabledBackend {
  /**
   * @param {string} taskId
   * @returns {string}
   */
  key(taskId) {
    return taskId;
  }

  /** @returns {Promise<void>} */
  async storeText() {}

  /** @returns {Promise<never>} */
  async get() {
    throw noBackend();
  }

  /** @returns {Promise<never>} */
  async wait() {
    throw noBackend();
  }

  /** @returns {Promise<never>} */
  async forget() {
    throw noBackend();
  }

  /** @returns {Promise<never>} */
  async saveGroup() {
    throw noBackend();
  }

  /** @returns {Promise<never>} */
  async restoreGroup() {
    throw noBackend();
  }

  /** @returns {Promise<never>} */
  async deleteGroup() {
    throw noBackend();
  }

  /** @returns {never} Celery also refuses to send a chord without a result backend. */
  get chords() {
    throw noBackend();
  }

  /** @returns {Promise<void>} */
  async ready() {}

  async close() {}
}

const noBackend = () =>
  new ImproperlyConfigured("no result backend is configured: set resultBackend to read results and to run chords");
