export type Pattern = import("acorn").Pattern;
export type AnyFunction = (...args: never[]) => unknown;
export type SourceParameter = {
    /**
     * the syntax tree
     */
    pattern: Pattern;
    /**
     * the source text, for messages about a parameter that has no name
     */
    text: string;
};
/**
 * The kind of a callable: a function, a generator or a class.
 *
 * @param {AnyFunction} fn
 * @returns {"function" | "class" | "generator function"}
 */
export declare function functionKind(fn: AnyFunction): "function" | "class" | "generator function";
/**
 * Refuses callables that cannot be tasks.
 *
 * @param {AnyFunction} fn
 * @param {string} label how messages name the task
 * @throws {ImproperlyConfigured} for classes and generator functions
 */
export declare function requireTaskFunction(fn: AnyFunction, label: string): void;
/**
 * The parameters in a function's own source.
 *
 * @param {AnyFunction} fn
 * @param {string} label how messages name the task
 * @returns {SourceParameter[]}
 * @throws {ImproperlyConfigured} when there is no source (native and bound functions, proxies) or it cannot be parsed
 */
export declare function sourceParameters(fn: AnyFunction, label: string): SourceParameter[];
/**
 * The parameters that the option `params` declares. An entry is written as JavaScript writes a parameter (`"amount"`,
 * `"amount = 1"`, `"{ urgent = false, ...rest }"`, `"...lines"`); `"amount?"` is short for one with a default. Only
 * whether there is a default counts: its value does not matter.
 *
 * @param {readonly string[]} params
 * @param {string} label how messages name the task
 * @returns {SourceParameter[]}
 * @throws {ImproperlyConfigured} when an entry is not one parameter, or stands after the rest parameter
 */
export declare function declaredParameters(params: readonly string[], label: string): SourceParameter[];
