/** Messages: a task's message, the envelope around it, and the way back. */
export { decodeEnvelope } from "./decode-envelope.js";
export { decodeTask } from "./decode-task.js";
export { anonymousOrigin, encodeEnvelope, isoOrNull, taskMessage } from "./encode-message.js";
export { markRedelivered } from "./redelivered.js";

/** @typedef {import("./decode-envelope.js").Envelope} Envelope */
/** @typedef {import("./encode-message.js").Message} Message */
/** @typedef {import("./encode-message.js").Address} Address */
/** @typedef {import("./encode-message.js").TaskMessageOptions} TaskMessageOptions */

/**
 * @typedef {object} Embed what is to happen after the task; signatures as they stand on the wire
 * @property {unknown[] | null} callbacks
 * @property {unknown[] | null} errbacks
 * @property {unknown[] | null} chain
 * @property {unknown} chord
 */

/**
 * @typedef {object} DeliveryInfo
 * @property {string | null} exchange
 * @property {string | null} routing_key
 * @property {number | null} priority
 * @property {boolean} redelivered
 */

/**
 * @typedef {object} TaskMessage
 * @property {string} id
 * @property {string} name
 * @property {unknown[]} args
 * @property {Record<string, unknown>} kwargs
 * @property {Embed} embed
 * @property {Record<string, unknown> | null} headers the sender's own headers, null without any (Celery's `request.headers`)
 * @property {Record<string, unknown>} rawHeaders all of the message's headers
 * @property {Record<string, unknown>} properties
 * @property {DeliveryInfo} deliveryInfo
 * @property {number} retries
 * @property {string | null} eta ISO text that `parseIso` reads
 * @property {string | null} expires ISO text that `parseIso` reads
 * @property {[number | null, number | null]} timelimit seconds: hard, soft
 * @property {string | null} rootId
 * @property {string | null} parentId
 * @property {string | null} group
 * @property {number | null} groupIndex
 * @property {string | null} shadow
 * @property {string | null} origin
 * @property {boolean | null} ignoreResult null where the sender leaves it to the task
 * @property {string | null} argsrepr
 * @property {string | null} kwargsrepr
 * @property {string | null} replyTo
 * @property {string | null} correlationId
 * @property {number} priority
 * @property {boolean} redelivered whether it was delivered before
 * @property {string[] | null} stampedHeaders
 * @property {Record<string, unknown>} stamps
 * @property {number} replacedTaskNesting
 * @property {boolean | null} utc of protocol 1: whether its times are UTC
 * @property {1 | 2} protocol
 */

/**
 * @typedef {object} TaskIdentity what an error of `decodeTask` carries, as far as it could be read
 * @property {string | null} taskId
 * @property {string | null} taskName
 */
