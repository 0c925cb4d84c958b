/**
 * Runs a program's main function. Errors that the user can fix (a wrong setting, a server that is away) print only their message,
 * others their stack. The exit code is then 1.
 *
 * @param {() => Promise<unknown>} main
 */
export declare function run(main: () => Promise<unknown>): Promise<void>;
/** @throws {Error} when this Node is too old for celery-js */
export declare function checkNodeVersion(version?: string): void;
