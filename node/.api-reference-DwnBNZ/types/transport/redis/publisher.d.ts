export type Publication = import("../transport.js").Publication;
export type Publisher = import("../transport.js").Publisher;
export type PublishPolicy = import("../publish-policy.js").PublishPolicy;
export type Run = <T>(command: (client: import("./reply-check.js").CheckedRedis) => Promise<T>) => Promise<T>;
export type Batch = {
    texts: string[];
    characters: number;
    sent: Promise<void>;
};
/**
 * @typedef {import("../transport.js").Publication} Publication
 * @typedef {import("../transport.js").Publisher} Publisher
 * @typedef {import("../publish-policy.js").PublishPolicy} PublishPolicy
 * @typedef {<T>(command: (client: import("./reply-check.js").CheckedRedis) => Promise<T>) => Promise<T>} Run sends a command, as often as it takes
 * @typedef {{ texts: string[], characters: number, sent: Promise<void> }} Batch one command in the making
 */
/** @implements {Publisher} */
export declare class RedisPublisher implements Publisher {
    #private;
    /**
     * @param {object} options
     * @param {import("./url.js").RedisAddress} options.address
     * @param {import("./keys.js").Keys} options.keys
     * @param {number} options.timeoutMs how long sending may take, connecting and repeating included (`taskPublishTimeout`)
     * @param {number} [options.connectTimeoutMs]
     * @param {number} [options.messageSizeLimit] bytes
     * @param {string} [options.name] shown by `CLIENT LIST`
     * @param {{ warn: (message: string) => void } | null} [options.log] for warnings about lost connections
     */
    constructor({ address, keys, timeoutMs, connectTimeoutMs, messageSizeLimit, name, log, }: {
        address: import("./url.js").RedisAddress;
        keys: import("./keys.js").Keys;
        timeoutMs: number;
        connectTimeoutMs?: number;
        messageSizeLimit?: number;
        name?: string;
        log?: {
            warn: (message: string) => void;
        } | null;
    });
    /**
     * Sends one message. It waits for a lost connection and sends the message again, as Celery's `task_publish_retry` does;
     * if only the answer was lost, the message is then in its list twice.
     *
     * @param {Publication} publication
     * @returns {Promise<void>} when the server has it
     * @throws `OperationalError` when the server cannot be reached in time or refuses the message; when no queue is bound
     * @throws `EncodeError` when the message is larger than `messageSizeLimit`
     */
    publish({ exchange, exchangeType, routingKey, priority, text, retryPolicy }: Publication): Promise<void>;
    /**
     * Binds a queue to the exchange of its own name, as Celery's workers do at start, so that kombu's producers find it.
     *
     * @param {string} queue
     * @param {{ exchange?: string, routingKey?: string, pattern?: string }} [binding]
     * @returns {Promise<void>}
     * @throws `OperationalError` when the server cannot be reached in time
     */
    declareQueue(queue: string, binding?: {
        exchange?: string;
        routingKey?: string;
        pattern?: string;
    }): Promise<void>;
    /**
     * Asks once for each queue whether its key holds a list, or nothing yet.
     *
     * @param {Iterable<string>} queues
     * @returns {Promise<void>}
     * @throws `EncodeError` naming the queue whose key has another use (`unacked`, a result) and can never take a message
     * @throws `OperationalError` when the server cannot be reached in time
     */
    checkQueues(queues: Iterable<string>): Promise<void>;
    /** @returns {Promise<void>} once no message is being sent any more, successful or not */
    drain(): Promise<void>;
    /** Waits for messages that are being sent, then closes the connection. @returns {Promise<void>} */
    close(): Promise<void>;
    /**
     * @param {string} text of a message
     * @throws `EncodeError` when it is larger than `messageSizeLimit`
     */
    check(text: string): void;
}
