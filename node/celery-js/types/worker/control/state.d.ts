/** The parts of a worker that the commands of remote control may read and use. */
export type ControlState = {
    app: import("../model/types.js").WorkerApp;
    hostname: string;
    log: import("../observers/log.js").Logger;
    transport: import("../../transport/transport.js").Consumer;
    dispatcher: import("../intake/dispatcher.js").Dispatcher;
    consumer: import("../intake/consumer.js").Consumer;
    rateLimits: import("../intake/rate-limits.js").RateLimits;
    revocations: import("../model/revocations.js").Revocations;
    revokedStates: import("./revoked-states.js").RevokedStates;
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
 * @param {unknown} value
 * @returns {{ ok: unknown }} Celery's answer to a command that succeeded
 */
export declare const ok: (value: unknown) => {
    ok: unknown;
};
/**
 * @param {unknown} value
 * @returns {{ error: unknown }} Celery's answer to a command that failed
 */
export declare const nok: (value: unknown) => {
    error: unknown;
};
