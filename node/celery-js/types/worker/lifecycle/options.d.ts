export type OwnWorkerOptions = {
    /**
     * default: the app's `taskQueues`, else its `taskDefaultQueue`
     */
    queues?: string[];
    /**
     * default `workerPrefetchMultiplier`; 0 = no limit
     */
    prefetchMultiplier?: number;
    /**
     * queues to leave out of `queues`
     */
    excludeQueues?: string[];
    /**
     * the worker's name, with Celery's %h, %n and %d; default `celery@%h`
     */
    hostname?: string;
    /**
     * true sends events of tasks to monitors (Celery's -E); default `workerSendTaskEvents`
     */
    taskEvents?: boolean;
    /**
     * true sends no heartbeats to monitors
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
     * the log's file, instead of standard output; %h, %n and %d are taken from the worker's name
     */
    logfile?: string;
    /**
     * where the process writes its id while it works; %h, %n and %d as above
     */
    pidfile?: string;
    /**
     * where revoked ids are kept from one run to the next; %h, %n and %d as above.
     * Default `workerStateDb`
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
