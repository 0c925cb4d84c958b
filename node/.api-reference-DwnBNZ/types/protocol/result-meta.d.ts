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
 * @param {string} metaText as `encodeMeta` writes it
 * @returns {boolean} whether it is that of a failure, which may expire sooner
 */
export declare const isFailureText: (metaText: string) => boolean;
/**
 * @param {string} text what the backend stored
 * @returns {ResultMeta}
 * @throws `DecodeError` when it is not a result of Celery's
 */
export declare function decodeMeta(text: string): ResultMeta;
