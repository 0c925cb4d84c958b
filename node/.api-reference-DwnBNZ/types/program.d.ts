/**
 * Runs a program's main function. An error that the user can put right ends the program with its message alone: a wrong
 * setting, a server that is away. Any other error keeps its stack. The exit code is 1 then.
 *
 * @param {() => Promise<unknown>} main
 */
export declare function run(main: () => Promise<unknown>): Promise<void>;
/** @throws `Error` when this Node is too old for celery-js */
export declare function checkNodeVersion(version?: string): void;
