import { Releasing } from "./releasing.js";
export type Consumer = import("../transport.js").Consumer;
export type Delivery = import("../transport.js").Delivery;
export type Rotation = {
    queues: string[];
    texts: string[];
    keys: string[];
};
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
     * whether results are stored in this database, together with acknowledgements
     */
    hasResults?: boolean;
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
     * without it no lease is renewed
     */
    keeper?: import("./keeper.js").KeeperSettings;
};
/**
 * @typedef {import("../transport.js").Consumer} Consumer
 * @typedef {import("../transport.js").Delivery} Delivery
 * @typedef {{ queues: string[], texts: string[], keys: string[] }} Rotation the queues in one order, and the keys of `take.lua` for it
 *
 * @typedef {object} ConsumerOptions
 * @property {import("./url.js").RedisAddress} address
 * @property {import("./keys.js").Keys} keys
 * @property {string} workerName
 * @property {string} tagPrefix unique to this process, so that a tag is never used twice
 * @property {number} leaseMs
 * @property {number} deadLetterLimit
 * @property {number} [deadLetterMaxAgeMs] 0, the default = for ever
 * @property {boolean} [hasResults] whether results are stored in this database, together with acknowledgements
 * @property {string} resultKeyPrefix what the keys of results begin with; the task's id follows
 * @property {number} resultExpiresS how long results are kept; 0 = always
 * @property {number} [failureExpiresS] the same for failures; default `resultExpiresS`
 * @property {number} [connectTimeoutMs]
 * @property {import("./keeper.js").KeeperSettings} [keeper] without it no lease is renewed
 */
/** @implements {Consumer} */
export declare class RedisConsumer extends Releasing implements Consumer {
    #private;
    capabilities: Readonly<{
        canPark: true;
        canStoreResultsWithSettle: boolean;
    }>;
    /** @type {readonly string[]} */
    queues: readonly string[];
    answeredAtMs: number;
    /**
     * @param {ConsumerOptions} options
     * @param {Partial<import("../transport.js").ConsumerHooks>} [hooks]
     */
    constructor(options: ConsumerOptions, hooks?: Partial<import("../transport.js").ConsumerHooks>);
    /** @type {Consumer["watch"]} */
    watch(): Promise<import("../../validation/health-address.js").HealthAddress | null>;
    /** @type {Consumer["start"]} */
    start(queues: string[]): Promise<string[]>;
    /** @type {Consumer["startRenewing"]} */
    startRenewing(): Promise<void>;
    /** @type {Consumer["hold"]} */
    hold(deliveries: readonly import("../transport.js").Delivery[], limitsMs: readonly number[]): void;
    /** @type {Consumer["release"]} */
    release(delivery: import("../transport.js").Delivery): void;
    /** @type {Consumer["addQueue"]} */
    addQueue(queue: string, binding: {
        exchange: string;
        routingKey: string;
    }): Promise<void>;
    /** @type {Consumer["cancelQueue"]} */
    cancelQueue(queue: string): void;
    /**
     * See `Consumer`. It never uses the tags of a lost call again: its command may still sit in a socket of the server and be
     * executed later.
     *
     * @type {Consumer["take"]}
     */
    take(limit: number): Promise<{
        deliveries: import("../transport.js").Delivery[];
        undecodable: number;
    }>;
    /** @type {Consumer["wait"]} */
    wait(): Promise<void>;
    /** @type {Consumer["wake"]} */
    wake(): void;
    /** See `Consumer`. */
    get isConnected(): boolean;
    /** @type {Consumer["reconnected"]} */
    reconnected(timeoutMs: number): Promise<void>;
    /** @type {Consumer["answers"]} */
    answers(): Promise<unknown>;
    /** @type {Consumer["reply"]} */
    reply(address: import("../../protocol/pidbox.js").ReplyAddress, text: string): Promise<boolean>;
    /** @type {Consumer["broadcast"]} */
    broadcast(exchange: string, routingKey: string, text: string): Promise<void>;
    /** See `Consumer`. @override */
    close(): void;
    /** @type {Consumer["stop"]} */
    stop(): Promise<void>;
}
