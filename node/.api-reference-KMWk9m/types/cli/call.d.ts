export type Kind = {
    /**
     * throws an Error that names what is wrong
     */
    read: (text: string) => unknown;
    /**
     * the option of `sendTask`
     */
    to: string;
};
export type Row = import("./command.js").Option & Kind;
/** @type {import("./command.js").Command} */
export declare const CALL: import("./command.js").Command;
