export type Delivery = import("../transport.js").Delivery;
export type Settlement = import("../transport.js").Settlement;
export type Requeue = import("../transport.js").Requeue;
export type Parking = import("../transport.js").Parking;
export type Burial = import("../transport.js").Burial;
export type Operation = {
    script: import("./scripts.js").ScriptName;
    keys: string[];
    args: import("./scripts.js").ScriptArgument[];
    /**
     * in the order of the arguments
     */
    items: readonly {
        delivery: Delivery | null;
    }[];
    /**
     * which the server may refuse for good
     */
    storesResults?: boolean;
    /**
     * called when the command is on its way
     */
    onSent?: () => void;
};
/**
 * @typedef {import("../transport.js").Delivery} Delivery
 * @typedef {import("../transport.js").Settlement} Settlement
 * @typedef {import("../transport.js").Requeue} Requeue
 * @typedef {import("../transport.js").Parking} Parking
 * @typedef {import("../transport.js").Burial} Burial
 *
 * @typedef {object} Operation
 * @property {import("./scripts.js").ScriptName} script
 * @property {string[]} keys
 * @property {import("./scripts.js").ScriptArgument[]} args
 * @property {readonly { delivery: Delivery | null }[]} items in the order of the arguments
 * @property {boolean} [storesResults] which the server may refuse for good
 * @property {() => void} [onSent] called when the command is on its way
 */
/** The half of `RedisConsumer` that ends what the other half has taken. */
export declare class Releasing {
    #private;
    options: import("./consumer.js").ConsumerOptions;
    hooks: Partial<import("../transport.js").ConsumerHooks>;
    connection: import("./connection.js").RedisConnection;
    keeper: import("./keeper.js").Keeper | null;
    /**
     * @param {import("./consumer.js").ConsumerOptions} options
     * @param {Partial<import("../transport.js").ConsumerHooks>} hooks
     * @param {import("./connection.js").RedisConnection} connection opened with `deliveryScripts`
     * @param {import("./keeper.js").Keeper | null} keeper
     */
    constructor(options: import("./consumer.js").ConsumerOptions, hooks: Partial<import("../transport.js").ConsumerHooks>, connection: import("./connection.js").RedisConnection, keeper: import("./keeper.js").Keeper | null);
    /**
     * See `Consumer`.
     *
     * @param {readonly Settlement[]} items
     * @param {() => void} [onSent]
     * @returns {Promise<Delivery[]>}
     */
    settle(items: readonly Settlement[], onSent?: () => void): Promise<Delivery[]>;
    /**
     * See `Consumer`.
     *
     * @param {readonly Burial[]} items
     * @returns {Promise<Delivery[]>}
     */
    bury(items: readonly Burial[]): Promise<Delivery[]>;
    /**
     * See `Consumer`.
     *
     * @param {readonly Requeue[]} items
     * @returns {Promise<Delivery[]>}
     */
    requeue(items: readonly Requeue[]): Promise<Delivery[]>;
    /**
     * See `Consumer`.
     *
     * @param {readonly Parking[]} items
     * @returns {Promise<Delivery[]>}
     */
    park(items: readonly Parking[]): Promise<Delivery[]>;
    /**
     * See `Consumer`.
     *
     * @param {Delivery} delivery
     * @returns {Promise<boolean>}
     */
    markStarted({ tag }: Delivery): Promise<boolean>;
    /**
     * Repeats an operation until the server has done it: it is worse to lose a result than to wait for the server.
     *
     * @template T
     * @param {() => Promise<T>} operation may be executed twice, when a reply is lost
     * @param {(error: unknown) => boolean} [isFinal] which refusals cannot be helped by repeating
     * @returns {Promise<T>}
     * @throws the operation's error, when it is final, a bug of ours, or the server is unfit, and once this is closed
     */
    persist<T>(operation: () => Promise<T>, isFinal?: (error: unknown) => boolean): Promise<T>;
    /** Stops repeating operations, and closes the connection. */
    close(): void;
}
