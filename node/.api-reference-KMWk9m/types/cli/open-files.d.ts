/** A process that may open too few files: Node reports that as a module that cannot be found. Imports nothing, to be there then. */
/**
 * @param {unknown} error of an import
 * @returns {string | null} one line with what to do; null when the error has another reason
 */
export declare function tooFewOpenFiles(error: unknown): string | null;
