export type ResultBackend = import("./backend.js").ResultBackend;
/** @typedef {import("./backend.js").ResultBackend} ResultBackend */
/**
 * Mirrors `celery.backends.base.DisabledBackend`.
 *
 * @implements {ResultBackend}
 */
export declare class DisabledBackend implements ResultBackend {
    /**
     * @param {string} taskId
     * @returns {string}
     */
    key(taskId: string): string;
    /** @returns {Promise<void>} */
    storeText(): Promise<void>;
    /** @returns {Promise<never>} */
    get(): Promise<never>;
    /** @returns {Promise<never>} */
    wait(): Promise<never>;
    /** @returns {Promise<never>} */
    forget(): Promise<never>;
    /** @returns {Promise<never>} */
    saveGroup(): Promise<never>;
    /** @returns {Promise<never>} */
    restoreGroup(): Promise<never>;
    /** @returns {Promise<never>} */
    deleteGroup(): Promise<never>;
    /** @returns {never} Celery also refuses to send a chord without a result backend. */
    get chords(): never;
    /** @returns {Promise<void>} */
    ready(): Promise<void>;
    close(): Promise<void>;
}
