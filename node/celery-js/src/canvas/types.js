/** The types of what workflows are made of. */

/**
 * @typedef {import("../app/result.js").AnyResult} AnyResult
 * @typedef {import("./signature.js").Signature<unknown, AnyResult | null>} AnySignature a task or a workflow, whatever its result
 */
/**
 * A signature made from data: the type of its result is unknown.
 *
 * @typedef {import("./signature.js").Signature<any, any>} UntypedSignature
 */
/**
 * The result of applying a signature.
 *
 * @template R what its task returns
 * @typedef {0 extends 1 & R ? any : import("../app/result.js").AsyncResult<R>} ResultOf the signature of an unknown task may be a
 *   workflow, with any kind of result
 */
/**
 * The workflow that ends with a signature. A group at its end gives a list, or as a group of one task that task's result.
 *
 * @template S `never` for an empty chain, which gives null
 * @typedef {[S] extends [never] ? AnySignature
 *   : S extends import("./group.js").Group<infer R>
 *   ? import("./signature.js").Signature<R | R[], import("../app/result.js").AsyncResult<R> | import("../app/group-result.js").GroupResult<R>>
 *   : S extends import("./signature.js").Signature<infer R, infer A extends AnyResult | null>
 *   ? import("./signature.js").Signature<R, A> : never} EndingWith
 */
/**
 * What a signature adds to the results of its group: a group in a group adds its own.
 *
 * @template S
 * @typedef {S extends import("./group.js").Group<infer R> ? R
 *   : S extends import("./signature.js").Signature<infer R, infer _ extends AnyResult | null> ? R : never} ElementOf
 */

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
 * A task's place in a workflow, for freezing; `null` where it has none.
 *
 * @typedef {object} Place
 * @property {string | null} [id] of the task, where it has none yet; default a new UUID
 * @property {string | null} [groupId]
 * @property {AnySignature | SignatureData | null} [chord] the body of the chord that the task is a part of
 * @property {string | null} [rootId]
 * @property {string | null} [parentId]
 * @property {number | null} [groupIndex]
 */
/** What a signature calls its task with. @typedef {{ args: unknown[], kwargs: Record<string, unknown>, options: import("../tasks/send-options.js").SendOptions }} Call */

export {};
