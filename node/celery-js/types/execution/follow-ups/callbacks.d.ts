export type CurrentTask = import("../../tasks/current.js").CurrentTask;
export type Signature = import("../../canvas/types.js").AnySignature;
export type Failed = {
    id: string;
    rootId?: string | null;
    errbacks?: readonly unknown[] | null;
    /**
     * of a task that has run
     */
    traceback?: string | null;
};
export type Followers = {
    /**
     * sends all of them
     */
    send: (value: unknown, carrier?: CurrentTask["carrier"]) => Promise<void>;
    /**
     * the id of the follow-up, if there is only one and it is a single task
     */
    onlyId: string | null;
    /**
     * those that are not sent yet
     */
    unsent: Signature[];
    /**
     * of the chain, after the next task, the last one first
     */
    rest: unknown[];
};
export declare class Callbacks {
    #private;
    /**
     * @param {object} parts
     * @param {import("../../worker/model/types.js").WorkerApp} parts.app
     * @param {import("./follow-ups.js").Persist} parts.persist
     * @param {import("../../worker/observers/log.js").Logger} parts.log
     */
    constructor({ app, persist, log }: {
        app: import("../../worker/model/types.js").WorkerApp;
        persist: import("./follow-ups.js").Persist;
        log: import("../../worker/observers/log.js").Logger;
    });
    /**
     * Copies an execution for messages that are sent after the task has ended. They are repeated until the server has them.
     *
     * @param {CurrentTask} execution
     * @returns {CurrentTask}
     */
    copyForSending(execution: CurrentTask): CurrentTask;
    /**
     * Prepares the follow-ups of a success: the callbacks and the next task of the chain. They become the execution's
     * children now, because the stored result names them. They are sent later, because they may read it.
     *
     * @param {import("../execution.js").Execution} execution that has returned
     * @param {unknown} returned
     * @returns {Promise<Followers>} the follow-ups, which get the stored form of the return value
     * @throws {EncodeError} when a follow-up would get a result object, which can be stored as its tuple but not passed on,
     *   or when the queue of one can never take a message. The task fails with this error, as in Celery
     * @throws {TypeError} when one of them is not a signature
     */
    prepare(execution: import("../execution.js").Execution, returned: unknown): Promise<Followers>;
    /**
     * Calls the errbacks. One that is registered here and takes more than the id is called directly. The others are sent as
     * tasks, which become children of the execution.
     *
     * @param {Failed} failed
     * @param {Error} error
     * @param {CurrentTask} execution that is over
     * @param {() => Promise<void>} [store] stores the failure before any of them is called
     */
    callErrbacks(failed: Failed, error: Error, execution: CurrentTask, store?: () => Promise<void>): Promise<void>;
}
