export type Reply = import("../../app/broadcast.js").Reply;
export type Values = import("../command.js").Values;
/**
 * @typedef {import("../../app/broadcast.js").Reply} Reply
 * @typedef {import("../command.js").Values} Values
 */
/** @satisfies {Record<string, import("../command.js").Option>} */
export declare const REMOTE_OPTIONS: {
    readonly timeout: {
        readonly type: "string";
        readonly short: "t";
        readonly metavar: "SECONDS";
        readonly help: "Timeout in seconds waiting for reply.";
    };
    readonly destination: {
        readonly type: "string";
        readonly short: "d";
        readonly metavar: "NODES";
        readonly help: "Comma separated list of destination node names.";
    };
    readonly json: {
        readonly type: "boolean";
        readonly short: "j";
        readonly help: "Use json as output format.";
    };
};
/**
 * @param {"control" | "inspect"} type
 * @param {import("../command.js").Call} call
 * @param {(replies: Reply[]) => string} report what is printed once all have answered; empty: nothing
 * @returns {Promise<number>} the exit code
 */
export declare function askByName(type: "control" | "inspect", { values, args: [name, ...words], terminal }: import("../command.js").Call, report: (replies: Reply[]) => string): Promise<number>;
/**
 * @param {import("../../app/control.js").Control} control
 * @param {{ command: string, args?: Record<string, unknown>, timeout?: number, destination?: string[] }} ask
 * @param {(reply: Reply) => void} callback
 * @returns {Promise<Reply[]>}
 * @throws `UnavailableError` when no worker answers in time
 */
export declare function asked(control: import("../../app/control.js").Control, { command, args, ...options }: {
    command: string;
    args?: Record<string, unknown>;
    timeout?: number;
    destination?: string[];
}, callback: (reply: Reply) => void): Promise<Reply[]>;
/**
 * @param {Values} values
 * @returns {{ timeout?: number, destination?: string[] }} of `broadcast`
 * @throws `UsageError` for an invalid value
 */
export declare function remoteOptions({ timeout, destination }: Values): {
    timeout?: number;
    destination?: string[];
};
/**
 * @param {unknown} value
 * @returns {string} as Python's `json.dumps`
 */
export declare const jsonLine: (value: unknown) => string;
