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
    longTasks: import("../intake/long-tasks.js").LongTasks;
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
     * aborts endless retries once the worker has stopped
     */
    closed: AbortSignal;
};
/**
 * @param {Plan} plan
 * @returns {Assembly}
 */
export declare function assemble(plan: Plan): Assembly;
