/** @interface */
export type SendOptions = import("../tasks/send-options.js").SendOptions;
export type WireOptions = Record<string, unknown>;
/** @typedef {import("../tasks/send-options.js").SendOptions} SendOptions */
/** @typedef {Record<string, unknown>} WireOptions */
/**
 * @param {Readonly<WireOptions>} wire in snake_case; a stamp is among them, under its own name
 * @returns {{ options: SendOptions, foreign: WireOptions }} `foreign`: what means nothing to this runtime (`producer`,
 *   a compression that Node cannot write, a retry policy with more than numbers) and has to reach the next worker unharmed
 */
export declare function fromWire(wire: Readonly<WireOptions>): {
    options: SendOptions;
    foreign: WireOptions;
};
/**
 * @param {Readonly<SendOptions>} options
 * @param {Readonly<WireOptions>} foreign
 * @returns {WireOptions}
 */
export declare function toWire({ stamps, properties, ...options }: Readonly<SendOptions>, foreign: Readonly<WireOptions>): WireOptions;
/**
 * Celery sends an option that it does not know as a property of the message: `immutable` of a clone, for instance.
 *
 * @param {Readonly<WireOptions>} foreign
 * @param {SendOptions} options
 * @returns {SendOptions}
 */
export declare function withProperties(foreign: Readonly<WireOptions>, options: SendOptions): SendOptions;
/**
 * A chain and a group of Celery's take the option `immutable` for what they are made with.
 *
 * @param {Readonly<WireOptions>} [foreign]
 * @returns {{ foreign: WireOptions, immutable: boolean }}
 */
export declare function ownImmutable({ immutable, ...foreign }?: Readonly<WireOptions>): {
    foreign: WireOptions;
    immutable: boolean;
};
/**
 * @param {unknown} value
 * @returns {unknown[]} as `kombu.utils.functional.maybe_list`, empty for none
 */
export declare function listOf(value: unknown): unknown[];
/**
 * Celery's rule for laying options over a signature's own: the group that a task counts for and what it is stamped with
 * stay as they are once they are set (`Signature._IMMUTABLE_OPTIONS`).
 *
 * @param {SendOptions} base
 * @param {SendOptions} given
 * @returns {SendOptions}
 */
export declare function mergeOver(base: SendOptions, given: SendOptions): SendOptions;
/**
 * @template {object} T
 * @param {T} options
 * @returns {T}
 */
export declare const withoutUndefined: <T extends object>(options: T) => T;
/**
 * @template {object} T
 * @param {T} options
 * @returns {T} without nulls: a caller's `null` leaves a signature's option as it is
 */
export declare const withoutNulls: <T extends object>(options: T) => T;
/**
 * @param {string} name in camelCase
 * @returns {string} as Celery spells it
 */
export declare const snakeCase: (name: string) => string;
/**
 * Options as they are now: a signature among them becomes its dict, so that freezing the one that is copied changes nothing
 * here (`Signature.__deepcopy__`). Arguments are shared.
 *
 * @param {unknown} value
 * @returns {unknown}
 */
export declare function snapshot(value: unknown): unknown;
