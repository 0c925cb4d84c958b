export type Command = import("./command.js").Command;
export type Values = import("./command.js").Values;
/**
 * @param {Command} root
 * @param {string[]} words without the program's own name
 * @param {import("./terminal.js").Terminal} terminal
 * @returns {Promise<number>} the exit code: 0, 1 when something failed, 2 when the call was wrong
 */
export declare function run(root: Command, words: string[], terminal: import("./terminal.js").Terminal): Promise<number>;
/**
 * As `run`, for a program that sets its own exit code.
 *
 * @param {Command} root
 * @param {string} name the program's
 * @param {string[]} words
 * @param {import("./terminal.js").Terminal} terminal
 * @returns {Promise<number>}
 * @throws `UsageError` when the call was wrong
 * @throws whatever the command does
 */
export declare function execute(root: Command, name: string, words: string[], terminal: import("./terminal.js").Terminal): Promise<number>;
export type Known = Record<string, Pick<import("./command.js").Option, "type" | "short">>;
