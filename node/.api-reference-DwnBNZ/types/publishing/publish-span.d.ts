export type Published = import("./publish-signals.js").Published;
export type EndSpan = (error?: unknown) => void;
/**
 * @typedef {import("./publish-signals.js").Published} Published
 * @typedef {(error?: unknown) => void} EndSpan called once the broker has the message, or has refused it
 */
/**
 * Starts the span, and writes its context into the message's headers (`traceparent`, `tracestate`).
 *
 * @param {Published} published
 * @returns {EndSpan | null} null without an SDK
 */
export declare function startPublishSpan({ name, message: { headers, properties }, address }: Published): EndSpan | null;
