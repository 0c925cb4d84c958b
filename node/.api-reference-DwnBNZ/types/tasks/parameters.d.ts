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
     * who takes a keyword: the first parameter of that
     * name
     */
    owners: ReadonlyMap<string, PositionalSlot | KeywordSlot>;
    /**
     * who takes the keywords that no parameter names
     */
    surplus: KeywordSlot | null;
    /**
     * 1 when a bound task's `self` was dropped: Python counts it in its messages
     */
    selfCount: number;
    /**
     * so many arguments fill every required positional
     */
    minLength: number;
    /**
     * more arguments than this are surplus; Infinity with a rest parameter
     */
    maxLength: number;
};
/** @typedef {import("./source.js").SourceParameter} SourceParameter */
/**
 * A parameter that one positional argument fills, or a keyword of its name.
 *
 * @typedef {object} PositionalSlot
 * @property {"positional"} kind
 * @property {number} index its place in the call arguments, `self` not counted
 * @property {string} name its source text, when it is an array pattern
 * @property {boolean} required
 */
/**
 * An object pattern: keyword arguments.
 *
 * @typedef {object} KeywordSlot
 * @property {"keywords"} kind
 * @property {number} index its place in the call arguments, `self` not counted
 * @property {ReadonlySet<string>} keys
 * @property {boolean} rest true when it ends in `...kw`
 * @property {readonly string[]} required the keys without a default
 * @property {boolean} hasDefault true when the whole pattern has one
 * @property {readonly string[]} requiredByDefault the keys that are missing when nothing at all is given for the
 *   pattern: those of `required` that the default of the whole pattern does not bring
 */
/**
 * @typedef {object} RestSlot
 * @property {"rest"} kind
 * @property {number} index its place in the call arguments, `self` not counted
 */
/** @typedef {PositionalSlot | KeywordSlot | RestSlot} Slot */
/**
 * @typedef {object} Parameters
 * @property {readonly Slot[]} slots in order, without `self`
 * @property {readonly PositionalSlot[]} positional
 * @property {readonly KeywordSlot[]} keywords
 * @property {RestSlot | null} rest
 * @property {ReadonlyMap<string, PositionalSlot | KeywordSlot>} owners who takes a keyword: the first parameter of that
 *   name
 * @property {KeywordSlot | null} surplus who takes the keywords that no parameter names
 * @property {number} selfCount 1 when a bound task's `self` was dropped: Python counts it in its messages
 * @property {number} minLength so many arguments fill every required positional
 * @property {number} maxLength more arguments than this are surplus; Infinity with a rest parameter
 */
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
 * @throws `ImproperlyConfigured` when the function cannot be a task (class, generator), or its parameters cannot be
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
 * already has arguments: these are left out as `functools.partial` leaves them out, so what stands behind a named one
 * can only be named.
 *
 * @param {Parameters} parameters
 * @param {number} n
 * @param {readonly unknown[]} [args] those that the signature has already
 * @param {Record<string, unknown>} [kwargs]
 * @returns {boolean}
 */
export declare function arityGreater(parameters: Parameters, n: number, args?: readonly unknown[], kwargs?: Record<string, unknown>): boolean;
