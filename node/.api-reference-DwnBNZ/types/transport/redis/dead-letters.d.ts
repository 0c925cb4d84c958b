export type DeadLetter = import("../transport.js").DeadLetter;
export type DeadLetters = import("../transport.js").DeadLetters;
/** @implements {DeadLetters} */
export declare class RedisDeadLetters implements DeadLetters {
    #private;
    /**
     * Connects with the first call.
     *
     * @param {import("../transport.js").BrokerSettings} settings
     * @throws `ImproperlyConfigured` when the broker's URL cannot be used
     */
    constructor(settings: import("../transport.js").BrokerSettings);
    /**
     * Looks at every key of the database.
     *
     * @returns {Promise<string[]>} the queues that have dead letters, by name
     * @throws `OperationalError` as all methods, when the server cannot be reached in time or refuses
     */
    queues(): Promise<string[]>;
    /**
     * @param {string} queue
     * @returns {AsyncGenerator<DeadLetter>} the current letters, newest first
     */
    newestFirst(queue: string): AsyncGenerator<DeadLetter>;
    /**
     * Visits the current letters, oldest first, while they are put back or deleted. New letters are left out: otherwise a
     * task that fails again at once would be put back for ever.
     *
     * @param {string} queue
     * @param {(letters: DeadLetter[]) => Promise<number>} act returns how many of them are still in the list
     */
    eachPage(queue: string, act: (letters: DeadLetter[]) => Promise<number>): Promise<void>;
    /**
     * Puts letters back into their queue, to be taken after the messages that wait there, in this order.
     *
     * @param {DeadLetter[]} letters of one queue
     * @returns {Promise<number>} how many: another operator may have been faster
     */
    retry(letters: DeadLetter[]): Promise<number>;
    /**
     * @param {DeadLetter[]} letters
     * @returns {Promise<number>} how many were deleted, for good
     */
    delete(letters: DeadLetter[]): Promise<number>;
    close(): void;
}
