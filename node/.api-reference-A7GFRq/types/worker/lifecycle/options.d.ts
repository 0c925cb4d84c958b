export type OwnWorkerOptions = {
    /**
     * default: the app's `taskDefaultQueue`
     */
    queues?: string[];
    /**
     * default `workerPrefetchMultiplier`; 0 = take all there is
     */
    prefetchMultiplier?: number;
    /**
     * that are left out of `queues`
     */
    excludeQueues?: string[];
    /**
     * the worker's name, with Celery's %h, %n and %d; default `celery@%h`
     */
    hostname?: string;
    /**
     * true tells monitors of tasks (Celery's -E); default `workerSendTaskEvents`
     */
    taskEvents?: boolean;
    /**
     * true does not tell monitors that the worker lives
     */
    withoutHeartbeat?: boolean;
    /**
     * seconds from one heartbeat to the next; default 2
     */
    heartbeatInterval?: number;
    /**
     * true does not ask the other workers at the start what is revoked
     */
    withoutMingle?: boolean;
    /**
     * default: one made of `workerLogLevel` and `workerLogFormat`
     */
    log?: import("../observers/log.js").Logger;
    /**
     * where that one writes to, instead of the standard output; %h, %n and %d are of the worker's name
     */
    logfile?: string;
    /**
     * where the process writes its id while it works; the same for its name
     */
    pidfile?: string;
    /**
     * where revoked ids are kept from one run to the next; the same for its name. Default `workerStateDb`
     */
    statedb?: string;
};
export type WorkerOptions = OwnWorkerOptions & import("../pools/options.js").PoolOptions;
export type Checked = {
    queues: string[];
    prefetchMultiplier: number;
    pidfile: string | null;
    statedb: string | null;
    taskEvents: boolean;
    withoutHeartbeat: boolean;
    /**
     * seconds
     */
    heartbeatInterval: number;
    withoutMingle: boolean;
};
export type CheckedOptions = Checked & import("../pools/options.js").CheckedPoolOptions;
/**
 * @param {WorkerOptions} given
 * @param {import("../../settings.js").Settings} settings
 * @returns {CheckedOptions}
 * @throws {ImproperlyConfigured} naming the option, its value and what it takes
 */
export declare function checkWorkerOptions(given: WorkerOptions, settings: import("../../settings.js").Settings): CheckedOptions;
