import { AsyncResult } from "./result.js";
/**
 * It is ready from the start and is not stored. `get()` throws the same error object that the task threw.
 *
 * @template [R=unknown] what the task returns
 * @extends {AsyncResult<R>}
 */
export declare class EagerResult<R = unknown> extends AsyncResult<R> {
    /**
     * @param {string} id
     * @param {object} outcome
     * @param {import("../backend/backend.js").ResultBackend} outcome.backend
     * @param {string} outcome.status
     * @param {unknown} outcome.result what the task returned, or its error
     * @param {string | null} outcome.traceback
     */
    constructor(id: string, { backend, ...outcome }: {
        backend: import("../backend/backend.js").ResultBackend;
        status: string;
        result: unknown;
        traceback: string | null;
    });
    /**
     * The task has ended: this changes only the result (`celery.result.EagerResult.revoke`).
     *
     * @param {import("./result.js").RevokeOptions} [options]
     * @returns {Promise<void>}
     */
    revoke(options?: import("./result.js").RevokeOptions): Promise<void>;
    /**
     * Nothing is stored, so there is nothing to delete.
     *
     * @param {...never} nothing
     * @returns {Promise<void>}
     */
    forget(...nothing: never[]): Promise<void>;
}
