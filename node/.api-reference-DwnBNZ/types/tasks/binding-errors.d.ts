/**
 * The words of CPython for a call that does not fit (`too_many_positional`, `missing_arguments` and `initialize_locals`
 * in Python/ceval.c), as Python 3.11 prints them.
 */
/**
 * @param {string} taskName
 * @returns {string} the function's name as Python would print it: the last part of the task's name
 */
export declare function functionName(taskName: string): string;
/**
 * @param {string} taskName
 * @param {string} keyword
 * @returns {TypeError} for a keyword that no parameter takes
 */
export declare function unexpectedKeyword(taskName: string, keyword: string): TypeError;
/**
 * @param {string} taskName
 * @param {string} name
 * @returns {TypeError} for a parameter that is given by position and by name
 */
export declare function multipleValues(taskName: string, name: string): TypeError;
/**
 * @param {string} taskName
 * @param {"positional" | "keyword-only"} kind
 * @param {readonly string[]} names at least one
 * @returns {TypeError} for required parameters that were not given
 */
export declare function missingArguments(taskName: string, kind: "positional" | "keyword-only", names: readonly string[]): TypeError;
/**
 * @param {string} taskName
 * @param {object} counts `self` of a bound task is among the positional ones, as in Python
 * @param {number} counts.required positional parameters without a default
 * @param {number} counts.accepted positional parameters
 * @param {number} counts.given positional arguments
 * @param {number} counts.keywordOnly named keyword-only arguments that were given
 * @returns {TypeError} for more positional arguments than parameters
 */
export declare function surplusArguments(taskName: string, { required, accepted, given, keywordOnly }: {
    required: number;
    accepted: number;
    given: number;
    keywordOnly: number;
}): TypeError;
