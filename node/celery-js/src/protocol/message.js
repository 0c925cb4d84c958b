/** Messages: a task's message, the envelope around it, and the way back. */
export { decodeEnvelope } from "./decode-envelope.js";
export { decodeTask } from "./decode-task.js";
export { anonymousOrigin, encodeEnvelope, isoOrNull, taskMessage } from "./encode-message.js";
export { markRedelivered } from "./redelivered.js";

/** @typedef {import("./decode-task.js").TaskMessage} TaskMessage */
/** @typedef {import("./decode-task.js").TaskIdentity} TaskIdentity */
/** @typedef {import("./decode-task.js").Embed} Embed */
/** @typedef {import("./decode-task.js").DeliveryInfo} DeliveryInfo */
/** @typedef {import("./decode-envelope.js").Envelope} Envelope */
/** @typedef {import("./encode-message.js").Message} Message */
/** @typedef {import("./encode-message.js").Address} Address */
/** @typedef {import("./encode-message.js").TaskMessageOptions} TaskMessageOptions */
