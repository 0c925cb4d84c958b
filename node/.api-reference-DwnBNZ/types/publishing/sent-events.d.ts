export type Publication = import("../transport/transport.js").Publication;
export type SendingApp = {
    settings: Pick<import("../settings.js").Settings, "taskSendSentEvent" | "eventExchange">;
    clock: import("../protocol/clock.js").LamportClock;
    publisher: {
        publish: (publication: Publication) => Promise<unknown>;
    };
};
/**
 * @typedef {import("../transport/transport.js").Publication} Publication
 *
 * @typedef {object} SendingApp
 * @property {Pick<import("../settings.js").Settings, "taskSendSentEvent" | "eventExchange">} settings
 * @property {import("../protocol/clock.js").LamportClock} clock
 * @property {{ publish: (publication: Publication) => Promise<unknown> }} publisher
 */
/**
 * Publishes the event once the broker has the message. The caller does not wait for it, and a failure loses it.
 *
 * @template T
 * @param {SendingApp} app
 * @param {Promise<T>} sending
 * @param {Record<string, unknown>} headers of the message
 * @param {Publication} publication the message, and where it goes
 * @param {string} [queue] that its route names
 * @returns {Promise<T>} the same promise without `taskSendSentEvent`
 */
export declare function withSentEvent<T>(app: SendingApp, sending: Promise<T>, headers: Record<string, unknown>, publication: Publication, queue?: string): Promise<T>;
