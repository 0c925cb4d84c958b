/** The shapes of what workflows are made of. */
export type SignatureData = {
    task: string;
    args: unknown[];
    kwargs: Record<string, unknown>;
    /**
     * with snake_case names
     */
    options: Record<string, unknown>;
    subtask_type: string | null;
    /**
     * true takes no further arguments
     */
    immutable: boolean;
};
export type Place = {
    /**
     * of the task, where it has none yet; default a new UUID
     */
    id?: string | null;
    groupId?: string | null;
    /**
     * the body of the chord that the task is a part of
     */
    chord?: import("./signature.js").Signature<any> | SignatureData | null;
    rootId?: string | null;
    parentId?: string | null;
    groupIndex?: number | null;
};
export type Call = {
    args: unknown[];
    kwargs: Record<string, unknown>;
    options: import("../tasks/send-options.js").SendOptions;
};
/**
 * Celery's dict, as it travels in messages.
 *
 * @typedef {object} SignatureData
 * @property {string} task
 * @property {unknown[]} args
 * @property {Record<string, unknown>} kwargs
 * @property {Record<string, unknown>} options with snake_case names
 * @property {string | null} subtask_type
 * @property {boolean} immutable true takes no further arguments
 */
/**
 * What freezing says of a task's place in a workflow; `null` where there is nothing to say.
 *
 * @typedef {object} Place
 * @property {string | null} [id] of the task, where it has none yet; default a new UUID
 * @property {string | null} [groupId]
 * @property {import("./signature.js").Signature<any> | SignatureData | null} [chord] the body of the chord that the task is a part of
 * @property {string | null} [rootId]
 * @property {string | null} [parentId]
 * @property {number | null} [groupIndex]
 */
/** What a signature calls its task with. @typedef {{ args: unknown[], kwargs: Record<string, unknown>, options: import("../tasks/send-options.js").SendOptions }} Call */
export {};
