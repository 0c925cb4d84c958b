export declare class Health {
    #private;
    /** @type {import("../../transport/vitals.js").Phase} */
    phase: import("../../transport/vitals.js").Phase;
    /**
     * @param {object} options
     * @param {import("../intake/dispatcher.js").Dispatcher} options.dispatcher
     * @param {import("../../transport/transport.js").Consumer} options.taskConsumer
     * @param {number} options.concurrency
     */
    constructor({ dispatcher, taskConsumer, concurrency }: {
        dispatcher: import("../intake/dispatcher.js").Dispatcher;
        taskConsumer: import("../../transport/transport.js").Consumer;
        concurrency: number;
    });
    /** @returns {import("../../transport/vitals.js").Snapshot} to be called a few times a second */
    snapshot(): import("../../transport/vitals.js").Snapshot;
}
