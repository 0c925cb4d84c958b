import { Redis } from "ioredis";
export type IsReply = (reply: unknown, args: readonly unknown[]) => boolean;
/** The reply of every command that we send; a test checks the list. @type {Readonly<Record<string, IsReply>>} */
export declare const REPLIES: Readonly<Record<string, IsReply>>;
/**
 * By the names of `runScript`: the reply that the header of each script describes.
 *
 * @type {Readonly<Record<string, IsReply>>}
 */
export declare const SCRIPT_REPLIES: Readonly<Record<string, IsReply>>;
/** A client of ioredis that never returns a reply of the wrong type. */
export declare class CheckedRedis extends Redis {
    /** Throws the connection away. @type {(reason: Error) => void} */
    onOutOfStep: (reason: Error) => void;
    /** Null once they are read. @type {(() => import("./scripts.js").Scripts) | null} */
    readScripts: (() => import("./scripts.js").Scripts) | null;
    /** @returns {boolean} whether a command sent now would reach the server */
    get isReady(): boolean;
    /** @returns {import("node:net").Socket | undefined} of the open connection; ioredis does not declare it */
    get socket(): import("node:net").Socket | undefined;
    /**
     * @override
     * @param {import("ioredis").Command} command
     * @param {import("ioredis/built/types.js").WriteableStream} [stream]
     */
    sendCommand(command: import("ioredis").Command, stream?: import("ioredis/built/types.js").WriteableStream): unknown;
    /** Reads the scripts, once. */
    loadScripts(): void;
    /**
     * @param {import("./scripts.js").ScriptName | `chord_${string}`} name of a script that the connection was opened with
     * @param {string[]} keys
     * @param {import("./scripts.js").ScriptArgument[]} args
     * @returns {Promise<unknown>} what the script returns
     * @throws `Error` when the reply cannot be the script's; it may have been executed
     */
    runScript(name: import("./scripts.js").ScriptName | `chord_${string}`, keys: string[], args: import("./scripts.js").ScriptArgument[]): Promise<unknown>;
    /**
     * @returns {Promise<void>} once an echo came back
     * @throws `Error` as `expect`, and what the server refuses
     */
    prove(): Promise<void>;
    /**
     * @param {boolean} isRight whether a reply can be that of its command
     * @throws `Error` when it is not, and the connection is thrown away; the command may have been executed
     */
    expect(isRight: boolean): void;
}
export type Handler = {
    redis: {
        onOutOfStep?: (reason: Error) => void;
    };
};
export type DataHandlerClass = {
    prototype: {
        dispatch: (this: Handler, read: () => void) => void;
    };
};
