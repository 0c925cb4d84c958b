export type Celery = import("../app/celery.js").Celery;
export type AsyncResult = import("../app/result.js").AsyncResult;
/** @interface */
export type SendOptions = import("../tasks/send-options.js").SendOptions;
export type Dispatches = import("./dispatches.js").Dispatches;
export type MessageBroker = import("celery-ts").MessageBroker;
export type CeleryTsMessage = import("celery-ts").TaskMessage;
/** @implements {MessageBroker} */
export declare class CeleryTsBroker implements MessageBroker {
    #private;
    /**
     * @param {Celery} app
     * @param {Dispatches} dispatches
     */
    constructor(app: Celery, dispatches: Dispatches);
    /**
     * Sends a task. celery-ts drops the promise of this method, so a rejection would end the process and no caller could prevent
     * it. When a task could not be sent, `get()` of its result rejects with the reason; if `get()` was not called by then, the
     * reason is a process warning.
     *
     * @param {CeleryTsMessage} message
     * @returns {Promise<string>} the task's id, once the broker has the message
     * @throws `ContentDisallowed` when there is no result to carry the error, and the message is not JSON
     * @throws {TypeError | EncodeError | OperationalError} when there is no result to carry the error, as `Celery.sendTask`
     */
    publish(message: CeleryTsMessage): Promise<string>;
    /** Closes the app. @returns {Promise<void>} once what is being sent has arrived */
    end(): Promise<void>;
    /** The same as `end`: cutting the connection at once would lose what is being sent. @returns {Promise<void>} */
    disconnect(): Promise<void>;
}
