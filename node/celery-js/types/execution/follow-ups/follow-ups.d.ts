/**
 * Follow-ups of a finished task (celery.backends.base: mark_as_done, mark_as_failure, mark_as_revoked): the chord that it
 * is a part of, the rest of its chain, its errbacks. All of them are done before the task's message is acknowledged,
 * or in one step with that.
 */
export type Execution = import("../execution.js").Execution;
export type CurrentTask = import("../../tasks/current.js").CurrentTask;
export type TaskMessage = import("../../protocol/message.js").TaskMessage;
export type Disposition = import("../disposition.js").Disposition;
export type Persist = <T>(operation: () => Promise<T>) => Promise<T>;
export declare class FollowUps {
    #private;
    /**
     * @param {object} parts
     * @param {import("../../worker/model/types.js").WorkerApp} parts.app
     * @param {import("./callbacks.js").Callbacks} parts.callbacks
     * @param {import("./chords.js").Chords} parts.chords
     * @param {(taskId: string, result: string) => Promise<boolean>} parts.store
     * @param {boolean} parts.canCarry whether a message can travel with a result and an acknowledgement
     * @param {import("../../worker/observers/log.js").Logger} parts.log
     */
    constructor(parts: {
        app: import("../../worker/model/types.js").WorkerApp;
        callbacks: import("./callbacks.js").Callbacks;
        chords: import("./chords.js").Chords;
        store: (taskId: string, result: string) => Promise<boolean>;
        canCarry: boolean;
        log: import("../../worker/observers/log.js").Logger;
    });
    /**
     * Stores the result, then sends the follow-ups and reports a part of a chord. Each of them may read the result. A single
     * message is left to the caller, to go in one step with the result.
     *
     * @param {Execution} execution
     * @param {unknown} value as it is stored
     * @param {Disposition} disposition
     * @param {import("./callbacks.js").Followers} followers
     * @returns {Promise<Disposition>} what is left to do
     */
    followSuccess(execution: Execution, value: unknown, disposition: Disposition, followers: import("./callbacks.js").Followers): Promise<Disposition>;
    /**
     * Stores the failure, and then calls the errbacks and fails what waits for the task.
     *
     * @param {Execution} execution
     * @param {Error} error
     * @param {Disposition} disposition
     * @returns {Promise<Disposition>} what is left to do
     */
    followFailure(execution: Execution, error: Error, disposition: Disposition): Promise<Disposition>;
    /**
     * The same for a message that never became a task.
     *
     * @param {TaskMessage} message
     * @param {Error} error
     * @returns {Promise<unknown>}
     */
    followUnrunnable(message: TaskMessage, error: Error): Promise<unknown>;
    /**
     * @param {TaskMessage} message that has expired, or was revoked
     * @param {Error} error
     * @param {Disposition} disposition
     * @returns {Promise<Disposition>} what is left to do
     */
    followRevocation(message: TaskMessage, error: Error, disposition: Disposition): Promise<Disposition>;
    /**
     * Stores the result now.
     *
     * @param {TaskMessage} message
     * @param {Disposition} disposition
     * @returns {Promise<Disposition>} what is left to do
     */
    storeResult(message: TaskMessage, disposition: Disposition): Promise<Disposition>;
}
/**
 * Repeats a follow-up until the server has it. The task has run, and failing it because the server is away for a while
 * would be wrong. Nothing is repeated once the worker has stopped: the message is still there, and runs again.
 *
 * @param {AbortSignal} closed aborts once the worker has stopped
 * @param {import("../../worker/observers/log.js").Logger} log
 * @returns {Persist}
 */
export declare function createPersist(closed: AbortSignal, log: import("../../worker/observers/log.js").Logger): Persist;
