export type ResultBackend = import("../backend/backend.js").ResultBackend;
export type ResultMeta = import("../protocol/result-meta.js").ResultMeta;
/** @implements {ResultBackend} */
export declare class MemoryResults implements ResultBackend {
    #private;
    /** Task id -> everything that was stored, the last one last. @type {Map<string, ResultMeta[]>} */
    history: Map<string, ResultMeta[]>;
    /** @param {string} taskId @returns {string} */
    key(taskId: string): string;
    /**
     * Stores a state, and adds it to the history. A stored SUCCESS is never overwritten.
     *
     * @param {string} taskId
     * @param {string} metaText as `encodeMeta` writes it
     * @returns {Promise<void>}
     */
    storeText(taskId: string, metaText: string): Promise<void>;
    /**
     * @param {string} taskId
     * @returns {Promise<ResultMeta | null>} null when nothing is stored
     */
    get(taskId: string): Promise<ResultMeta | null>;
    /**
     * Does not wait: an eager task has already ended.
     *
     * @param {string} taskId
     * @returns {Promise<ResultMeta>}
     * @throws {TimeoutError} when there is no result
     */
    wait(taskId: string): Promise<ResultMeta>;
    /** @param {string} taskId @returns {Promise<void>} */
    forget(taskId: string): Promise<void>;
    /** @param {string} groupId @param {unknown} tuple @returns {Promise<void>} */
    saveGroup(groupId: string, tuple: unknown): Promise<void>;
    /** @param {string} groupId @returns {Promise<unknown>} */
    restoreGroup(groupId: string): Promise<unknown>;
    /** @param {string} groupId @returns {Promise<void>} */
    deleteGroup(groupId: string): Promise<void>;
    /** @returns {never} */
    get chords(): never;
    ready(): Promise<void>;
    close(): Promise<void>;
}
