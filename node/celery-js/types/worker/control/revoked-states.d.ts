export declare class RevokedStates {
    #private;
    /**
     * @param {import("../model/types.js").WorkerApp} app
     * @param {import("../observers/log.js").Logger} log
     * @param {AbortSignal} closed once the worker has stopped, nothing is stored any more
     */
    constructor(app: import("../model/types.js").WorkerApp, log: import("../observers/log.js").Logger, closed: AbortSignal);
    /**
     * @param {readonly string[]} ids of tasks that do not run here
     * @returns {Promise<void>} once all states are stored, or a quarter of a second has passed, or at once if others are being
     *   stored; never rejects
     */
    store(ids: readonly string[]): Promise<void>;
}
