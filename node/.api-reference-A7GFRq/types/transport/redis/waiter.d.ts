export declare class Waiter {
    #private;
    /**
     * @param {object} options
     * @param {import("./url.js").RedisAddress} options.address
     * @param {string} options.name for `CLIENT LIST`
     * @param {string} options.listKey the list to watch
     * @param {() => void} options.onMessages called when the list was seen to hold a message
     */
    constructor({ address, name, listKey, onMessages }: {
        address: import("./url.js").RedisAddress;
        name: string;
        listKey: string;
        onMessages: () => void;
    });
    /** Starts one wait, unless one is under way. */
    arm(): void;
    close(): void;
}
