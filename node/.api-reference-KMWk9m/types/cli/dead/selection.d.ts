export type DeadLetter = import("../../transport/transport.js").DeadLetter;
export type DeadLetters = import("../../transport/transport.js").DeadLetters;
export type Call = import("../command.js").Call;
export type Filter = (letter: DeadLetter) => boolean;
/**
 * @typedef {import("../../transport/transport.js").DeadLetter} DeadLetter
 * @typedef {import("../../transport/transport.js").DeadLetters} DeadLetters
 * @typedef {import("../command.js").Call} Call
 * @typedef {(letter: DeadLetter) => boolean} Filter
 */
/** @satisfies {Record<string, import("../command.js").Option>} */
export declare const QUEUE: {
    readonly queue: {
        readonly type: "string";
        readonly short: "Q";
        readonly metavar: "NAMES";
        readonly help: "Only these queues, separated by commas.";
    };
};
/** @satisfies {Record<string, import("../command.js").Option>} */
export declare const FILTERS: {
    readonly reason: {
        readonly type: "string";
        readonly metavar: "REASON";
        readonly help: "Only those with this reason.";
    };
    readonly task: {
        readonly type: "string";
        readonly metavar: "NAME";
        readonly help: "Only those of this task.";
    };
};
/** @satisfies {Record<string, import("../command.js").Option>} */
export declare const JSON_OUTPUT: {
    readonly json: {
        readonly type: "boolean";
        readonly help: "Print JSON.";
    };
};
/**
 * Opens the dead letters of the app's broker, and closes them.
 *
 * @template T
 * @param {Call} call
 * @param {(store: DeadLetters, queues: string[]) => Promise<T>} body `queues`: those of `--queue`, else all that the app's
 *   settings name, else, without an app, all that have dead letters
 * @returns {Promise<T>}
 */
export declare function withDeadLetters<T>({ values }: Call, body: (store: DeadLetters, queues: string[]) => Promise<T>): Promise<T>;
/**
 * @param {Call["values"]} values
 * @returns {Filter}
 */
export declare function filterOf({ reason, task }: Call["values"]): Filter;
/**
 * @param {DeadLetters} store
 * @param {string[]} queues
 * @returns {AsyncGenerator<DeadLetter>} the letters of all queues, newest first
 */
export declare function newestFirst(store: DeadLetters, queues: string[]): AsyncGenerator<DeadLetter>;
/**
 * @param {DeadLetters} store
 * @param {string[]} queues
 * @param {string} id or what it begins with
 * @returns {Promise<DeadLetter>} the newest with this very id, else the only one whose id begins so
 * @throws `CommandError` when there is none, or more than one
 */
export declare function findLetter(store: DeadLetters, queues: string[], id: string): Promise<DeadLetter>;
/**
 * @param {string[]} args
 * @returns {string[]}
 * @throws `UsageError` for an id that stands for all of them
 */
export declare function idsOf(args: string[]): string[];
