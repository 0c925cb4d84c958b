/** Messages: a task's message, the envelope around it, and the way back. */
export { decodeEnvelope } from "./decode-envelope.js";
export { decodeTask } from "./decode-task.js";
export { anonymousOrigin, encodeEnvelope, isoOrNull, taskMessage } from "./encode-message.js";
export { markRedelivered } from "./redelivered.js";
export type TaskMessage = import("./decode-task.js").TaskMessage;
export type TaskIdentity = import("./decode-task.js").TaskIdentity;
export type Embed = import("./decode-task.js").Embed;
export type DeliveryInfo = import("./decode-task.js").DeliveryInfo;
export type Envelope = import("./decode-envelope.js").Envelope;
export type Message = import("./encode-message.js").Message;
export type Address = import("./encode-message.js").Address;
export type TaskMessageOptions = import("./encode-message.js").TaskMessageOptions;
