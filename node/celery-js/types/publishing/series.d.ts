export type SendOptions = import("../tasks/send-options.js").SendOptions;
export type Prepared = import("./send.js").Prepared;
export declare class Series {
    #private;
    /** @param {import("../app/celery.js").Celery} app */
    constructor(app: import("../app/celery.js").Celery);
    /**
     * Makes a message; sends nothing.
     *
     * @param {string} name
     * @param {readonly unknown[]} args
     * @param {Readonly<SendOptions>} options
     * @returns {Prepared}
     * @throws as `prepare`
     */
    prepare(name: string, args: readonly unknown[], options: Readonly<SendOptions>): Prepared;
    /**
     * Sends a task, as its own `applyAsync` does, for a caller that has its result.
     *
     * @param {string} name
     * @param {readonly unknown[]} args
     * @param {Readonly<SendOptions>} options
     * @returns {Promise<void>} once the broker has the message; rejects as `Celery.sendTask`
     */
    send(name: string, args: readonly unknown[], options: Readonly<SendOptions>): Promise<void>;
}
