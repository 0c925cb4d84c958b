export type Celery = import("../app/celery.js").Celery;
export type AsyncResult = import("../app/result.js").UntypedResult;
/** @interface */
export type SendOptions = import("../tasks/send-options.js").SendOptions;
export type SignatureData = {
    task: string;
} & Partial<import("../canvas/types.js").SignatureData>;
export type SendTaskArguments = readonly [name: string, args?: readonly unknown[], options?: SendOptions];
export type Sending = SendTaskArguments | import("../canvas/types.js").AnySignature | SignatureData;
export type Call = {
    name: string;
    args: readonly unknown[];
    options: SendOptions;
};
/**
 * @param {Celery} app
 * @param {Iterable<Sending>} elements
 * @returns {Promise<AsyncResult[]>} in the order of the elements, once the broker has all of the messages
 * @throws as `Celery.sendTasks`
 */
export declare function sendMany(app: Celery, elements: Iterable<Sending>): Promise<AsyncResult[]>;
