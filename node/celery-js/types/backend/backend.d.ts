export type ResultMeta = import("../protocol/result-meta.js").ResultMeta;
export type WaitOptions = {
    /**
     * default: as long as it takes
     */
    timeoutMs?: number | null;
    signal?: AbortSignal;
    /**
     * between two polls, where the backend polls
     */
    intervalMs?: number;
    /**
     * called with each state, the final one included
     */
    onMessage?: (meta: ResultMeta) => unknown;
};
export type ResultBackend = {
    /**
     * the key of a task's result
     */
    key: (taskId: string) => string;
    /**
     * what is stored now
     */
    get: (taskId: string) => Promise<ResultMeta | null>;
    /**
     *   resolves once the result is ready
     */
    wait: (taskId: string, options?: WaitOptions) => Promise<ResultMeta>;
    /**
     * stores what
     * `encodeMeta` wrote; `expires` in seconds. Rejects with a `Refusal` (transport/errors.js) if the server refuses it
     */
    storeText: (taskId: string, metaText: string, options?: {
        expires?: number | null;
    }) => Promise<void>;
    forget: (taskId: string) => Promise<void>;
    /**
     * `tuple`: the group's result as `asTuple()`
     */
    saveGroup: (groupId: string, tuple: unknown) => Promise<void>;
    /**
     * the tuple, null when none was saved
     */
    restoreGroup: (groupId: string) => Promise<unknown>;
    deleteGroup: (groupId: string) => Promise<void>;
    /**
     * null: it counts no parts, and the task `celery.chord_unlock` polls them (Celery's
     * `fallback_chord_unlock`)
     */
    chords: ChordStore | null;
    /**
     * deletes expired results, where the server does not do that by itself
     */
    cleanUp?: () => Promise<void>;
    /**
     * resolves once the server has accepted a connection
     */
    ready: () => Promise<void>;
    close: () => Promise<void>;
};
export type ChordPart = {
    taskId: string;
    /**
     * in the header
     */
    index: number | null;
    /**
     * `[1, task id, state, result]` as JSON
     */
    text: string;
    /**
     * how long the claim to send the body lasts, if this is the last part
     */
    claimS: number;
    /**
     * of that claim
     */
    token: string;
};
export type ChordStanding = "waiting" | "claimed" | "taken" | "done";
export type ChordStore = {
    setSize: (groupId: string, size: number) => Promise<void>;
    /**
     * one more part than the size says
     */
    addOne: (groupId: string) => Promise<void>;
    addPart: (groupId: string, part: ChordPart) => Promise<ChordStanding>;
    /**
     * the parts' texts, in header order or in the order in which
     * they ended
     */
    results: (groupId: string) => Promise<string[]>;
    /**
     * false: another worker
     * has it
     */
    prolongClaim: (groupId: string, token: string, seconds: number) => Promise<boolean>;
    /**
     * has any claim end after that time
     */
    endClaim: (groupId: string, seconds: number) => Promise<void>;
    /**
     * forgets the parts; the body was sent
     */
    close: (groupId: string, token: string, doneS: number) => Promise<boolean>;
    /**
     * a failed part has called them, as JSON
     */
    noteErrbacks: (groupId: string, errbacks: readonly string[]) => Promise<void>;
    /**
     * those that failed parts have called
     */
    calledErrbacks: (groupId: string) => Promise<string[]>;
    /**
     * for a failed chord, which can never complete
     */
    dropSize: (groupId: string) => Promise<void>;
};
export type BackendKind = {
    /**
     * of its URLs, in lower case
     */
    schemes: readonly string[];
    /**
     * that are not secret
     */
    urlParameters: readonly string[];
    create: (settings: import("../settings.js").Settings & {
        resultBackend: string;
    }) => ResultBackend;
};
/** The kinds of result backend. The first one refuses unknown schemes. @type {BackendKind[]} */
export declare const BACKENDS: BackendKind[];
/**
 * @param {import("../settings.js").Settings} settings
 * @returns {ResultBackend} not connected yet: the first command opens the connection
 * @throws {ImproperlyConfigured} when no backend has the URL's scheme
 */
export declare function createBackend(settings: import("../settings.js").Settings): ResultBackend;
/**
 * @param {string} url of a result backend
 * @returns {string} for logs, errors and `inspect`, see `hideSecrets`
 */
export declare const hideBackendPassword: (url: string) => string;
