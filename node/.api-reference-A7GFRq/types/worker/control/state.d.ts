/** What the commands of remote control see of a worker, and what they may do with it. */
export type ControlState = {
    app: import("../model/types.js").WorkerApp;
    hostname: string;
    log: import("../observers/log.js").Logger;
    transport: import("../../transport/redis/consumer.js").RedisConsumer;
    dispatcher: import("../intake/dispatcher.js").Dispatcher;
    consumer: import("../intake/consumer.js").Consumer;
    rateLimits: import("../intake/rate-limits.js").RateLimits;
    revocations: import("../model/revocations.js").Revocations;
    pools: import("../pools/assembly.js").Pools;
    events: import("../observers/event-dispatcher.js").EventDispatcher;
    options: import("../lifecycle/options.js").CheckedOptions;
    clock: import("../../protocol/clock.js").LamportClock;
    /**
     * epoch
     */
    startedAtMs: number;
    /**
     * begins a warm stop
     */
    stop: () => void;
};
/**
 * @typedef {object} ControlState
 * @property {import("../model/types.js").WorkerApp} app
 * @property {string} hostname
 * @property {import("../observers/log.js").Logger} log
 * @property {import("../../transport/redis/consumer.js").RedisConsumer} transport
 * @property {import("../intake/dispatcher.js").Dispatcher} dispatcher
 * @property {import("../intake/consumer.js").Consumer} consumer
 * @property {import("../intake/rate-limits.js").RateLimits} rateLimits
 * @property {import("../model/revocations.js").Revocations} revocations
 * @property {import("../pools/assembly.js").Pools} pools
 * @property {import("../observers/event-dispatcher.js").EventDispatcher} events
 * @property {import("../lifecycle/options.js").CheckedOptions} options
 * @property {import("../../protocol/clock.js").LamportClock} clock
 * @property {number} startedAtMs epoch
 * @property {() => void} stop begins a warm stop
 */
/** @param {unknown} value @returns {{ ok: unknown }} Celery's answer of a command that did what it was told */
export declare const ok: (value: unknown) => {
    ok: unknown;
};
/** @param {unknown} value @returns {{ error: unknown }} of one that did not */
export declare const nok: (value: unknown) => {
    error: unknown;
};
/** @param {unknown} value @returns {unknown[]} as Celery's `maybe_list` */
export declare const asList: (value: unknown) => unknown[];
