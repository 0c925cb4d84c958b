export type RemoteCommand = import("./catalogue.js").RemoteCommand;
/** @typedef {import("./catalogue.js").RemoteCommand} RemoteCommand */
/**
 * @param {"control" | "inspect"} type
 * @param {string | undefined} name
 * @param {ReadonlyMap<string, RemoteCommand>} all
 * @returns {RemoteCommand}
 * @throws `UsageError` when there is none of this name and type, saying which there are
 */
export declare function findCommand(type: "control" | "inspect", name: string | undefined, all: ReadonlyMap<string, RemoteCommand>): RemoteCommand;
/**
 * @param {string} name
 * @param {RemoteCommand} command
 * @param {readonly string[]} words that follow its name
 * @returns {Record<string, unknown>} by Celery's names
 * @throws `UsageError` for words that it does not take, and for one that cannot be read
 */
export declare function compileArguments(name: string, { args, variadic, signature }: RemoteCommand, words: readonly string[]): Record<string, unknown>;
