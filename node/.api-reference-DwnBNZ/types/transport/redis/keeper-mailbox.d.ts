import { RedisConnection } from "./connection.js";
export type Command = import("../../protocol/pidbox.js").Command;
/** @typedef {import("../../protocol/pidbox.js").Command} Command */
export declare class KeeperMailbox {
    #private;
    /**
     * @param {object} options
     * @param {import("./url.js").RedisAddress} options.address
     * @param {import("./keys.js").Keys} options.keys
     * @param {string} options.hostname the worker's
     * @param {string} options.exchange of the commands
     * @param {RedisConnection} options.connection that answers are sent over
     * @param {(command: Command) => void} options.onCommand called with each command for this worker, except pings
     * @param {() => void} options.onSubscribed called whenever it starts to receive commands
     * @param {(problem: string) => void} options.onProblem
     * @param {(fault: string) => void} options.onMalformed called with the fault of a message that is not a command
     */
    constructor(options: {
        address: import("./url.js").RedisAddress;
        keys: import("./keys.js").Keys;
        hostname: string;
        exchange: string;
        connection: RedisConnection;
        onCommand: (command: Command) => void;
        onSubscribed: () => void;
        onProblem: (problem: string) => void;
        onMalformed: (fault: string) => void;
    });
    /** Listens from now on, until the thread ends, whatever becomes of the connection. */
    start(): void;
}
