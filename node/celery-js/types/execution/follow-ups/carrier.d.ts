/**
 * Lets the message of a task's only follow-up travel with the task's result and acknowledgement, in one step on the server:
 * the next task of a chain then starts one round trip earlier, and a crash cannot come in between.
 *
 * It stands in for the publisher when the follow-up is sent: it keeps the message, and the follow-up's `applyAsync` waits until the
 * worker says what has become of it.
 */
export type Publication = import("../../transport/transport.js").Publication;
export type Publisher = Pick<import("../../transport/transport.js").Publisher, "publish" | "check">;
export declare class Carrier {
    #private;
    taskId: string;
    /** Resolves to the message once it is there. @type {Promise<Publication>} */
    loaded: Promise<Publication>;
    /**
     * @param {string} taskId of the follow-up
     * @param {Publisher} publisher sends what cannot be carried
     */
    constructor(taskId: string, publisher: Publisher);
    /**
     * See `Publisher`. A message that is tried again goes to the publisher itself.
     *
     * @param {Publication} publication
     * @returns {Promise<void>}
     * @throws {EncodeError} when the message is too large
     */
    publish(publication: Publication): Promise<void>;
    /** Tells the sender that the message has arrived. */
    delivered(): void;
    /** Sends the message with the publisher instead. @param {Publication} publication */
    sendApart(publication: Publication): void;
}
/**
 * @param {Publication} publication
 * @returns {boolean} whether it goes straight into a queue
 */
export declare const isForQueue: ({ exchange, exchangeType }: Publication) => boolean;
