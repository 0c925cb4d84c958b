export type Settlement = import("../../transport/redis/consumer.js").Settlement;
export type Waiting = {
    settlement: Settlement;
    /**
     * to acknowledge; null only stores the result
     */
    delivery: import("../../transport/redis/consumer.js").Delivery | null;
    done: ((outcome: Outcome) => void) | null;
};
export type Outcome = "settled" | "gone" | "refused";
/**
 * @typedef {import("../../transport/redis/consumer.js").Settlement} Settlement
 * @typedef {object} Waiting
 * @property {Settlement} settlement
 * @property {import("../../transport/redis/consumer.js").Delivery | null} delivery to acknowledge; null only stores the result
 * @property {((outcome: Outcome) => void) | null} done
 *
 * @typedef {"settled" | "gone" | "refused"} Outcome gone: the lease had run out before; refused: the result cannot be stored,
 *   and the message is not acknowledged
 */
export declare class SettleBatcher {
    #private;
    /**
     * @param {object} options
     * @param {Settle} options.settle stores and acknowledges
     * @param {(settlements: Settlement[], gone: number[]) => void} options.onSettled called for a batch without what was refused;
     *   `gone`: indexes of those whose lease had run out
     * @param {(waiting: Waiting, error: Error) => void} options.onRefused called for each that cannot be stored
     * @param {() => void} options.onRoom called when fewer are pending, or held, than before
     * @param {(error: Error) => void} options.onFailed called when the transport was closed before it could settle
     */
    constructor({ settle, onSettled, onRefused, onFailed, onRoom }: {
        settle: Settle;
        onSettled: (settlements: Settlement[], gone: number[]) => void;
        onRefused: (waiting: Waiting, error: Error) => void;
        onRoom: () => void;
        onFailed: (error: Error) => void;
    });
    /** How many wait for their batch or its answer. */
    pending: number;
    /** How many messages the server would still count as held if a `take` were sent now. */
    held: number;
    /** @param {Waiting["delivery"]} delivery @param {string} taskId @param {string} result @param {Waiting["done"]} [done] */
    add(delivery: Waiting["delivery"], taskId: string, result: string, done?: Waiting["done"]): void;
    /** @returns {Promise<void>} when nothing is left to settle */
    drain(): Promise<void>;
}
export type Settled = {
    /**
     * stored and not acknowledged, as the lease had run out
     */
    gone: number[];
    /**
     * neither stored nor acknowledged
     */
    refused: Map<number, Error>;
};
export type Settle = (settlements: Settlement[], onSent: () => void) => Promise<Settled>;
export type Store = (settlement: Settlement) => Promise<unknown>;
/**
 * @typedef {object} Settled what became of a batch, by the indexes of its items
 * @property {number[]} gone stored and not acknowledged, as the lease had run out
 * @property {Map<number, Error>} refused neither stored nor acknowledged
 *
 * @typedef {(settlements: Settlement[], onSent: () => void) => Promise<Settled>} Settle `onSent`: see `RedisConsumer.settle`
 * @typedef {(settlement: Settlement) => Promise<unknown>} Store rejects with a refusal (`isRefusedResult`), or once closed
 */
/**
 * @param {object} options
 * @param {import("../model/types.js").WorkerApp} options.app
 * @param {import("../../transport/redis/consumer.js").RedisConsumer} options.transport
 * @param {import("../observers/reporter.js").Reporter} options.reporter
 * @param {AbortSignal} options.closed ends the waiting for a backend that is away
 * @returns {Settle}
 */
export declare function createSettle({ app, transport, reporter, closed }: {
    app: import("../model/types.js").WorkerApp;
    transport: import("../../transport/redis/consumer.js").RedisConsumer;
    reporter: import("../observers/reporter.js").Reporter;
    closed: AbortSignal;
}): Settle;
/**
 * @param {string} a of the broker
 * @param {string} b of the result backend
 * @returns {boolean} whether one script can change both
 */
export declare function isSameDatabase(a: string, b: string): boolean;
