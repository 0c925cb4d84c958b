/** The errors of a transport or a result store, whatever protocol it speaks. Drivers translate theirs into these. */
import { OperationalError } from "../errors.js";
export type RefusalScope = "server" | "user" | "item" | "command";
/**
 * @typedef {"server" | "user" | "item" | "command"} RefusalScope the scope of a refusal: all clients, until the server
 *   recovers; this user, until an administrator permits it; one message or result, for good; anything else
 */
/** Raised when the server answers with a refusal. */
export declare class Refusal extends OperationalError {
    excType: string;
    scope: RefusalScope;
    /**
     * @param {string} message
     * @param {{ cause?: unknown, scope: RefusalScope }} options
     */
    constructor(message: string, { cause, scope }: {
        cause?: unknown;
        scope: RefusalScope;
    });
}
/**
 * @param {unknown} error
 * @returns {error is Refusal} true when an administrator has to permit it
 */
export declare const isForbidden: (error: unknown) => error is Refusal;
/**
 * @param {unknown} error
 * @returns {error is Refusal} true when it concerns all clients, or every command of this user
 */
export declare const isOfServer: (error: unknown) => error is Refusal;
/**
 * @param {unknown} error
 * @returns {error is Refusal} true when the server refuses one result for good, and may store others
 */
export declare const isRefusedResult: (error: unknown) => error is Refusal;
/**
 * @param {Error} error from a socket or a server
 * @returns {string} one line; Node's AggregateError (both address families refused) has no message of its own
 */
export declare function describe(error: Error): string;
