import { RedisChords } from "./chords.js";
export type ResultBackend = import("../backend.js").ResultBackend;
export type ResultMeta = import("../../protocol/result-meta.js").ResultMeta;
/**
 * @typedef {import("../backend.js").ResultBackend} ResultBackend
 * @typedef {import("../../protocol/result-meta.js").ResultMeta} ResultMeta
 */
/** @implements {ResultBackend} */
export declare class RedisResultStore implements ResultBackend {
    #private;
    /** Counts the parts of chords. */
    chords: RedisChords;
    /**
     * @param {object} options
     * @param {import("../../transport/redis/url.js").RedisAddress} options.address
     * @param {number} options.timeoutMs how long a command may take, connecting and repeating included
     * @param {string} [options.globalKeyprefix]
     * @param {number | null} [options.expires] seconds that results are kept; 0 or null = always
     * @param {number | null} [options.failureExpires] the same for failures; null = as long as other results
     * @param {number} [options.connectTimeoutMs]
     * @param {boolean} [options.chordOrdered] false gives the results of a chord's parts to its body as they come
     * @param {number} [options.decompressedSizeLimit] bytes that a compressed result may grow to
     * @param {string} [options.name] shown by `CLIENT LIST`
     * @param {number} [options.pingIntervalMs] how often a connection with waiters is pinged
     */
    constructor(options: {
        address: import("../../transport/redis/url.js").RedisAddress;
        timeoutMs: number;
        globalKeyprefix?: string;
        expires?: number | null;
        failureExpires?: number | null;
        connectTimeoutMs?: number;
        chordOrdered?: boolean;
        decompressedSizeLimit?: number;
        name?: string;
        pingIntervalMs?: number;
    });
    /** @returns {number} how many results are waited for or subscribed to */
    get waiting(): number;
    /**
     * For workers, which read the scripts here: later, a deployment may have put other files in their place.
     *
     * @returns {Promise<void>} once the server has accepted a connection
     * @throws `OperationalError` when it cannot be reached in time, or refuses
     */
    ready(): Promise<void>;
    /**
     * @param {string} taskId
     * @returns {string} where its result is, and the channel on which it is published
     */
    key(taskId: string): string;
    /**
     * @param {string} taskId
     * @returns {Promise<ResultMeta | null>} null when nothing is stored
     * @throws `OperationalError` when the server cannot be reached in time
     * @throws `DecodeError` when what is stored is not a result
     */
    get(taskId: string): Promise<ResultMeta | null>;
    /**
     * @param {string} taskId
     * @returns {Promise<void>} once nothing is stored any more
     * @throws `OperationalError` when the server cannot be reached in time
     */
    forget(taskId: string): Promise<void>;
    /**
     * Stores and publishes a result together. A stored SUCCESS is never overwritten
     * (`celery.backends.base.BaseKeyValueStoreBackend._store_result`).
     *
     * @param {string} taskId
     * @param {string} metaText as `encodeMeta` writes it
     * @param {{ expires?: number | null }} [options] seconds; default the backend's own
     * @returns {Promise<void>}
     * @throws `OperationalError` when the server cannot be reached in time or refuses
     */
    storeText(taskId: string, metaText: string, options?: {
        expires?: number | null;
    }): Promise<void>;
    /**
     * Waits for a result that is ready: by subscription, without polling.
     *
     * @param {string} taskId
     * @param {import("../backend.js").WaitOptions} [options]
     * @returns {Promise<ResultMeta>}
     * @throws `TimeoutError` when it is not there in time
     * @throws `OperationalError` when the server cannot be reached in time, or stays away for a minute
     */
    wait(taskId: string, { timeoutMs, signal, onMessage }?: import("../backend.js").WaitOptions): Promise<ResultMeta>;
    /**
     * @param {string} groupId
     * @param {unknown} tuple the group's result as `asTuple()`
     * @returns {Promise<void>}
     */
    saveGroup(groupId: string, tuple: unknown): Promise<void>;
    /**
     * @param {string} groupId
     * @returns {Promise<unknown>} what was saved; null for nothing
     */
    restoreGroup(groupId: string): Promise<unknown>;
    /**
     * @param {string} groupId
     * @returns {Promise<void>}
     */
    deleteGroup(groupId: string): Promise<void>;
    /** Closes the connections for good and rejects pending waits. @returns {Promise<void>} */
    close(): Promise<void>;
}
