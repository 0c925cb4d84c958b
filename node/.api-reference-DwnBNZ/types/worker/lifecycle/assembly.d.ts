import { Health } from "./health.js";
export type Assembly = {
    taskConsumer: import("../../transport/transport.js").Consumer;
    settleBatcher: import("../completion/settle-batcher.js").SettleBatcher;
    dispatcher: import("../intake/dispatcher.js").Dispatcher;
    consumer: import("../intake/consumer.js").Consumer;
    health: Health;
    events: import("../observers/event-dispatcher.js").EventDispatcher;
    /**
     * null if it does not beat
     */
    heart: import("../observers/heart.js").Heart | null;
    rateLimits: import("../intake/rate-limits.js").RateLimits;
    pools: import("../pools/assembly.js").Pools;
    revocations: import("../model/revocations.js").Revocations;
    /**
     * null if the other workers are not asked
     */
    mingle: import("../control/mingle.js").Mingle | null;
};
export type Plan = {
    app: import("../model/types.js").WorkerApp;
    worker: {
        hostname: string;
    };
    hostname: string;
    log: import("../observers/log.js").Logger;
    options: import("./options.js").CheckedOptions;
    reporter: import("../observers/reporter.js").Reporter;
    /**
     * the module that a thread of the pool runs
     */
    threadEntry: URL;
    onTooManyZombies: (zombies: number) => void;
    /**
     * called when remote control stops the worker
     */
    onShutdown: () => void;
    /**
     * ends what would be tried again for ever, once the worker has stopped
     */
    closed: AbortSignal;
};
/**
 * @typedef {object} Assembly
 * @property {import("../../transport/transport.js").Consumer} taskConsumer
 * @property {import("../completion/settle-batcher.js").SettleBatcher} settleBatcher
 * @property {import("../intake/dispatcher.js").Dispatcher} dispatcher
 * @property {import("../intake/consumer.js").Consumer} consumer
 * @property {Health} health
 * @property {import("../observers/event-dispatcher.js").EventDispatcher} events
 * @property {import("../observers/heart.js").Heart | null} heart null if it does not beat
 * @property {import("../intake/rate-limits.js").RateLimits} rateLimits
 * @property {import("../pools/assembly.js").Pools} pools
 * @property {import("../model/revocations.js").Revocations} revocations
 * @property {import("../control/mingle.js").Mingle | null} mingle null if the other workers are not asked
 *
 * @typedef {object} Plan the inputs of the assembly
 * @property {import("../model/types.js").WorkerApp} app
 * @property {{ hostname: string }} worker
 * @property {string} hostname
 * @property {import("../observers/log.js").Logger} log
 * @property {import("./options.js").CheckedOptions} options
 * @property {import("../observers/reporter.js").Reporter} reporter
 * @property {URL} threadEntry the module that a thread of the pool runs
 * @property {(zombies: number) => void} onTooManyZombies
 * @property {() => void} onShutdown called when remote control stops the worker
 * @property {AbortSignal} closed ends what would be tried again for ever, once the worker has stopped
 */
/**
 * @param {Plan} plan
 * @returns {Assembly}
 */
export declare function assemble(plan: Plan): Assembly;
