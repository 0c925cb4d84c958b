export type SourceParameter = import("./source.js").SourceParameter;
export type PositionalSlot = {
    kind: "positional";
    /**
     * its place in the call arguments, `self` not counted
     */
    index: number;
    /**
     * its source text, when it is an array pattern
     */
    name: string;
    required: boolean;
};
export type KeywordSlot = {
    kind: "keywords";
    /**
     * its place in the call arguments, `self` not counted
     */
    index: number;
    keys: ReadonlySet<string>;
    /**
     * true when it ends in `...kw`
     */
    rest: boolean;
    /**
     * the keys without a default
     */
    required: readonly string[];
    /**
     * true when the whole pattern has one
     */
    hasDefault: boolean;
    /**
     * the keys that are missing when nothing at all is given for the
     * pattern: those of `required` that the default of the whole pattern does not bring
     */
    requiredByDefault: readonly string[];
};
export type RestSlot = {
    kind: "rest";
    /**
     * its place in the call arguments, `self` not counted
     */
    index: number;
};
export type Slot = PositionalSlot | KeywordSlot | RestSlot;
export type Parameters = {
    /**
     * in order, without `self`
     */
    slots: readonly Slot[];
    positional: readonly PositionalSlot[];
    keywords: readonly KeywordSlot[];
    rest: RestSlot | null;
    /**
     * the parameter that takes a keyword: the first of that
     * name
     */
    owners: ReadonlyMap<string, PositionalSlot | KeywordSlot>;
    /**
     * the pattern that takes all other keywords
     */
    surplus: KeywordSlot | null;
    /**
     * 1 when a bound task's `self` was dropped: Python counts it in its messages
     */
    selfCount: number;
    /**
     * the number of arguments that fills every required positional parameter
     */
    minLength: number;
    /**
     * more arguments than this are surplus; Infinity with a rest parameter
     */
    maxLength: number;
};
/**
 * Reads the parameters of a task's function.
 *
 * @param {import("./source.js").AnyFunction} fn
 * @param {object} [options]
 * @param {boolean} [options.bind] true drops the first parameter, which is `self`
 * @param {readonly string[]} [options.params] the parameters declared by the task, which override the source; `self`
 *   may be left out. See `declaredParameters` for how an entry is written
 * @param {string} [options.name] the task's name, for messages
 * @returns {Parameters}
 * @throws {ImproperlyConfigured} when the function cannot be a task (class, generator), or its parameters cannot be
 *   read
 */
export declare function parseParameters(fn: import("./source.js").AnyFunction, { bind, params, name }?: {
    bind?: boolean;
    params?: readonly string[];
    name?: string;
}): Parameters;
/**
 * Whether a task takes more than `n` positional arguments, as Celery counts when it decides how an errback is called: by rest
 * parameter or by number; keyword-only ones do not count. Mirrors `celery.utils.functional.arity_greater`, and `Backend._errback_arity_greater` where a signature
 * already has arguments: they are left out as in `functools.partial`, so parameters after one given by name can only be given by
 * name.
 *
 * @param {Parameters} parameters
 * @param {number} n
 * @param {readonly unknown[]} [args] those that the signature has already
 * @param {Record<string, unknown>} [kwargs]
 * @returns {boolean}
 */
export declare function arityGreater(parameters: Parameters, n: number, args?: readonly unknown[], kwargs?: Record<string, unknown>): boolean;
