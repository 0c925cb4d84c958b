export type Kind = readonly [takes: string, test: (value: unknown) => boolean];
/** @type {Kind} */
export declare const ANYTHING: Kind;
/** @type {Kind} */
export declare const BOOLEAN: Kind;
/** @type {Kind} */
export declare const TEXT: Kind;
/** @type {Kind} */
export declare const COUNT: Kind;
/** @type {Kind} */
export declare const POSITIVE: Kind;
/** A moment relative to now, which may have passed. @type {Kind} */
export declare const SECONDS: Kind;
/** @type {Kind} */
export declare const DURATION: Kind;
/** Redis has no more: kombu would take 99 for 9 without a word. @type {Kind} */
export declare const PRIORITY: Kind;
/** How long is waited for something; `Infinity`: as long as it takes. @type {Kind} */
export declare const WAIT: Kind;
/** @type {Kind} */
export declare const POOL: Kind;
/** What `celery.utils.time.rate` reads. @type {Kind} */
export declare const RATE: Kind;
/** @type {Kind} */
export declare const OBJECT: Kind;
/** @type {Kind} */
export declare const LIST: Kind;
/** @type {Kind} */
export declare const TEXT_OR_TEXTS: Kind;
/** What goes into a key, and into one line of a log. @type {Kind} */
export declare const NAME: Kind;
/** @type {Kind} */
export declare const FUNCTION: Kind;
/** @type {Kind} */
export declare const SIGNAL: Kind;
/** @type {Kind} */
export declare const JSON_ONLY: Kind;
/** @type {Kind} */
export declare const COMPRESSION: Kind;
/**
 * @param {unknown} value
 * @returns {string} the value as it would stand in the source, where that is short
 */
export declare function show(value: unknown): string;
/**
 * @param {Readonly<Record<string, unknown>>} options `null` is Python's `None`, which every kind takes
 * @param {Readonly<Record<string, Kind>>} kinds what each known option takes
 * @param {(problem: string) => Error} refuse makes the error
 * @returns {Record<string, unknown>} the options that were given: `undefined` means not given
 * @throws {Error} of `refuse`, for an unknown option (naming the nearest known one) or a value of the wrong kind
 */
export declare function checkOptions(options: Readonly<Record<string, unknown>>, kinds: Readonly<Record<string, Kind>>, refuse: (problem: string) => Error): Record<string, unknown>;
/**
 * The options of a public method. A misplaced argument (`get(1)`, `get(signal)`) is no object of options.
 *
 * @param {unknown} options
 * @param {Readonly<Record<string, Kind>>} kinds what each known option takes
 * @param {string} label how messages name the method, such as "get()"
 * @returns {Record<string, any>} the options that were given
 * @throws {TypeError} for what is no object, an unknown option (naming the nearest known one) or a value of the wrong kind
 */
export declare function methodOptions(options: unknown, kinds: Readonly<Record<string, Kind>>, label: string): Record<string, any>;
/**
 * @param {unknown} options
 * @param {(problem: string) => Error} refuse makes the error
 * @param {string} example one of the options
 * @returns {Record<string, unknown>}
 * @throws {Error} of `refuse`, for what is no object of options
 */
export declare function optionsObject(options: unknown, refuse: (problem: string) => Error, example: string): Record<string, unknown>;
/**
 * @param {readonly unknown[]} given
 * @param {string} label how messages name the method, such as "forget()"
 * @throws {TypeError} when anything is given to a method that takes nothing
 */
export declare function checkNothing(given: readonly unknown[], label: string): void;
/**
 * @param {unknown} value
 * @param {Kind} kind
 * @param {string} label how messages name it, such as "revoke(): the task id"
 * @throws {TypeError} when it is of another kind
 */
export declare function checkArgument(value: unknown, [takes, test]: Kind, label: string): void;
/** @template {object} T @param {T} options @returns {T} without those that are `null` */
export declare const withoutNulls: <T extends object>(options: T) => T;
