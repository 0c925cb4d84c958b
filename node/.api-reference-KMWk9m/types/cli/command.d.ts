/** What a command is, and the errors by which it ends. */
import { CeleryError } from "../errors.js";
export type Option = {
    type: "string" | "boolean";
    help: string;
    /**
     * one letter
     */
    short?: string;
    /**
     * what the help calls its value
     */
    metavar?: string;
};
export type RefusedOption = {
    type: "string" | "boolean";
    /**
     * one letter
     */
    short?: string;
    /**
     * what there is instead
     */
    why: string;
};
export type Values = Record<string, string | boolean | undefined>;
export type Call = {
    values: Values;
    args: string[];
    terminal: import("./terminal.js").Terminal;
};
export type LazyCommand = {
    /**
     * the first paragraph of its own
     */
    summary: string;
    load: () => Promise<Command>;
};
export type Command = {
    summary: string;
    options?: Record<string, Option>;
    refused?: Record<string, RefusedOption>;
    /**
     * what the help calls its arguments; it takes none without
     */
    args?: string;
    commands?: Record<string, Command | LazyCommand>;
    /**
     * resolves with the exit code
     */
    run?: (call: Call) => Promise<number>;
};
/**
 * @typedef {object} Option
 * @property {"string" | "boolean"} type
 * @property {string} help
 * @property {string} [short] one letter
 * @property {string} [metavar] what the help calls its value
 *
 * @typedef {object} RefusedOption one that Celery's command has, and this one does not
 * @property {"string" | "boolean"} type
 * @property {string} [short] one letter
 * @property {string} why what there is instead
 *
 * @typedef {Record<string, string | boolean | undefined>} Values of the options, those of the commands above it included
 *
 * @typedef {object} Call one call of a command
 * @property {Values} values
 * @property {string[]} args
 * @property {import("./terminal.js").Terminal} terminal
 *
 * @typedef {object} LazyCommand a command that is imported when it is called
 * @property {string} summary the first paragraph of its own
 * @property {() => Promise<Command>} load
 *
 * @typedef {object} Command a command that does something (`run`), or a group of others (`commands`)
 * @property {string} summary
 * @property {Record<string, Option>} [options]
 * @property {Record<string, RefusedOption>} [refused]
 * @property {string} [args] what the help calls its arguments; it takes none without
 * @property {Record<string, Command | LazyCommand>} [commands]
 * @property {(call: Call) => Promise<number>} [run] resolves with the exit code
 */
/** Raised when a command cannot do what it was asked to; its message is the one line that the user reads. */
export declare class CommandError extends CeleryError {
    /** The exit code. @type {number} */
    exitCode: number;
}
/** Raised for a wrong command line. */
export declare class UsageError extends CommandError {
    exitCode: number;
}
