/** The options of a signature in both spellings: camelCase in JavaScript, Celery's snake_case in messages. */
import { isSendOption } from "../tasks/send-options.js";
import { COMPRESSION, limitedPriority } from "../validation/kinds.js";
import { isRetryPolicy } from "../validation/retry-policy.js";
import { isSignature } from "./shapes.js";

/** @typedef {import("../tasks/send-options.js").SendOptions} SendOptions */
/** @typedef {Record<string, unknown>} WireOptions */

/**
 * @param {Readonly<WireOptions>} wire in snake_case; a stamp is among them, under its own name
 * @returns {{ options: SendOptions, foreign: WireOptions }} `foreign`: options that this runtime does not use (`producer`, a
 *   compression that Node cannot write, a retry policy with more than numbers) and must pass on unchanged
 */
export function fromWire(wire) {
  const stampedHeaders = new Set(/** @type {string[]} */ (listOf(wire.stamped_headers)));
  /** @type {Record<string, unknown>} */
  const options = {};
  /** @type {WireOptions} */
  const foreign = {};
  for (const [name, value] of Object.entries(wire)) {
    if (stampedHeaders.has(name)) continue;
    const given = fromPython(name, value);
    if (isSendOption(camelCase(name)) && isUsable(name, given)) options[camelCase(name)] = given;
    else foreign[name] = value;
  }
  if (stampedHeaders.size > 0) {
    options.stamps = Object.fromEntries([...stampedHeaders].map((name) => [name, wire[name] ?? null]));
  }
  return { options, foreign };
}

/**
 * @param {Readonly<SendOptions>} options
 * @param {Readonly<WireOptions>} foreign
 * @returns {WireOptions}
 */
export function toWire({ stamps = {}, properties = {}, ...options }, foreign) {
  /** @type {WireOptions} */
  const wire = { ...foreign, ...properties };
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) wire[snakeCase(name)] = name === "retryPolicy" ? renamed(value, snakeCase) : value;
  }
  return Object.assign(wire, stamps);
}

/** Options that Celery and kombu take themselves (`Celery.send_task`, `AMQP.send_task_message`, `Producer.publish`). */
const TAKEN_BY_PYTHON = new Set([
  ...["producer", "publisher", "connection", "router", "result_cls", "task_type", "event_dispatcher", "declare"],
  ...["retry", "retry_policy", "compression", "content_type", "content_encoding", "mandatory", "immediate"],
  ...["timeout", "confirm_timeout"],
]);

/**
 * Celery sends an option that it does not know as a property of the message: `immutable` of a clone, for instance.
 *
 * @param {Readonly<WireOptions>} foreign
 * @param {SendOptions} options
 * @returns {SendOptions}
 */
export function withProperties(foreign, options) {
  const own = Object.entries(foreign).filter(([name]) => !TAKEN_BY_PYTHON.has(name));
  if (own.length === 0) return options;
  return { ...options, properties: { ...Object.fromEntries(own), ...options.properties } };
}

/**
 * In Celery, `immutable` in the options of a chain or a group is an argument of its constructor.
 *
 * @param {Readonly<WireOptions>} [foreign]
 * @returns {{ foreign: WireOptions, immutable: boolean }}
 */
export function ownImmutable({ immutable = false, ...foreign } = {}) {
  return { foreign, immutable: Boolean(immutable) };
}

/**
 * Whether Node can use a sending option from Python. One that it cannot use is passed on and must not fail the workflow.
 *
 * @param {string} name
 * @param {unknown} value
 */
function isUsable(name, value) {
  if (value === null) return true;
  if (name === "compression") return COMPRESSION[1](value);
  if (name === "retry") return typeof value === "boolean";
  return name !== "retry_policy" || isRetryPolicy(value);
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function fromPython(name, value) {
  if (name === "retry_policy") return renamed(value, camelCase);
  return name === "priority" && Number.isInteger(value) ? limitedPriority(Number(value)) : value;
}

/**
 * @param {unknown} value
 * @param {(name: string) => string} rename
 * @returns {unknown} an object with its members renamed
 */
function renamed(value, rename) {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [rename(name), member]));
}

/**
 * @param {unknown} value
 * @returns {unknown[]} as `kombu.utils.functional.maybe_list`, empty for none
 */
export function listOf(value) {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/**
 * Celery's rule for merging options into a signature's own: its group and its stamps, once set, do not change
 * (`Signature._IMMUTABLE_OPTIONS`).
 *
 * @param {SendOptions} base
 * @param {SendOptions} given
 * @returns {SendOptions}
 */
export function mergeOver(base, given) {
  /** @type {Record<string, unknown>} */
  const merged = { ...base };
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined && !KEPT.has(name)) merged[name] = value;
  }
  const { groupId, stampedHeaders, stamps, properties } = given;
  if (properties !== undefined) merged.properties = { ...base.properties, ...properties };
  if (groupId !== undefined && !("groupId" in base)) merged.groupId = groupId;
  if (stampedHeaders !== undefined && !("stampedHeaders" in base)) merged.stampedHeaders = stampedHeaders;
  if (stamps !== undefined) merged.stamps = { ...stamps, ...base.stamps };
  return merged;
}

/** Options that a signature keeps, or adds to. */
const KEPT = new Set(["groupId", "stampedHeaders", "stamps", "properties"]);

/**
 * @template {object} T
 * @param {T} options
 * @returns {T}
 */
export const withoutUndefined = (options) => filtered(options, (value) => value !== undefined);

/**
 * @template {object} T
 * @param {T} options
 * @returns {T} without nulls: a caller's `null` leaves a signature's option as it is
 */
export const withoutNulls = (options) => filtered(options, (value) => value != null);

/**
 * A loop, because signatures are made and copied in great numbers, most with few options.
 *
 * @template {object} T
 * @param {T} options
 * @param {(value: unknown) => boolean} isKept
 * @returns {T}
 */
function filtered(options, isKept) {
  const kept = /** @type {T} */ ({});
  for (const name of /** @type {(keyof T)[]} */ (Object.keys(options))) {
    if (isKept(options[name])) kept[name] = options[name];
  }
  return kept;
}

/**
 * @param {string} name in camelCase
 * @returns {string} as Celery spells it
 */
export const snakeCase = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
/** @param {string} name */
const camelCase = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

/**
 * Options as they are now: a signature among them becomes its dict, so that freezing the one that is copied changes nothing
 * here (`Signature.__deepcopy__`). Arguments are shared.
 *
 * @param {unknown} value
 * @returns {unknown}
 */
export function snapshot(value) {
  if (Array.isArray(value)) return value.map(snapshot);
  if (isSignature(value)) {
    const data = value.toJSON();
    return { ...data, options: snapshot(data.options) };
  }
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, snapshot(member)]));
}
