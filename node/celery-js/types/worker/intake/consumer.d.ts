export type Place = import("../../validation/task-queues.js").Place;
export declare class Consumer {
    #private;
    /**
     * @param {object} options
     * @param {import("../../transport/transport.js").Consumer} options.taskConsumer
     * @param {import("./admission.js").Admission} options.admission
     * @param {import("./dispatcher.js").Dispatcher} options.dispatcher
     * @param {import("../observers/reporter.js").Reporter} options.reporter
     * @param {import("../observers/task-observers.js").TaskObservers} options.observers
     * @param {import("../observers/log.js").Logger} options.log
     */
    constructor({ taskConsumer, admission, dispatcher, reporter, observers, log }: {
        taskConsumer: import("../../transport/transport.js").Consumer;
        admission: import("./admission.js").Admission;
        dispatcher: import("./dispatcher.js").Dispatcher;
        reporter: import("../observers/reporter.js").Reporter;
        observers: import("../observers/task-observers.js").TaskObservers;
        log: import("../observers/log.js").Logger;
    });
    start(): void;
    /** @returns {readonly string[]} the queues that it consumes */
    get queues(): readonly string[];
    /**
     * Takes from one more queue.
     *
     * @param {string} queue
     * @param {Place} place
     * @returns {Promise<void>}
     */
    add(queue: string, place: Place): Promise<void>;
    /**
     * @param {string} queue
     * @returns {Place | null} where `add` has bound it; null: it was not added
     */
    placeOf(queue: string): Place | null;
    /** Stops taking from a queue; messages already taken still run. @param {string} queue */
    cancel(queue: string): void;
    /** Stops taking. @returns {Promise<void>} once the last message that was taken has been handed over */
    stop(): Promise<void>;
}
