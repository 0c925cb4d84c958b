export type Terminal = import("../terminal.js").Terminal;
/**
 * @param {import("../../app/broadcast.js").Reply} reply of one worker
 * @param {Terminal} terminal
 * @param {{ isBrief?: boolean, isQuiet?: boolean }} options brief: not what it answered; quiet: without an arrow
 * @returns {string}
 */
export declare function replyText(reply: import("../../app/broadcast.js").Reply, terminal: Terminal, { isBrief, isQuiet }: {
    isBrief?: boolean;
    isQuiet?: boolean;
}): string;
/**
 * @param {number} count
 * @returns {string}
 */
export declare const onlineText: (count: number) => string;
/**
 * @param {string} heading
 * @param {Iterable<[string, import("./catalogue.js").RemoteCommand]>} commands
 * @returns {string} each with its arguments and what it does, as click's `write_dl` lays them out
 */
export declare function listText(heading: string, commands: Iterable<[string, import("./catalogue.js").RemoteCommand]>): string;
