export type GetOptions = {
    /**
     * seconds; default: as long as it takes
     */
    timeout?: number;
    /**
     * false returns a failed task's error instead of throwing it
     */
    propagate?: boolean;
    /**
     * false allows waiting inside a task
     */
    disableSyncSubtasks?: boolean;
    /**
     * false ignores failures of earlier tasks in the chain
     */
    followParents?: boolean;
    /**
     * aborts the wait; the wait rejects with the signal's reason
     */
    signal?: AbortSignal;
    /**
     * called with each state that is
     * stored meanwhile, the final one included, as Celery's `on_message`
     */
    onMessage?: (meta: import("../protocol/result-meta.js").ResultMeta) => unknown;
    /**
     * called with each result as it comes, and awaited. `join()`
     * returns an empty list then, as in Celery
     */
    callback?: (taskId: string, value: unknown) => unknown;
    /**
     * called once a second while a result is awaited; what it throws ends the wait
     */
    onInterval?: () => unknown;
    /**
     * seconds between two polls of a result in PostgreSQL; no effect with Redis, as in Celery
     */
    interval?: number;
    /**
     * for results that are messages; no effect here
     */
    noAck?: boolean;
};
export type RevokeOptions = {
    /**
     * true also stops the task if it runs
     */
    terminate?: boolean | null;
    /**
     * the signal that stops its process, in Python workers with processes; default "SIGTERM"
     */
    signal?: string | null;
    /**
     * whether to wait for the workers' answers; default false
     */
    wait?: boolean | null;
    /**
     * with `wait`, seconds to wait for each answer, 1 by default; else seconds until the command is
     * void (default: never)
     */
    timeout?: number | null;
};
/**
 * @param {unknown} options
 * @param {string} label such as "get()"
 * @returns {GetOptions} those that were given
 * @throws {TypeError} as `methodOptions`
 */
export declare const getOptions: (options: unknown, label: string) => GetOptions;
/**
 * @param {unknown} options
 * @returns {Omit<GetOptions, "callback">}
 * @throws {TypeError} as `methodOptions`
 */
export declare const iterateOptions: (options: unknown) => Omit<GetOptions, "callback">;
/**
 * @param {unknown} options
 * @returns {GetOptions & { intermediate?: boolean }}
 * @throws {TypeError} as `methodOptions`
 */
export declare const collectOptions: (options: unknown) => GetOptions & {
    intermediate?: boolean;
};
/**
 * @param {unknown} options
 * @returns {RevokeOptions}
 * @param {string} [method]
 * @throws {TypeError} as `methodOptions`
 */
export declare const revokeOptions: (options: unknown, method?: string) => RevokeOptions;
/**
 * Celery's `Control.revoke` takes `wait` as `reply`.
 *
 * @param {unknown} options of `revoke`
 * @param {string} [method]
 * @returns {import("./control.js").RevokeOptions}
 * @throws {TypeError} as `methodOptions`
 */
export declare function controlOptions(options: unknown, method?: string): import("./control.js").RevokeOptions;
/**
 * A caller that stops waiting for a group stops waiting for each task. Otherwise its script would run until they have ended.
 *
 * @param {AbortSignal} [outer]
 * @param {() => unknown} [onInterval] called until `stop`; what it throws aborts the signal
 * @returns {{ signal: AbortSignal, stop: () => void }}
 */
export declare function stoppable(outer?: AbortSignal, onInterval?: () => unknown): {
    signal: AbortSignal;
    stop: () => void;
};
/**
 * Waits, and calls `onInterval` meanwhile.
 *
 * @template T
 * @param {(() => unknown) | undefined} onInterval
 * @param {AbortSignal | undefined} outer of the caller
 * @param {(signal: AbortSignal | undefined) => Promise<T>} wait
 * @returns {Promise<T>}
 * @throws what `onInterval` throws, and what `wait` throws
 */
export declare function withIntervals<T>(onInterval: (() => unknown) | undefined, outer: AbortSignal | undefined, wait: (signal: AbortSignal | undefined) => Promise<T>): Promise<T>;
