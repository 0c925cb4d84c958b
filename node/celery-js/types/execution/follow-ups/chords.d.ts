/**
 * A worker's side of chords (celery.backends.redis.RedisBackend.on_chord_part_return). It keeps the result of each part;
 * the worker that ends the last part sends the body, or fails it. With a result backend that counts no parts, the task
 * `celery.chord_unlock` does that (app/chord-unlock.js).
 *
 * Guarantee: a part is counted before its message is acknowledged, and only once, however often it is delivered. The
 * worker with the chord's claim sends the body. If it is lost, the worker that gets its message takes over.
 */
import { ChordError } from "../../errors.js";
import { Downstream } from "./downstream.js";
export type CurrentTask = import("../../tasks/current.js").CurrentTask;
export type Signature = import("../../canvas/types.js").AnySignature;
export type Part = {
    /**
     * the task's id
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
    /** Fails the tasks that depend on a part. */
    downstream: Downstream;
    /**
     * @param {object} parts
     * @param {import("../../worker/model/types.js").WorkerApp} parts.app
     * @param {import("../../worker/observers/log.js").Logger} parts.log
     * @param {import("./follow-ups.js").Persist} parts.persist
     * @param {import("./callbacks.js").Callbacks} parts.callbacks
     * @param {import("../../protocol/result-encoder.js").ResultEncoder} parts.resultEncoder
     * @param {(taskId: string, result: string) => Promise<boolean>} parts.store stores a result, for as long as it takes
     */
    constructor(parts: {
        app: import("../../worker/model/types.js").WorkerApp;
        log: import("../../worker/observers/log.js").Logger;
        persist: import("./follow-ups.js").Persist;
        callbacks: import("./callbacks.js").Callbacks;
        resultEncoder: import("../../protocol/result-encoder.js").ResultEncoder;
        store: (taskId: string, result: string) => Promise<boolean>;
    });
    /**
     * @param {Part} part that has ended
     * @param {string} state
     * @param {unknown} value its result or its error
     * @param {CurrentTask} execution that is over
     */
    reportPart(part: Part, state: string, value: unknown, execution: CurrentTask): Promise<void>;
    /**
     * Handles a part that will not run. If the part and the body share an errback, as in a chord within a header, Celery
     * calls it for the part and never fails the body. Here the body fails too, and at once, because a Python worker that
     * ends the last part would call the errback again. Only a chord whose client has not yet set its size is left to the
     * last part.
     *
     * @param {Part} part
     * @param {import("./downstream.js").Failure} failure
     */
    failPart(part: Part, failure: import("./downstream.js").Failure): Promise<void>;
}
/**
 * Without a cause, as in Celery: a group as body fails with this error itself.
 *
 * @param {string} what
 * @param {Error} error
 */
export declare const joinError: (what: string, error: Error) => ChordError;
