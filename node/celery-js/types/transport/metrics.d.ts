/**
 * A worker's metrics, as Prometheus knows them, in memory that two threads share: the event loop adds to numbers, and the
 * thread that answers `/metrics` reads them, even while the event loop is blocked. No message is sent for a task.
 */
/** The default buckets of prom-client and prometheus-client, and four for longer tasks. */
export declare const RUNTIME_BUCKETS: number[];
export declare const WAIT_BUCKETS: number[];
export declare const LAG_BUCKETS: number[];
export type Family = {
    kind: "counter" | "gauge" | "histogram";
    /**
     * `hostname` is filled in where the text is written
     */
    labels: readonly string[];
    help: string;
    /**
     * the last one, +Inf, left out
     */
    buckets?: readonly number[];
};
export type FamilyName = keyof typeof FAMILIES;
/** @satisfies {Record<string, Family>} */
export declare const FAMILIES: {
    readonly celery_task_sent_total: {
        readonly kind: "counter";
        readonly labels: string[];
        readonly help: "Tasks that the worker has sent: by its tasks, their callbacks and retries.";
    };
    readonly celery_task_received_total: {
        readonly kind: "counter";
        readonly labels: string[];
        readonly help: "Tasks that the worker has received.";
    };
    readonly celery_task_started_total: {
        readonly kind: "counter";
        readonly labels: string[];
        readonly help: "Tasks that it has started.";
    };
    readonly celery_task_succeeded_total: {
        readonly kind: "counter";
        readonly labels: string[];
        readonly help: "Tasks that have succeeded.";
    };
    readonly celery_task_failed_total: {
        readonly kind: "counter";
        readonly labels: readonly [...string[], "exception"];
        readonly help: "Tasks that have failed for good.";
    };
    readonly celery_task_rejected_total: {
        readonly kind: "counter";
        readonly labels: string[];
        readonly help: "Tasks whose message was rejected: put back, or moved to the dead letters.";
    };
    readonly celery_task_revoked_total: {
        readonly kind: "counter";
        readonly labels: string[];
        readonly help: "Tasks that were revoked, or have expired.";
    };
    readonly celery_task_retried_total: {
        readonly kind: "counter";
        readonly labels: string[];
        readonly help: "Tasks that have failed and will run again.";
    };
    readonly celery_task_runtime: {
        readonly kind: "histogram";
        readonly labels: string[];
        readonly help: "How long tasks run, in seconds.";
        readonly buckets: number[];
    };
    readonly celery_task_queue_wait_time: {
        readonly kind: "histogram";
        readonly labels: string[];
        readonly help: "How long tasks wait from their sending, or their eta, until they start, in seconds.";
        readonly buckets: number[];
    };
    readonly celery_worker_info: {
        readonly kind: "gauge";
        readonly labels: readonly [...string[], "worker", "language", "version", "pool", "contract"];
        readonly help: "The worker's name, version, pool and contract.";
    };
    readonly celery_worker_up: {
        readonly kind: "gauge";
        readonly labels: string[];
        readonly help: "1: the worker runs.";
    };
    readonly celery_worker_ready: {
        readonly kind: "gauge";
        readonly labels: string[];
        readonly help: "1: the worker consumes, as /readyz says.";
    };
    readonly celery_worker_broker_connected: {
        readonly kind: "gauge";
        readonly labels: string[];
        readonly help: "1: the broker answers.";
    };
    readonly celery_worker_tasks_active: {
        readonly kind: "gauge";
        readonly labels: string[];
        readonly help: "Tasks that run.";
    };
    readonly celery_worker_tasks_prefetched: {
        readonly kind: "gauge";
        readonly labels: string[];
        readonly help: "Tasks that wait in the worker for a slot.";
    };
    readonly celery_worker_tasks_scheduled: {
        readonly kind: "gauge";
        readonly labels: string[];
        readonly help: "Tasks that wait in the worker for their eta.";
    };
    readonly celery_worker_slots: {
        readonly kind: "gauge";
        readonly labels: readonly [...string[], "pool"];
        readonly help: "Tasks that it may run at a time.";
    };
    readonly celery_worker_slots_used: {
        readonly kind: "gauge";
        readonly labels: readonly [...string[], "pool"];
        readonly help: "Slots that run a task now.";
    };
    readonly celery_worker_messages_held: {
        readonly kind: "gauge";
        readonly labels: string[];
        readonly help: "Messages that the worker holds.";
    };
    readonly celery_worker_leases_renewed_total: {
        readonly kind: "counter";
        readonly labels: string[];
        readonly help: "Leases that were renewed.";
    };
    readonly celery_worker_leases_lost_total: {
        readonly kind: "counter";
        readonly labels: string[];
        readonly help: "Leases that ran out while their task was here.";
    };
    readonly celery_worker_restored_total: {
        readonly kind: "counter";
        readonly labels: string[];
        readonly help: "Messages of lost workers that it put back.";
    };
    readonly celery_worker_redelivered_total: {
        readonly kind: "counter";
        readonly labels: string[];
        readonly help: "Received messages that had lost a worker before.";
    };
    readonly celery_worker_dead_letters_total: {
        readonly kind: "counter";
        readonly labels: readonly [...string[], "reason"];
        readonly help: "Messages that it moved to the dead letters.";
    };
    readonly celery_worker_event_loop_lag_seconds: {
        readonly kind: "histogram";
        readonly labels: string[];
        readonly help: "How late the event loop runs a timer.";
        readonly buckets: number[];
    };
    readonly celery_worker_event_loop_stalled_seconds: {
        readonly kind: "gauge";
        readonly labels: string[];
        readonly help: "How long the event loop has been blocked.";
    };
    readonly celery_active_consumer_count: {
        readonly kind: "gauge";
        readonly labels: string[];
        readonly help: "Consumers of a queue.";
    };
    readonly celery_active_worker_count: {
        readonly kind: "gauge";
        readonly labels: string[];
        readonly help: "Workers that consume a queue.";
    };
    readonly celery_active_process_count: {
        readonly kind: "gauge";
        readonly labels: string[];
        readonly help: "Tasks that these workers may run at a time.";
    };
    readonly celery_queue_length: {
        readonly kind: "gauge";
        readonly labels: string[];
        readonly help: "Messages that wait in a queue, of all priorities.";
    };
    readonly celery_queue_dead_letters: {
        readonly kind: "gauge";
        readonly labels: string[];
        readonly help: "Dead letters of a queue.";
    };
    readonly celery_queue_messages_parked: {
        readonly kind: "gauge";
        readonly labels: string[];
        readonly help: "Messages of a queue that wait for a far eta.";
    };
    readonly celery_queue_oldest_message_age_seconds: {
        readonly kind: "gauge";
        readonly labels: string[];
        readonly help: "How long the message that is taken next has waited.";
    };
    readonly celery_broker_messages_held: {
        readonly kind: "gauge";
        readonly labels: readonly [];
        readonly help: "Messages that workers hold, of the whole database.";
    };
    readonly celery_broker_messages_parked: {
        readonly kind: "gauge";
        readonly labels: readonly [];
        readonly help: "Messages that wait for a far eta, of the whole database.";
    };
    readonly celery_broker_memory_used_bytes: {
        readonly kind: "gauge";
        readonly labels: readonly [];
        readonly help: "Memory that the server uses.";
    };
    readonly celery_broker_memory_limit_bytes: {
        readonly kind: "gauge";
        readonly labels: readonly [];
        readonly help: "The server's maxmemory; 0: none.";
    };
    readonly process_start_time_seconds: {
        readonly kind: "gauge";
        readonly labels: readonly [];
        readonly help: "Start time of the process since unix epoch in seconds.";
    };
    readonly process_cpu_seconds_total: {
        readonly kind: "counter";
        readonly labels: readonly [];
        readonly help: "Total user and system CPU time spent in seconds.";
    };
    readonly process_resident_memory_bytes: {
        readonly kind: "gauge";
        readonly labels: readonly [];
        readonly help: "Resident memory size in bytes.";
    };
};
/** The label of everything that does not get its own series. */
export declare const OTHER = "other";
/**
 * Whether a text that a sender or a task has chosen may be a label: short, and readable. A lone surrogate cannot be
 * encoded as UTF-8; control characters confuse readers. In Python `labels.py`.
 *
 * @param {string} text
 */
export declare const isLabel: (text: string) => boolean;
export type Series = {
    family: FamilyName;
    /**
     * those of its family, without `hostname`
     */
    labels: readonly string[];
    /**
     * its first cell; a histogram has one for each bucket, one for +Inf, and one for the sum
     */
    at: number;
};
export declare class Metrics {
    #private;
    cells: Float64Array<ArrayBufferLike>;
    /** @type {Series[]} */
    series: Series[];
    /** Called with each new series, for the other thread. @type {(series: Series) => void} */
    onSeries: (series: Series) => void;
    /** @param {{ cells?: Float64Array, series?: readonly Series[] }} [shared] another thread's */
    constructor({ cells, series }?: {
        cells?: Float64Array;
        series?: readonly Series[];
    });
    /**
     * @param {FamilyName} family
     * @param {readonly string[]} [labels]
     * @returns {number} the index of its first cell; 0, which is never shown, if there is no room left
     */
    add(family: FamilyName, labels?: readonly string[]): number;
    /** @param {number} at */
    count(at: number): void;
    /**
     * @param {number} at
     * @param {number} value
     */
    set(at: number, value: number): void;
    /**
     * Adds to a histogram.
     *
     * @param {number} at
     * @param {readonly number[]} buckets the family's
     * @param {number} value
     */
    observe(at: number, buckets: readonly number[], value: number): void;
}
/**
 * @param {FamilyName} family
 * @returns {readonly number[] | null}
 */
export declare const bucketsOf: (family: FamilyName) => readonly number[] | null;
