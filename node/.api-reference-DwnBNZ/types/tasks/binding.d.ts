export type Parameters = import("./parameters.js").Parameters;
export type KeywordSlot = import("./parameters.js").KeywordSlot;
export type Kwargs = Record<string, unknown>;
/** @typedef {import("./parameters.js").Parameters} Parameters */
/** @typedef {import("./parameters.js").KeywordSlot} KeywordSlot */
/** @typedef {Record<string, unknown>} Kwargs */
/**
 * Binds a message's arguments to a task's parameters.
 *
 * `undefined` means not given, everywhere; `null` is a value (Python's `None`). Arguments that were not given are
 * `undefined` in the result, so that JavaScript applies the defaults.
 *
 * An object pattern takes the keyword arguments of its keys. When there are no keyword arguments at all, a plain object
 * at the pattern's position is taken instead, and the same rules apply to its keys; anything else at that position
 * is left to the next parameter.
 *
 * @param {Parameters} parameters
 * @param {readonly unknown[]} args
 * @param {Kwargs} kwargs
 * @param {string} taskName the last part of it is the function's name in messages
 * @returns {readonly unknown[]} the call arguments without `self`; `args` itself where nothing had to be moved
 * @throws `TypeError` for missing, surplus and unexpected arguments, worded as Python words it
 */
export declare function bindArguments(parameters: Parameters, args: readonly unknown[], kwargs: Kwargs, taskName: string): readonly unknown[];
/**
 * The sender's check (Celery's `typing`): the same rules, for a task that is known where it is sent from.
 *
 * @param {Parameters} parameters
 * @param {readonly unknown[]} args
 * @param {Kwargs} kwargs
 * @param {string} taskName
 * @returns {void}
 * @throws `TypeError` as `bindArguments`
 */
export declare function checkArguments(parameters: Parameters, args: readonly unknown[], kwargs: Kwargs, taskName: string): void;
/**
 * @param {Kwargs} kwargs
 * @returns {boolean}
 */
export declare function isEmpty(kwargs: Kwargs): boolean;
/**
 * @param {unknown} value
 * @returns {value is Kwargs} true for what JSON calls an object. Instances of classes are values: a `Date` or a
 *   `Decimal` at a pattern's position is not taken apart
 */
export declare function isPlainObject(value: unknown): value is Kwargs;
