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
 * @returns {GetOptions & { intermediate?: boolean }}
 * @throws {TypeError} as `methodOptions`
 */
export declare const collectOptions: (options: unknown) => GetOptions & {
    intermediate?: boolean;
};
/**
 * @param {unknown} options
 * @returns {import("./result.js").RevokeOptions}
 * @throws {TypeError} as `methodOptions`
 */
export declare const revokeOptions: (options: unknown) => import("./result.js").RevokeOptions;
