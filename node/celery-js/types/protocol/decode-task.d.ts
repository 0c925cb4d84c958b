export type Envelope = import("./decode-envelope.js").Envelope;
export type Limits = import("./limits.js").Limits;
export type TaskMessage = import("./message.js").TaskMessage;
export type DeliveryInfo = import("./message.js").DeliveryInfo;
/** The longest task id: ids are parts of keys, log lines and counts (`restore.lua` has the same number). */
export declare const MAX_ID_BYTES = 2048;
/**
 * @param {Envelope} envelope
 * @param {Limits} [limits]
 * @returns {TaskMessage}
 * @throws {ContentDisallowed} when the content is not JSON; names its type
 * @throws {DecodeError} when the body cannot be read
 * @throws {InvalidTaskError} when it is readable and no task: no name, no id, arguments or moments of the wrong shape.
 *   All of them carry `taskId` and `taskName` (`TaskIdentity`), null where they could not be read
 */
export declare function decodeTask(envelope: Envelope, limits?: Limits): TaskMessage;
/**
 * @param {{ callbacks?: unknown, errbacks?: unknown, chain?: unknown }} embed what is to follow a task
 * @param {Limits} limits
 * @param {import("./limits.js").ErrorClass} [Refusal]
 * @throws {InvalidTaskError} when a limit is exceeded
 */
export declare function checkFollowers({ callbacks, errbacks, chain }: {
    callbacks?: unknown;
    errbacks?: unknown;
    chain?: unknown;
}, limits: Limits, Refusal?: import("./limits.js").ErrorClass): void;
/**
 * @param {string} taskId
 * @param {import("./limits.js").ErrorClass} [Refusal]
 * @throws {InvalidTaskError} for one that is too long
 */
export declare function checkTaskId(taskId: string, Refusal?: import("./limits.js").ErrorClass): void;
