/**
 * The first commands on a connection: AUTH, SELECT, CLIENT SETNAME and PING, in one round trip, before anything else may
 * use it. Guarantee: it resolves only if the server has accepted every step that decides where commands go and as whom.
 */
import { Refusal } from "../errors.js";
/** Raised when a server refuses a connection: a wrong password, a database it does not have, an untrusted certificate. */
export declare class ConnectionRefused extends Refusal {
    /**
     * @param {string} message
     * @param {{ cause?: unknown, isTemporary: boolean }} options
     */
    constructor(message: string, { cause, isTemporary }: {
        cause?: unknown;
        isTemporary: boolean;
    });
}
export type Step = {
    /**
     * shown in errors: the command without its secrets
     */
    label: string;
    command: string[];
    /**
     * a refusal is a warning
     */
    isOptional?: boolean;
};
/**
 * @param {import("node:stream").Duplex} socket connected
 * @param {{ username?: string, password?: string, db: number, name: string }} who
 * @returns {Promise<string[]>} warnings; the socket is then paused, with no unread data
 * @throws `ConnectionRefused` the server's refusal; `isTemporary` when it passes
 * @throws `Error` when the connection ends, or the server speaks another protocol
 */
export declare function shakeHands(socket: import("node:stream").Duplex, who: {
    username?: string;
    password?: string;
    db: number;
    name: string;
}): Promise<string[]>;
/**
 * @param {import("node:stream").Duplex} socket after its handshake
 * @returns {Promise<void>} rejects when it is a replica's: a sentinel may have named an old primary
 */
export declare function checkPrimary(socket: import("node:stream").Duplex): Promise<void>;
