export type Delivery = import("../../transport/transport.js").Delivery;
export type Settlement = import("../../transport/transport.js").Settlement;
export type Waiting = Settlement & {
    done: ((outcome: Outcome) => void) | null;
};
export type Outcome = "settled" | "gone" | "refused" | "unsent";
export declare class SettleBatcher {
    #private;
    /** Called for each that cannot be stored. @type {(settlement: Settlement, error: Error) => void} */
    onRefused: (settlement: Settlement, error: Error) => void;
    /** Called when fewer are pending, or held, than before. @type {() => void} */
    onRoom: () => void;
    /**
     * @param {object} options
     * @param {Settle} options.settle stores and acknowledges
     * @param {(taskId: string) => void} options.onGone called for each stored item whose lease had run out
     * @param {SettleBatcher["onRefused"]} [options.onRefused]
     * @param {SettleBatcher["onRoom"]} [options.onRoom]
     * @param {(error: Error) => void} options.onFailed called when the transport was closed before it could settle
     * @param {(error: Error, taskId: string) => void} [options.onFault] called when a callback of a settled item throws
     */
    constructor({ settle, onGone, onFailed, onFault, onRefused, onRoom }: {
        settle: Settle;
        onGone: (taskId: string) => void;
        onRefused?: SettleBatcher["onRefused"];
        onRoom?: SettleBatcher["onRoom"];
        onFailed: (error: Error) => void;
        onFault?: (error: Error, taskId: string) => void;
    });
    /** How many items wait for their batch or its answer. */
    pending: number;
    /** How many messages the server would still count as held by this worker at the next `take`. */
    held: number;
    /**
     * @param {Delivery | null} delivery to acknowledge; null only stores
     * @param {string} taskId
     * @param {string} result
     * @param {Waiting["done"]} [done]
     * @param {Settlement["publication"]} [publication] sent along with the result
     */
    add(delivery: Delivery | null, taskId: string, result: string, done?: Waiting["done"], publication?: Settlement["publication"]): void;
    /**
     * Stores a state without ending the message.
     *
     * @param {string} taskId
     * @param {string} result
     * @returns {Promise<boolean>} false when the server refused it for good, which is logged
     */
    store(taskId: string, result: string): Promise<boolean>;
    /** @returns {Promise<void>} when nothing is left to settle */
    drain(): Promise<void>;
}
export type Settled = {
    /**
     * stored and not acknowledged, as the lease had run out
     */
    gone: Delivery[];
    /**
     * neither stored nor acknowledged
     */
    refused: ReadonlyMap<Settlement, Error>;
    /**
     * stored; neither sent nor acknowledged
     */
    unsent: readonly Settlement[];
};
export type Settle = (items: readonly Settlement[], onSent: () => void) => Promise<Settled>;
export type Store = (item: Settlement) => Promise<unknown>;
/**
 * @param {object} options
 * @param {import("../model/types.js").WorkerApp} options.app
 * @param {import("../../transport/transport.js").Consumer} options.taskConsumer
 * @param {import("../observers/reporter.js").Reporter} options.reporter
 * @param {AbortSignal} options.closed stops waiting for a backend that is away
 * @returns {Settle}
 */
export declare function createSettle({ app, taskConsumer, reporter, closed }: {
    app: import("../model/types.js").WorkerApp;
    taskConsumer: import("../../transport/transport.js").Consumer;
    reporter: import("../observers/reporter.js").Reporter;
    closed: AbortSignal;
}): Settle;
