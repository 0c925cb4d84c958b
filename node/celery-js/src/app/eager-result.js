/** The result of a task that ran eagerly, in the calling process (`celery.result.EagerResult`). */
import { TaskRevokedError } from "../errors.js";
import { nowIso } from "../protocol/result-encoder.js";
import { REVOKED } from "../protocol/states.js";
import { checkNothing } from "../validation/kinds.js";
import { AsyncResult } from "./result.js";
import { revokeOptions } from "./result-options.js";

/**
 * It is ready from the start and is not stored. `get()` throws the same error object that the task threw.
 *
 * @template [R=unknown] what the task returns
 * @extends {AsyncResult<R>}
 */
export class EagerResult extends AsyncResult {
  /**
   * @param {string} id
   * @param {object} outcome
   * @param {import("../backend/backend.js").ResultBackend} outcome.backend
   * @param {string} outcome.status
   * @param {unknown} outcome.result what the task returned, or its error
   * @param {string | null} outcome.traceback
   */
  constructor(id, { backend, ...outcome }) {
    super(id, { backend, final: { ...outcome, dateDone: nowIso() } });
  }

  /**
   * The task has ended: this changes only the result (`celery.result.EagerResult.revoke`).
   *
   * @param {import("./result.js").RevokeOptions} [options]
   * @returns {Promise<void>}
   */
  async revoke(options = {}) {
    revokeOptions(options);
    const result = new TaskRevokedError("revoked");
    this.settleAs({ status: REVOKED, result, traceback: null, dateDone: nowIso() });
  }

  /**
   * Nothing is stored, so there is nothing to delete.
   *
   * @param {...never} nothing
   * @returns {Promise<void>}
   */
  async forget(...nothing) {
    checkNothing(nothing, "forget()");
  }
}
