/**
 * @template T
 * @param {() => Promise<T>} operation repeated for as long as the running task's worker wants it, else done once
 * @returns {Promise<T>}
 */
export declare function persistently<T>(operation: () => Promise<T>): Promise<T>;
