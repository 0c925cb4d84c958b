/** The kinds of value that settings and options take: each has a name for messages, and a test. */
import { constants } from "node:os";
import { clipped } from "./clip.js";
import { didYouMean } from "./suggest.js";

/**
 * @template [T=unknown]
 * @typedef {readonly [takes: string, test: (value: unknown) => boolean, type?: T]} Kind `type` exists for TypeScript alone
 */
/**
 * The options that a table of kinds describes; `NotNull` lists those that refuse `null`.
 *
 * @template {Readonly<Record<string, Kind>>} K
 * @template {keyof K} [NotNull=never]
 * @typedef {{ -readonly [N in keyof K]?: ValueOf<K[N]> | (N extends NotNull ? never : null) }} OptionsOf
 */
/**
 * The table of kinds for a type of options.
 *
 * @template T
 * @typedef {{ readonly [N in keyof T]-?: Kind<T[N]> }} KindsOf
 */
/**
 * @template K
 * @typedef {K extends Kind<infer T> ? T : never} ValueOf
 */

/** @param {unknown} value */
const isNumber = (value) => typeof value === "number" && Number.isFinite(value);
/** @param {unknown} value */
const isFrom0 = (value) => isNumber(value) && Number(value) >= 0;

/** @type {Kind} */
export const ANYTHING = ["anything", () => true];
/** @type {Kind<boolean>} */
export const BOOLEAN = ["true or false", (value) => typeof value === "boolean"];
/** @type {Kind<string>} */
export const TEXT = ["a non-empty string", (value) => typeof value === "string" && value !== ""];
/** @type {Kind<number>} */
export const COUNT = ["a whole number, 0 or more", (value) => Number.isInteger(value) && isFrom0(value)];
/** @type {Kind<number>} */
export const POSITIVE = ["a whole number, 1 or more", (value) => Number.isInteger(value) && Number(value) >= 1];
/** A moment relative to now, which may have passed. @type {Kind<number>} */
export const SECONDS = ["a number of seconds", isNumber];
/** @type {Kind<number>} */
export const DURATION = ["a number of seconds, 0 or more", isFrom0];
/** Redis has no more: kombu silently treats 99 as 9. @type {Kind<number>} */
export const PRIORITY = ["a whole number from 0 to 9", (value) => COUNT[1](value) && Number(value) <= 9];
/**
 * @param {number} priority of a message, of any sender
 * @returns {number} limited to the priorities that Redis has, as kombu does (`Channel._get_message_priority`)
 */
export const limitedPriority = (priority) => Math.min(Math.max(Math.trunc(priority), 0), 9);
/** How long to wait; `Infinity`: as long as it takes. @type {Kind<number>} */
export const WAIT = ["a number of seconds, 0 or more", (value) => typeof value === "number" && value >= 0];
/** @type {Kind<"async" | "threads">} */
export const POOL = ["'async' or 'threads'", (value) => value === "async" || value === "threads"];
/** What `celery.utils.time.rate` reads. @type {Kind<number | string>} */
export const RATE = [
  'a number of tasks a second, or a string such as "10/s", "10/m" or "10/h"',
  (value) => isFrom0(value) || (typeof value === "string" && /^\d+(\.\d+)?(\/[smh])?$/.test(value)),
];
/** @type {Kind<Record<string, unknown>>} */
export const OBJECT = ["an object", (value) => typeof value === "object" && value !== null && !Array.isArray(value)];
/** @type {Kind<unknown[]>} */
export const LIST = ["an array", Array.isArray];
/** @type {Kind<string | readonly string[]>} */
export const TEXT_OR_TEXTS = [
  "a non-empty string, or an array of them",
  (value) => (Array.isArray(value) ? value : [value]).every(TEXT[1]),
];
/** The longest name, as of a task's id. */
const MAX_NAME = 2_048;
/** A name for keys and log lines, without control characters and halves of surrogate pairs. @type {Kind<string>} */
export const NAME = [
  "a name",
  (value) => TEXT[1](value) && String(value).length <= MAX_NAME && !/[\p{Cc}\p{Cs}]/u.test(String(value)),
];
/** @type {Kind<(...args: never[]) => unknown>} */
export const FUNCTION = ["a function", (value) => typeof value === "function"];
/** @type {Kind<AbortSignal>} */
export const SIGNAL = ["an AbortSignal", (value) => value instanceof AbortSignal];
/** A signal's name, with or without SIG. @type {Kind<string>} */
export const SIGNAL_NAME = [
  "the name of a signal, such as SIGTERM or TERM",
  (value) => TEXT[1](value) && `SIG${String(value).toUpperCase().replace(/^SIG/, "")}` in constants.signals,
];
/** @type {Kind<"json">} */
export const JSON_ONLY = ["'json', the only serializer (no pickle)", (value) => value === "json"];
/** kombu's names of what Node can write, and its content types. Python's workers read them all: `celery_reliable` brings brotli. */
const COMPRESSIONS = ["gzip", "zlib", "brotli", "application/x-gzip", "application/x-brotli"];
/** @type {Kind<string>} */
export const COMPRESSION = [
  "'gzip', 'zlib' or 'brotli' (Node writes no other)",
  (value) => COMPRESSIONS.includes(String(value)),
];

/**
 * @param {unknown} value
 * @returns {string} the value as it would stand in the source, where that is short
 */
export function show(value) {
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "an array" : objectKind(value);
  return typeof value === "string" ? JSON.stringify(clipped(value)) : String(value);
}

/**
 * @template {Readonly<Record<string, Kind>>} K
 * @param {Readonly<Record<string, unknown>>} options `null` is Python's `None`, which every kind takes
 * @param {K} kinds what each known option takes
 * @param {(problem: string) => Error} refuse makes the error
 * @returns {OptionsOf<K>} the options that were given: `undefined` means not given
 * @throws {Error} of `refuse`, for an unknown option (naming the nearest known one) or a value of the wrong kind
 */
export function checkOptions(options, kinds, refuse) {
  /** @type {Record<string, unknown>} */
  const given = {};
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(kinds, name)) throw refuse(`unknown option '${name}'${didYouMean(name, Object.keys(kinds))}`);
    if (value === undefined) continue;
    const [takes, test] = kinds[name];
    if (value !== null && !test(value)) throw refuse(`option '${name}' takes ${takes}, not ${show(value)}`);
    given[name] = value;
  }
  return /** @type {OptionsOf<K>} */ (given);
}

/**
 * @param {object} value
 * @returns {string} such as "an object" or "an AbortSignal"
 */
function objectKind(value) {
  if (value instanceof Date && Number.isNaN(value.getTime())) return "an invalid Date";
  const tag = Object.prototype.toString.call(value).slice("[object ".length, -1);
  const kind = tag === "Object" ? (value.constructor?.name ?? tag) : tag;
  return kind === "Object" ? "an object" : `${/^[AEIOU]/.test(kind) ? "an" : "a"} ${kind}`;
}

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
export function methodOptions(options, kinds, label) {
  const refuse = (/** @type {string} */ problem) => new TypeError(`${label}: ${problem}`);
  return checkOptions(optionsObject(options, refuse, Object.keys(kinds)[0]), kinds, refuse);
}

/**
 * @param {unknown} options
 * @param {(problem: string) => Error} refuse makes the error
 * @param {string} example one of the options
 * @returns {Record<string, unknown>}
 * @throws {Error} of `refuse`, for anything but an object of options
 */
export function optionsObject(options, refuse, example) {
  if (options === undefined) return {};
  const isOptions = typeof options === "object" && Object.prototype.toString.call(options) === "[object Object]";
  if (isOptions) return /** @type {Record<string, unknown>} */ (options);
  throw refuse(`the options must be an object, such as { ${example}: ... }, not ${show(options)}`);
}

/**
 * @param {readonly unknown[]} given
 * @param {string} label how messages name the method, such as "forget()"
 * @throws {TypeError} when anything is given to a method that takes nothing
 */
export function checkNothing(given, label) {
  if (given.length > 0) throw new TypeError(`${label} takes nothing, not ${show(given[0])}`);
}

/**
 * @param {unknown} value
 * @param {Kind} kind
 * @param {string} label how messages name it, such as "revoke(): the task id"
 * @throws {TypeError} when it is of another kind
 */
export function checkArgument(value, [takes, test], label) {
  if (!test(value)) throw new TypeError(`${label} must be ${takes}, not ${show(value)}`);
}

/**
 * @template {object} T
 * @param {T} options
 * @returns {{ [N in keyof T]: Exclude<T[N], null> }} without those that are `null`
 */
export const withoutNulls = (options) =>
  /** @type {{ [N in keyof T]: Exclude<T[N], null> }} */ (
    Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null))
  );
