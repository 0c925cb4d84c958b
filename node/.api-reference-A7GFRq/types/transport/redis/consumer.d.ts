import { RedisConnection } from "./connection.js";
export type Delivery = import("./taking.js").Delivery;
export type Settlement = import("./releasing.js").Settlement;
export type Burial = import("./releasing.js").Burial;
export type Requeue = import("./releasing.js").Requeue;
export type Parking = import("./releasing.js").Parking;
export type ConsumerOptions = {
    address: import("./url.js").RedisAddress;
    keys: import("./keys.js").Keys;
    workerName: string;
    /**
     * unique to this process, so that a tag is never used twice
     */
    tagPrefix: string;
    leaseMs: number;
    deadLetterLimit: number;
    /**
     * 0, the default = for ever
     */
    deadLetterMaxAgeMs?: number;
    /**
     * what the keys of results begin with; the task's id follows
     */
    resultKeyPrefix: string;
    /**
     * how long results are kept; 0 = always
     */
    resultExpiresS: number;
    /**
     * the same for failures; default `resultExpiresS`
     */
    failureExpiresS?: number;
    connectTimeoutMs?: number;
    /**
     * the connection was lost or could not be opened
     */
    onDown?: (error: Error, retryInMs: number) => void;
    onUp?: () => void;
    /**
     * the server answered a command with an error; it is repeated
     */
    onRefused?: (error: Error, retryInMs: number) => void;
    /**
     * the server has done a command, after it had refused one
     */
    onAccepted?: () => void;
};
/**
 * @typedef {import("./taking.js").Delivery} Delivery
 * @typedef {import("./releasing.js").Settlement} Settlement
 * @typedef {import("./releasing.js").Burial} Burial
 * @typedef {import("./releasing.js").Requeue} Requeue
 * @typedef {import("./releasing.js").Parking} Parking
 *
 * @typedef {object} ConsumerOptions
 * @property {import("./url.js").RedisAddress} address
 * @property {import("./keys.js").Keys} keys
 * @property {string} workerName
 * @property {string} tagPrefix unique to this process, so that a tag is never used twice
 * @property {number} leaseMs
 * @property {number} deadLetterLimit
 * @property {number} [deadLetterMaxAgeMs] 0, the default = for ever
 * @property {string} resultKeyPrefix what the keys of results begin with; the task's id follows
 * @property {number} resultExpiresS how long results are kept; 0 = always
 * @property {number} [failureExpiresS] the same for failures; default `resultExpiresS`
 * @property {number} [connectTimeoutMs]
 * @property {(error: Error, retryInMs: number) => void} [onDown] the connection was lost or could not be opened
 * @property {() => void} [onUp]
 * @property {(error: Error, retryInMs: number) => void} [onRefused] the server answered a command with an error; it is repeated
 * @property {() => void} [onAccepted] the server has done a command, after it had refused one
 */
export declare class RedisConsumer {
    #private;
    options: ConsumerOptions;
    connection: RedisConnection;
    /** @param {ConsumerOptions} options */
    constructor(options: ConsumerOptions);
    /** @returns {number} when the server last answered a `take`, by `monotonicMs`; 0 = never */
    get answeredAtMs(): number;
    /**
     * Connects (waiting as long as it takes), checks the server, and starts listening to the queues.
     *
     * @param {string[]} queues
     * @returns {Promise<string[]>} warnings about the server
     * @throws {ImproperlyConfigured} when the server cannot be trusted with messages, see `checkServer`
     */
    start(queues: string[]): Promise<string[]>;
    /** @returns {readonly string[]} the queues that are listened to */
    get queues(): readonly string[];
    /**
     * Listens to one more queue.
     *
     * @param {string} queue
     * @param {{ exchange: string, routingKey: string }} binding
     * @returns {Promise<void>}
     */
    addQueue(queue: string, binding: {
        exchange: string;
        routingKey: string;
    }): Promise<void>;
    /**
     * Sends an answer of remote control, once: whoever asked does not wait for long.
     *
     * @param {import("../../protocol/pidbox.js").ReplyAddress} address
     * @param {string} text
     * @returns {Promise<boolean>} false when nobody is there any more
     */
    reply(address: import("../../protocol/pidbox.js").ReplyAddress, text: string): Promise<boolean>;
    /** Listens to a queue no more. @param {string} queue */
    cancelQueue(queue: string): void;
    /**
     * Takes what is there now. After a call whose reply was lost, the next one returns what the lost call took. It never
     * uses that call's tags again: the lost command may still sit in a socket of the server and be executed later.
     *
     * @param {number} limit most messages to take
     * @returns {Promise<{ deliveries: Delivery[], undecodable: number }>}
     * @throws when the connection is down or the server refuses; nothing is lost by calling again
     */
    take(limit: number): Promise<{
        deliveries: Delivery[];
        undecodable: number;
    }>;
    /**
     * Waits until a queue may hold messages: a waiter saw one, `wake` was called, or a second has passed.
     *
     * @returns {Promise<void>}
     */
    wait(): Promise<void>;
    /** Ends a wait. */
    wake(): void;
    /**
     * Notes that a message whose worker was lost before is about to run.
     *
     * @param {number} number of the delivery
     * @returns {Promise<boolean>} false when its lease has run out
     */
    markStarted(number: number): Promise<boolean>;
    /**
     * Stores results and acknowledges their messages.
     *
     * @param {Settlement[]} items
     * @param {() => void} [onSent] called when the command is on its way: a later `take` is executed after it
     * @returns {Promise<number[]>} indexes of those whose lease had run out, so that somebody else has or had the message
     * @throws when the server refuses one of the results for good (`isRefusedResult`); some of the others are then stored, and
     *   nothing is acknowledged
     */
    settle(items: Settlement[], onSent?: () => void): Promise<number[]>;
    /**
     * Moves messages to their dead-letter lists.
     *
     * @param {Burial[]} items
     * @returns {Promise<number[]>} indexes of those whose lease had run out
     */
    bury(items: Burial[]): Promise<number[]>;
    /**
     * Puts messages back into their queues.
     *
     * @param {Requeue[]} items
     * @returns {Promise<number[]>} indexes of those whose lease had run out
     */
    requeue(items: Requeue[]): Promise<number[]>;
    /**
     * Lets go of messages until their eta is near.
     *
     * @param {Parking[]} items
     * @returns {Promise<number[]>} indexes of those whose lease had run out
     */
    park(items: Parking[]): Promise<number[]>;
    /** @returns {boolean} whether `broadcast` would reach the server now */
    get canBroadcast(): boolean;
    /**
     * Tells whoever listens to a fanout exchange, once.
     *
     * @param {string} exchange
     * @param {string} routingKey
     * @param {string} text
     * @returns {Promise<void>}
     * @throws when the connection is down or the server refuses; it may have been told if only the answer was lost
     */
    broadcast(exchange: string, routingKey: string, text: string): Promise<void>;
    /** Closes every connection; what was taken and not settled stays leased until the lease runs out. */
    close(): void;
}
