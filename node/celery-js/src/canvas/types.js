/** The shapes of what workflows are made of. */

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
