export type Celery = import("./celery.js").Celery;
export type AnyResult = import("./result.js").AnyResult;
/**
 * @typedef {import("./celery.js").Celery} Celery
 * @typedef {import("./result.js").AnyResult} AnyResult
 */
/**
 * @param {Celery} app
 * @param {unknown} tuple
 * @returns {AnyResult} a group's where the tuple has results
 * @throws `DecodeError` when it is not a result
 */
export declare function resultFromTuple(app: Celery, tuple: unknown): AnyResult;
