/**
 * Brings together the two halves of one `applyAsync` of celery-ts: it first asks the backend for the result, then gives the
 * message to the broker, and passes neither the other.
 */
export type LateResult = import("./late-result.js").LateResult;
/** @typedef {import("./late-result.js").LateResult} LateResult */
export declare class Dispatches {
    #private;
    /**
     * Remembers a result until its message is published, which happens in the same turn of the event loop, or never: results of
     * tasks that were sent elsewhere can be asked for too.
     *
     * @param {string} taskId
     * @param {LateResult} result
     */
    expect(taskId: string, result: LateResult): void;
    /**
     * @param {string} taskId
     * @returns {LateResult | null} null when the client does not want the result
     */
    take(taskId: string): LateResult | null;
}
