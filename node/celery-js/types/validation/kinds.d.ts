export type Kind<T = unknown> = readonly [takes: string, test: (value: unknown) => boolean, type?: T];
export type OptionsOf<K extends Readonly<Record<string, Kind>>, NotNull extends keyof K = never> = {
    -readonly [N in keyof K]?: ValueOf<K[N]> | (N extends NotNull ? never : null);
};
export type KindsOf<T> = {
    readonly [N in keyof T]-?: Kind<T[N]>;
};
export type ValueOf<K> = K extends Kind<infer T> ? T : never;
/** @type {Kind} */
export declare const ANYTHING: Kind;
/** @type {Kind<boolean>} */
export declare const BOOLEAN: Kind<boolean>;
/** @type {Kind<string>} */
export declare const TEXT: Kind<string>;
/** @type {Kind<number>} */
export declare const COUNT: Kind<number>;
/** @type {Kind<number>} */
export declare const POSITIVE: Kind<number>;
/** A moment relative to now, which may have passed. @type {Kind<number>} */
export declare const SECONDS: Kind<number>;
/** @type {Kind<number>} */
export declare const DURATION: Kind<number>;
/** Redis has no more: kombu silently treats 99 as 9. @type {Kind<number>} */
export declare const PRIORITY: Kind<number>;
/** How long to wait; `Infinity`: as long as it takes. @type {Kind<number>} */
export declare const WAIT: Kind<number>;
/** @type {Kind<"async" | "threads">} */
export declare const POOL: Kind<"async" | "threads">;
/** What `celery.utils.time.rate` reads. @type {Kind<number | string>} */
export declare const RATE: Kind<number | string>;
/** @type {Kind<Record<string, unknown>>} */
export declare const OBJECT: Kind<Record<string, unknown>>;
/** @type {Kind<unknown[]>} */
export declare const LIST: Kind<unknown[]>;
/** @type {Kind<string | readonly string[]>} */
export declare const TEXT_OR_TEXTS: Kind<string | readonly string[]>;
/** A name for keys and log lines, without control characters and halves of surrogate pairs. @type {Kind<string>} */
export declare const NAME: Kind<string>;
/** @type {Kind<(...args: never[]) => unknown>} */
export declare const FUNCTION: Kind<(...args: never[]) => unknown>;
/** @type {Kind<AbortSignal>} */
export declare const SIGNAL: Kind<AbortSignal>;
/** A signal's name, with or without SIG. @type {Kind<string>} */
export declare const SIGNAL_NAME: Kind<string>;
/** @type {Kind<"json">} */
export declare const JSON_ONLY: Kind<"json">;
/** @type {Kind<string>} */
export declare const COMPRESSION: Kind<string>;
/**
 * @param {unknown} value
 * @returns {string} the value as it would stand in the source, where that is short
 */
export declare function show(value: unknown): string;
/**
 * @template {Readonly<Record<string, Kind>>} K
 * @param {Readonly<Record<string, unknown>>} options `null` is Python's `None`, which every kind takes
 * @param {K} kinds what each known option takes
 * @param {(problem: string) => Error} refuse makes the error
 * @returns {OptionsOf<K>} the options that were given: `undefined` means not given
 * @throws {Error} of `refuse`, for an unknown option (naming the nearest known one) or a value of the wrong kind
 */
export declare function checkOptions<K extends Readonly<Record<string, Kind>>>(options: Readonly<Record<string, unknown>>, kinds: K, refuse: (problem: string) => Error): OptionsOf<K>;
/**
 * The options of a public method. A misplaced argument (`get(1)`, `get(signal)`) is not an object of options.
 *
 * @template {Readonly<Record<string, Kind>>} K
 * @param {unknown} options
 * @param {K} kinds what each known option takes
 * @param {string} label how messages name the method, such as "get()"
 * @returns {OptionsOf<K>} the options that were given
 * @throws {TypeError} for a non-object, an unknown option (naming the nearest known one) or a value of the wrong kind
 */
export declare function methodOptions<K extends Readonly<Record<string, Kind>>>(options: unknown, kinds: K, label: string): OptionsOf<K>;
/**
 * @param {unknown} options
 * @param {(problem: string) => Error} refuse makes the error
 * @param {string} example one of the options
 * @returns {Record<string, unknown>}
 * @throws {Error} of `refuse`, for anything but an object of options
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
/**
 * @template {object} T
 * @param {T} options
 * @returns {{ [N in keyof T]: Exclude<T[N], null> }} without those that are `null`
 */
export declare const withoutNulls: <T extends object>(options: T) => { [N in keyof T]: Exclude<T[N], null>; };
