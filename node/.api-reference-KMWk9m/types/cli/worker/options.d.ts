export type WorkerOptions = import("../../worker/lifecycle/options.js").WorkerOptions;
export type Reader = {
    takes: string;
    /**
     * undefined: it is none; null: as if the option had not been given
     */
    read: (text: string) => unknown;
};
export type Row = import("../command.js").Option & {
    to: string;
    kind: Reader;
};
export type Arguments = {
    /**
     * of `app.worker()`
     */
    options: WorkerOptions;
    /**
     * instead of the app's
     */
    settings: Record<string, unknown>;
};
/** @satisfies {Record<string, Row>} */
export declare const WORKER_OPTIONS: {
    readonly queues: {
        readonly type: "string";
        readonly short: "Q";
        readonly metavar: "NAMES";
        readonly help: "Take tasks from these queues, separated by commas.";
        readonly to: "queues";
        readonly kind: Reader;
    };
    readonly "exclude-queues": {
        readonly type: "string";
        readonly short: "X";
        readonly metavar: "NAMES";
        readonly help: "Take tasks from none of these queues.";
        readonly to: "excludeQueues";
        readonly kind: Reader;
    };
    readonly concurrency: {
        readonly type: "string";
        readonly short: "c";
        readonly metavar: "COUNT";
        readonly help: "Tasks at a time in the pool of --pool; auto: one a processor.";
        readonly to: "concurrency";
        readonly kind: Reader;
    };
    readonly pool: {
        readonly type: "string";
        readonly short: "P";
        readonly metavar: "POOL";
        readonly help: "Where tasks run by default: async (the event loop) or threads.";
        readonly to: "pool";
        readonly kind: Reader;
    };
    readonly threads: {
        readonly type: "string";
        readonly metavar: "COUNT";
        readonly help: "Number of threads, for tasks that run in threads; auto: one per processor.";
        readonly to: "threadConcurrency";
        readonly kind: Reader;
    };
    readonly autoscale: {
        readonly type: "string";
        readonly metavar: "MAX,MIN";
        readonly help: "Threads are started when they are needed, and ended when they are idle.";
        readonly to: "autoscale";
        readonly kind: Reader;
    };
    readonly "max-tasks-per-child": {
        readonly type: "string";
        readonly metavar: "COUNT";
        readonly help: "After so many tasks a thread is replaced.";
        readonly to: "maxTasksPerChild";
        readonly kind: Reader;
    };
    readonly "max-memory-per-child": {
        readonly type: "string";
        readonly metavar: "KIB";
        readonly help: "A thread that uses more after a task is replaced.";
        readonly to: "maxMemoryPerChild";
        readonly kind: Reader;
    };
    readonly "prefetch-multiplier": {
        readonly type: "string";
        readonly metavar: "COUNT";
        readonly help: "Take this many times as many messages as there are slots.";
        readonly to: "prefetchMultiplier";
        readonly kind: Reader;
    };
    readonly "time-limit": {
        readonly type: "string";
        readonly metavar: "SECONDS";
        readonly help: "Hard limit for tasks that set none.";
        readonly to: "taskTimeLimit";
        readonly kind: Reader;
    };
    readonly "soft-time-limit": {
        readonly type: "string";
        readonly metavar: "SECONDS";
        readonly help: "Soft limit for tasks that set none.";
        readonly to: "taskSoftTimeLimit";
        readonly kind: Reader;
    };
    readonly optimization: {
        readonly type: "string";
        readonly short: "O";
        readonly metavar: "PROFILE";
        readonly help: "fair or default: a task is handed to a free slot in either.";
        readonly to: "optimization";
        readonly kind: Reader;
    };
    readonly "task-events": {
        readonly type: "boolean";
        readonly short: "E";
        readonly help: "Send events of tasks.";
        readonly to: "taskEvents";
        readonly kind: Reader;
    };
    readonly events: {
        readonly type: "boolean";
        readonly help: "The same.";
        readonly to: "taskEvents";
        readonly kind: Reader;
    };
    readonly "without-heartbeat": {
        readonly type: "boolean";
        readonly help: "Send no heartbeats.";
        readonly to: "withoutHeartbeat";
        readonly kind: Reader;
    };
    readonly "heartbeat-interval": {
        readonly type: "string";
        readonly metavar: "SECONDS";
        readonly help: "From one heartbeat to the next.";
        readonly to: "heartbeatInterval";
        readonly kind: Reader;
    };
    readonly "without-mingle": {
        readonly type: "boolean";
        readonly help: "Do not ask the other workers at the start what is revoked.";
        readonly to: "withoutMingle";
        readonly kind: Reader;
    };
    readonly "without-gossip": {
        readonly type: "boolean";
        readonly help: "As it is: a Node worker has no gossip.";
        readonly to: "withoutGossip";
        readonly kind: Reader;
    };
    readonly hostname: {
        readonly type: "string";
        readonly short: "n";
        readonly metavar: "NAME";
        readonly help: "The worker's name; %h is the host's, %n its first part, %d the rest.";
        readonly to: "hostname";
        readonly kind: Reader;
    };
    readonly loglevel: {
        readonly type: "string";
        readonly short: "l";
        readonly metavar: "LEVEL";
        readonly help: `${string}.`;
        readonly to: "workerLogLevel";
        readonly kind: Reader;
    };
    readonly logfile: {
        readonly type: "string";
        readonly short: "f";
        readonly metavar: "FILE";
        readonly help: "Append the log to this file; %n and %h are of the worker's name.";
        readonly to: "logfile";
        readonly kind: Reader;
    };
    readonly pidfile: {
        readonly type: "string";
        readonly metavar: "FILE";
        readonly help: "Keep the process's id there, and start only if no other process does.";
        readonly to: "pidfile";
        readonly kind: Reader;
    };
    readonly statedb: {
        readonly type: "string";
        readonly short: "S";
        readonly metavar: "FILE";
        readonly help: "Keep there what is revoked, from one run to the next.";
        readonly to: "statedb";
        readonly kind: Reader;
    };
};
/**
 * @param {import("../command.js").Values} values of a command line, as text
 * @returns {Arguments} what was given, and nothing else
 * @throws `UsageError` for an invalid value, naming the option and what it takes
 */
export declare function workerArguments(values: import("../command.js").Values): Arguments;
