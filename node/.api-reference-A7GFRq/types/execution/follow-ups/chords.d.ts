import { Downstream } from "./downstream.js";
export type Execution = import("../../tasks/current.js").Execution;
export type Signature = import("../../canvas/signature.js").Signature<any>;
export type Part = {
    /**
     * of its task
     */
    id: string;
    group: string | null;
    groupIndex: number | null;
    /**
     * the body
     */
    chord: unknown;
};
export type Claim = {
    token: string;
    claimS: number;
};
export declare class Chords {
    #private;
    /** What fails with a part. */
    downstream: Downstream;
    /**
     * @param {object} parts
     * @param {import("../../worker/model/types.js").WorkerApp} parts.app
     * @param {import("../../worker/observers/log.js").Logger} parts.log
     * @param {import("../../worker/completion/persistence.js").Persist} parts.persist
     * @param {import("./callbacks.js").Callbacks} parts.callbacks
     * @param {import("../result-encoder.js").ResultEncoder} parts.resultEncoder
     * @param {(taskId: string, result: string) => Promise<boolean>} parts.store stores a result, whatever it takes
     */
    constructor(parts: {
        app: import("../../worker/model/types.js").WorkerApp;
        log: import("../../worker/observers/log.js").Logger;
        persist: import("../../worker/completion/persistence.js").Persist;
        callbacks: import("./callbacks.js").Callbacks;
        resultEncoder: import("../result-encoder.js").ResultEncoder;
        store: (taskId: string, result: string) => Promise<boolean>;
    });
    /**
     * @param {Part} part that has ended
     * @param {string} state
     * @param {unknown} value its result or its error
     * @param {Execution} execution that is over
     */
    ended(part: Part, state: string, value: unknown, execution: Execution): Promise<void>;
    /**
     * A part that will not run. Where it and the body have an errback in common, as those of a chord in a header have, Celery
     * calls it for the part, and never fails the body. Here the body fails too, and at once: a Python worker that ends the last
     * part would call it again. Only a chord whose client has not yet said how many parts it has is left to the last one.
     *
     * @param {Part} part
     * @param {import("./downstream.js").Failure} failure
     */
    failedWithin(part: Part, failure: import("./downstream.js").Failure): Promise<void>;
}
