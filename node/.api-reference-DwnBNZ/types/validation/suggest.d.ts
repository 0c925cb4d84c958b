/** Finds the known word nearest to a mistyped one, for errors about an unknown option, setting or variable. */
/**
 * @param {string} word as it was written
 * @param {Iterable<string>} known
 * @returns {string | null} the nearest of `known`, whatever the case and the underscores (`max_retries` is `maxRetries`); null
 *   when more than two fifths of it would have to change
 */
export declare function nearest(word: string, known: Iterable<string>): string | null;
/**
 * @param {string} word
 * @param {Iterable<string>} known
 * @returns {string} `; did you mean 'x'?`, or nothing
 */
export declare function didYouMean(word: string, known: Iterable<string>): string;
