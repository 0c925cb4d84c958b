export type SignalPayload = {
    signal: Signal;
    sender: any;
    [argument: string]: any;
};
export type Receiver = (payload: any) => unknown;
export type ConnectOptions = {
    /**
     * only signals from this sender. For task signals: the Task, its function or its name. For
     * publishing signals: the task's name. For worker signals: the Worker, or its name for `celerydInit`, `celerydAfterSetup`,
     * `workerShuttingDown`, `workerProcessInit` and `workerProcessShutdown`
     */
    sender?: unknown;
    /**
     * instead of the receiver: connecting a second one under it does nothing
     */
    dispatchUid?: string;
};
export type Connection = {
    receiver: Receiver;
    sender: unknown;
    key: unknown;
};
export type Report = (error: unknown, sentence: string) => void;
export declare class Signal {
    name: string;
    /** The connections in order. Only `connect` and `disconnect` change them. @type {readonly Connection[]} */
    receivers: readonly Connection[];
    /** @param {string} name */
    constructor(name: string);
    /**
     * Calls the receiver whenever the signal is sent, with one object: the signal's arguments, `sender` and `signal`. One that
     * is connected already stays so. A promise that it returns is waited for before the worker goes on.
     *
     * @template {Receiver} R
     * @param {R} receiver
     * @param {ConnectOptions} [options]
     * @returns {R} the receiver
     * @throws {TypeError} when it is not a function, or an option is unknown
     */
    connect<R extends Receiver>(receiver: R, options?: ConnectOptions): R;
    /**
     * @param {Receiver | null} [receiver] null where `dispatchUid` identifies it
     * @param {ConnectOptions} [options] those that it was connected with
     * @returns {boolean} whether it was connected
     * @throws {TypeError} when an option is unknown
     */
    disconnect(receiver?: Receiver | null, options?: ConnectOptions): boolean;
    /**
     * @param {unknown} [sender]
     * @returns {boolean} whether a receiver is connected to this sender
     */
    hasListeners(sender?: unknown): boolean;
    /**
     * Calls the connected receivers, in their order.
     *
     * @param {unknown} sender
     * @param {Record<string, unknown>} payload
     * @param {Report} [report] handles an error of a receiver; default: a process warning
     * @returns {Promise<void> | undefined} undefined when there is nothing to wait for
     */
    send(sender: unknown, payload: Record<string, unknown>, report?: Report): Promise<void> | undefined;
}
declare const names: readonly ["beforeTaskPublish", "afterTaskPublish", "taskReceived", "taskPrerun", "taskPostrun", "taskSuccess", "taskRetry", "taskFailure", "taskInternalError", "taskRevoked", "taskRejected", "taskUnknown", "celerydInit", "celerydAfterSetup", "workerInit", "workerProcessInit", "workerReady", "workerShuttingDown", "workerProcessShutdown", "workerShutdown", "heartbeatSent"];
/** @type {Readonly<Record<typeof names[number], Signal>>} */
export declare const signals: Readonly<Record<typeof names[number], Signal>>;
export {};
