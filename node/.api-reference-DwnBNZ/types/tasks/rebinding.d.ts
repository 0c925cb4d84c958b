export type Parameters = import("./parameters.js").Parameters;
export type Arguments = {
    args: unknown[];
    kwargs: Record<string, unknown>;
};
/** @typedef {import("./parameters.js").Parameters} Parameters */
/** @typedef {{ args: unknown[], kwargs: Record<string, unknown> }} Arguments */
/**
 * New positional arguments take the place of the old ones, and of keywords for the same parameters; other keywords
 * stay. New keywords take the place of the old ones, and of positional arguments for the same parameters; other
 * positional ones stay. An object that a pattern took at its position counts as positional here: new keywords replace
 * single keys of it.
 *
 * @param {Parameters} parameters
 * @param {Arguments} inherited the message's
 * @param {{ args?: unknown[] | null, kwargs?: Record<string, unknown> | null }} given
 * @returns {Arguments} none of the objects passed in is changed
 */
export declare function rebindArguments(parameters: Parameters, inherited: Arguments, given: {
    args?: unknown[] | null;
    kwargs?: Record<string, unknown> | null;
}): Arguments;
