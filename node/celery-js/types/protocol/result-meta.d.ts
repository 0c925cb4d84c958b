export type ExtendedMeta = {
    /**
     * the task's
     */
    name: string | null;
    args: readonly unknown[] | null;
    kwargs: Readonly<Record<string, unknown>> | null;
    /**
     * the worker's node name
     */
    worker: string | null;
    retries: number | null;
    queue: string | null;
    stampedHeaders?: readonly string[] | null;
    stamps?: Readonly<Record<string, unknown>>;
};
export type MetaOptions = {
    status: string;
    /**
     * an Error is stored as an exception where the status is one of an exception
     */
    result?: unknown;
    /**
     * the result as JSON text, where it is written already; `result` is then not looked at
     */
    resultText?: string;
    traceback?: string | null;
    /**
     * what the task sent, each as `asTuple()`; default none
     */
    children?: readonly unknown[] | null;
    /**
     * ISO text; default now for a state that is ready, else null
     */
    dateDone?: string | null;
    taskId: string;
    groupId?: string | null;
    parentId?: string | null;
    extended?: ExtendedMeta | null;
};
export type ResultMeta = {
    status: string;
    /**
     * the exception itself where the status is one of an exception
     */
    result: unknown;
    traceback: string | null;
    children: unknown[] | null;
    /**
     * ISO text
     */
    dateDone: string | null;
    taskId: string | null;
    groupId: string | null;
    parentId: string | null;
    /**
     * this and the following: with `resultExtended` only
     */
    name: string | null;
    args: unknown;
    kwargs: unknown;
    worker: string | null;
    retries: number | null;
    queue: string | null;
    /**
     * all that was stored, by Celery's names
     */
    raw: Record<string, unknown>;
};
/**
 * @param {MetaOptions} meta
 * @returns {string}
 * @throws {EncodeError} when the result holds what JSON cannot; the message has the path to it
 */
export declare function encodeMeta(meta: MetaOptions): string;
/**
 * @param {string} metaText as `encodeMeta` writes it
 * @returns {boolean} whether it is that of a failure, which may expire sooner
 */
export declare const isFailureText: (metaText: string) => boolean;
/**
 * @param {string} text what the backend stored
 * @returns {ResultMeta}
 * @throws {DecodeError} when it is not a result of Celery's
 */
export declare function decodeMeta(text: string): ResultMeta;
