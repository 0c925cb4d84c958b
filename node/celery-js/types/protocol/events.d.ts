export type CommonFields = {
    /**
     * such as "task-succeeded"; what is before the dash is its group
     */
    type: string;
    /**
     * of the worker, or `gen<pid>@<host>` of a client
     */
    hostname: string;
    /**
     * seconds since the epoch
     */
    timestamp: number;
    /**
     * hours that the sender's time is behind UTC
     */
    utcoffset: number;
    /**
     * of the sender
     */
    pid: number;
    /**
     * of the sender, see `LamportClock`
     */
    clock: number;
};
export type CeleryEvent = CommonFields & {
    [field: string]: any;
};
export type Origin = {
    hostname: string;
    clock: number;
};
/**
 * Written out, because spreading takes thirty times as long and a task makes three events.
 *
 * @param {string} type
 * @param {Origin} origin
 * @param {Record<string, unknown>} fields
 * @returns {CeleryEvent}
 */
export declare function makeEvent(type: string, { hostname, clock }: Origin, fields: Record<string, unknown>): CeleryEvent;
/**
 * @param {string} type
 * @returns {string} such as "task"
 */
export declare const groupOf: (type: string) => string;
/**
 * @param {string} type
 * @returns {string} the routing key of an event
 */
export declare const topicOf: (type: string) => string;
/**
 * @param {string} group
 * @returns {string} the routing key of a list of events
 */
export declare const topicOfMany: (group: string) => string;
/**
 * @param {CeleryEvent | CeleryEvent[]} body
 * @param {{ exchange: string, routingKey: string, hostname: string }} address
 * @returns {string} the message
 * @throws {EncodeError} when a field cannot be written as JSON
 */
export declare function encodeEvents(body: CeleryEvent | CeleryEvent[], { exchange, routingKey, hostname }: {
    exchange: string;
    routingKey: string;
    hostname: string;
}): string;
/**
 * @param {string} raw a message of either language
 * @returns {CeleryEvent[]} in their order
 * @throws {DecodeError} or what `decodeEnvelope` throws, when it is not a message with events
 */
export declare function decodeEvents(raw: string): CeleryEvent[];
