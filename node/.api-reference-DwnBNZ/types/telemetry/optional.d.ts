/** Packages that a program installs if it wants what they are for. */
export type Started = {
    /**
     * why it is not there, in one line for the log
     */
    problem: string | null;
    /**
     * sends what is left, and ends it
     */
    flush: (() => Promise<unknown>) | null;
};
/**
 * What becomes of a part of the telemetry.
 *
 * @typedef {object} Started
 * @property {string | null} problem why it is not there, in one line for the log
 * @property {(() => Promise<unknown>) | null} flush sends what is left, and ends it
 */
/** @type {Readonly<Started>} */
export declare const NOT_WANTED: Readonly<Started>;
/**
 * @template T
 * @param {() => Promise<T>} load imports the package
 * @param {string} wish what to install: the package's name, and a version if it matters
 * @param {string} wanted the variable that asks for it
 * @param {string} lost what is not done without it
 * @returns {Promise<T | string>} the package, or the line that says what to install
 */
export declare function optional<T>(load: () => Promise<T>, wish: string, wanted: string, lost: string): Promise<T | string>;
