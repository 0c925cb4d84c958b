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
export type WrittenEvent = {
    type: string;
    text: string;
};
/** Writes the events of one sender. */
export declare class EventWriter {
    #private;
    /** @param {string} hostname see `CommonFields` */
    constructor(hostname: string);
    /**
     * Events become text immediately: keeping objects until they are sent takes a tenth more time a task, which makes three events.
     *
     * @param {string} type
     * @param {number} clock
     * @param {Record<string, unknown>} fields of this type. Like Python, readers take the last of two with one name
     * @returns {WrittenEvent}
     * @throws {EncodeError} when a field cannot be written as JSON, or is nested too deep
     */
    write(type: string, clock: number, fields: Record<string, unknown>): WrittenEvent;
}
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
 * @param {WrittenEvent | readonly WrittenEvent[]} events one, or a list of one group's
 * @param {{ exchange: string, routingKey: string, hostname: string }} address
 * @returns {string} the message
 */
export declare function encodeEvents(events: WrittenEvent | readonly WrittenEvent[], { exchange, routingKey, hostname }: {
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
