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
 * Tells of a message once the broker has it. Nobody waits for that, and where it cannot be told it is lost.
 *
 * @template T
 * @param {SendingApp} app
 * @param {Promise<T>} sending
 * @param {Record<string, unknown>} headers of the message
 * @param {Publication} publication the message, and where it goes
 * @param {string} [queue] that its route names
 * @returns {Promise<T>} the very promise where nobody is told
 */
export declare function withSentEvent<T>(app: SendingApp, sending: Promise<T>, headers: Record<string, unknown>, publication: Publication, queue?: string): Promise<T>;
