export type Celery = import("../app/celery.js").Celery;
export type AsyncResult = import("../app/result.js").AsyncResult;
export type SendOptions = import("../tasks/send-options.js").SendOptions;
export type TaskOptions = import("../tasks/options.js").TaskOptions;
export type CurrentTask = import("../tasks/current.js").CurrentTask;
export type PublishPolicy = import("../transport/publish-policy.js").PublishPolicy;
export type RetryPolicy = import("../validation/retry-policy.js").RetryPolicy;
export type Prepared = {
    taskId: string;
    publication: import("../transport/transport.js").Publication;
    /**
     * for the steps after sending: span, signal, event
     */
    published: import("./publish-signals.js").Published;
    /**
     * that its route names
     */
    queue: string;
    /**
     * whether no result will be stored
     */
    ignored: boolean;
    addToParent: boolean;
};
/**
 * Everything up to handing the message to the publisher happens at once, so that messages stay in the order of the calls.
 *
 * @param {Celery} app
 * @param {string} name
 * @param {readonly unknown[]} args
 * @param {Readonly<SendOptions>} given
 * @returns {Promise<AsyncResult>} once the broker has the message
 * @throws as `Celery.sendTask`
 */
export declare function send(app: Celery, name: string, args: readonly unknown[], given: Readonly<SendOptions>): Promise<AsyncResult>;
/**
 * Makes a message; sends nothing.
 *
 * @param {Celery} app
 * @param {string} name
 * @param {readonly unknown[]} args
 * @param {Readonly<SendOptions>} given
 * @param {CurrentTask | null} parent the task that sends it
 * @returns {Prepared}
 * @throws {TypeError} for a wrong option
 * @throws {EncodeError} for what cannot be written as JSON
 */
export declare function prepare(app: Celery, name: string, args: readonly unknown[], given: Readonly<SendOptions>, parent: CurrentTask | null): Prepared;
/**
 * Hands a message to the publisher, and its result to the task that sends it.
 *
 * @param {Celery} app
 * @param {Prepared} prepared
 * @param {CurrentTask | null} parent
 * @returns {{ result: AsyncResult, published: Promise<void> }}
 */
export declare function publish(app: Celery, prepared: Prepared, parent: CurrentTask | null): {
    result: AsyncResult;
    published: Promise<void>;
};
/**
 * Hands a message to the publisher.
 *
 * @param {Celery} app
 * @param {Prepared} prepared
 * @param {CurrentTask | null} parent
 * @returns {Promise<void>}
 */
export declare function publishAlone(app: Celery, prepared: Prepared, parent: CurrentTask | null): Promise<void>;
/**
 * @param {string} name
 * @param {unknown} args
 * @param {unknown} options whose `kwargs` are looked at
 * @throws {TypeError} when one of them is of the wrong kind
 */
export declare function checkCall(name: string, args: unknown, options: unknown): void;
/**
 * Written out, as this is on the way of every message: an object of one shape is made several times faster than by spreading.
 *
 * @param {string} name
 * @param {readonly unknown[]} args
 * @param {string} taskId
 * @param {SendOptions} options
 * @returns {import("../protocol/message.js").TaskMessageOptions}
 */
export declare function messageOptions(name: string, args: readonly unknown[], taskId: string, options: SendOptions): import("../protocol/message.js").TaskMessageOptions;
/**
 * A queue is addressed through the anonymous exchange, unless an exchange and a routing key are given
 * (`celery.app.amqp.AMQP._create_task_sender`).
 *
 * @param {SendOptions} options
 * @param {string} defaultQueue where the options name none
 */
export declare function addressOf({ exchange, exchangeType, routingKey, queue, priority }: SendOptions, defaultQueue: string): {
    exchange: string;
    exchangeType: "direct" | "fanout" | "topic";
    routingKey: string;
    priority: number;
};
