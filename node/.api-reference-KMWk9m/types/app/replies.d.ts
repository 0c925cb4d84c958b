/** Answers of workers, by the workers' names (`celery.app.control.flatten_reply`). */
export type Reply = import("./broadcast.js").Reply;
/** @typedef {import("./broadcast.js").Reply} Reply */
/**
 * @param {readonly Reply[]} replies each of one worker: its name -> what it answered
 * @returns {Reply} all in one; of several workers of one name, the last one's. Node's process is then warned with Celery's
 *   `DuplicateNodenameWarning`, as the sender of a command cannot choose between them
 */
export declare function flattenReplies(replies: readonly Reply[]): Reply;
