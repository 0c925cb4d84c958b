export type CurrentTask = import("../../tasks/current.js").CurrentTask;
export type Signature = import("../../canvas/types.js").AnySignature;
export type Failure = {
    error: Error;
    /**
     * that is over
     */
    execution: CurrentTask;
    /**
     * stored for the rest of a chain
     */
    traceback?: string | null;
    /**
     * errbacks that it has called, as JSON: no enclosing chord calls them again
     */
    called?: readonly string[];
    /**
     * id whose failure is stored already
     */
    stored?: string;
};
/**
 * @typedef {import("../../tasks/current.js").CurrentTask} CurrentTask
 * @typedef {import("../../canvas/types.js").AnySignature} Signature
 *
 * @typedef {object} Failure of one task, on its way through a workflow
 * @property {Error} error
 * @property {CurrentTask} execution that is over
 * @property {string | null} [traceback] stored for the rest of a chain
 * @property {readonly string[]} [called] errbacks that it has called, as JSON: no enclosing chord calls them again
 * @property {string} [stored] id whose failure is stored already
 */
export declare class Downstream {
    #private;
    /**
     * @param {object} parts
     * @param {import("../../worker/model/types.js").WorkerApp} parts.app
     * @param {import("./follow-ups.js").Persist} parts.persist
     * @param {import("./callbacks.js").Callbacks} parts.callbacks
     * @param {import("../../protocol/result-encoder.js").ResultEncoder} parts.resultEncoder
     * @param {(taskId: string, result: string) => Promise<boolean>} parts.store stores a result, for as long as it takes
     * @param {Pick<import("./chords.js").Chords, "failPart">} parts.chords those that the failed tasks are parts of
     */
    constructor(parts: {
        app: import("../../worker/model/types.js").WorkerApp;
        persist: import("./follow-ups.js").Persist;
        callbacks: import("./callbacks.js").Callbacks;
        resultEncoder: import("../../protocol/result-encoder.js").ResultEncoder;
        store: (taskId: string, result: string) => Promise<boolean>;
        chords: Pick<import("./chords.js").Chords, "failPart">;
    });
    /**
     * Fails the rest of a chain.
     *
     * @param {unknown} chain signatures as they stand in the message
     * @param {Failure} failure
     */
    failChain(chain: unknown, failure: Failure): Promise<void>;
    /**
     * Fails the body of a chord. A body of several tasks fails as if it had been sent and its first task had failed. Celery
     * only calls the errbacks of the whole body.
     *
     * @param {Signature} body
     * @param {Failure} failure
     * @returns {Promise<readonly string[]>} the errbacks that were called now or before
     */
    failBody(body: Signature, failure: Failure): Promise<readonly string[]>;
}
/**
 * @param {Signature} signature of a body
 * @param {readonly string[]} called
 * @param {import("../../worker/model/types.js").WorkerApp} app
 * @returns {boolean} whether one of them would be called again if the body failed
 */
export declare function hasErrbackOf(signature: Signature, called: readonly string[], app: import("../../worker/model/types.js").WorkerApp): boolean;
