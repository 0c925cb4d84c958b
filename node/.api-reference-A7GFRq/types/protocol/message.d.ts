/** Messages: a task's message, the envelope around it, and the way back. */
export { decodeTask } from "./decode-task.js";
export { decodeEnvelope, encodeEnvelope } from "./envelope.js";
export { markRedelivered } from "./redelivered.js";
export { anonymousOrigin, taskMessage } from "./task-message.js";
export type TaskMessage = import("./decode-task.js").TaskMessage;
export type TaskIdentity = import("./decode-task.js").TaskIdentity;
export type Embed = import("./decode-task.js").Embed;
export type DeliveryInfo = import("./decode-task.js").DeliveryInfo;
export type Envelope = import("./envelope.js").Envelope;
export type Message = import("./envelope.js").Message;
export type Address = import("./envelope.js").Address;
export type TaskMessageOptions = import("./task-message.js").TaskMessageOptions;
/** @typedef {import("./decode-task.js").TaskMessage} TaskMessage */
/** @typedef {import("./decode-task.js").TaskIdentity} TaskIdentity */
/** @typedef {import("./decode-task.js").Embed} Embed */
/** @typedef {import("./decode-task.js").DeliveryInfo} DeliveryInfo */
/** @typedef {import("./envelope.js").Envelope} Envelope */
/** @typedef {import("./envelope.js").Message} Message */
/** @typedef {import("./envelope.js").Address} Address */
/** @typedef {import("./task-message.js").TaskMessageOptions} TaskMessageOptions */
