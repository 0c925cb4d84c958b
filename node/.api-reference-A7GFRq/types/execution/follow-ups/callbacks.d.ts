export type Request = import("../request.js").Request;
export type Execution = import("../../tasks/current.js").Execution;
export type Signature = import("../../canvas/signature.js").Signature<any>;
export type Failed = {
    id: string;
    rootId?: string | null;
    errbacks?: readonly unknown[] | null;
};
/**
 * @typedef {import("../request.js").Request} Request
 * @typedef {import("../../tasks/current.js").Execution} Execution
 * @typedef {import("../../canvas/signature.js").Signature<any>} Signature
 *
 * @typedef {object} Failed a task that failed, or a chord's body that will not run
 * @property {string} id
 * @property {string | null} [rootId]
 * @property {readonly unknown[] | null} [errbacks]
 */
export declare class Callbacks {
    #private;
    /**
     * @param {object} parts
     * @param {import("../../worker/model/types.js").WorkerApp} parts.app
     * @param {import("../../worker/completion/persistence.js").Persist} parts.persist
     * @param {import("../../worker/observers/log.js").Logger} parts.log
     */
    constructor({ app, persist, log }: {
        app: import("../../worker/model/types.js").WorkerApp;
        persist: import("../../worker/completion/persistence.js").Persist;
        log: import("../../worker/observers/log.js").Logger;
    });
    /** @param {Request} request @returns {boolean} whether anything follows its success */
    has({ message: { embed } }: Request): boolean;
    /**
     * The same execution once more, for what is sent when the task itself has ended: until the server has it.
     *
     * @param {Execution} execution
     * @returns {Execution}
     */
    after(execution: Execution): Execution;
    /**
     * What follows the success of a task: its callbacks, and the next task of its chain. They are the execution's children from
     * now on, as what is stored names them, and sent later, as they may look at what is stored.
     *
     * @param {Request} request
     * @param {Execution} execution that has returned
     * @param {unknown} returned
     * @returns {(value: unknown) => Promise<void>} sends them what was returned, as it is stored
     * @throws {EncodeError} when one of them would take a result: it is stored as its tuple, but there is no handing it on
     * @throws {TypeError} when one of them is no signature
     */
    follow({ message }: Request, execution: Execution, returned: unknown): (value: unknown) => Promise<void>;
    /**
     * Calls the errbacks: here, where one is registered that takes more than the id, else as tasks, which are children of the
     * execution.
     *
     * @param {Failed} failed
     * @param {Error} error
     * @param {Execution} execution that is over
     * @param {() => Promise<void>} [store] stores the failure, before any of them hears of it
     */
    failed(failed: Failed, error: Error, execution: Execution, store?: () => Promise<void>): Promise<void>;
}
