/** Builds the message of a task, as `celery.app.amqp.AMQP.as_task_v2` does. */
import { hostname } from "node:os";
import { isoFormat } from "./json-types.js";
import { reprArgs, reprKwargs } from "./repr.js";
import { parseIso, toIso } from "./time.js";

/**
 * @typedef {object} TaskMessageOptions
 * @property {string} taskId
 * @property {string} name the task's
 * @property {readonly unknown[]} [args]
 * @property {Record<string, unknown>} [kwargs]
 * @property {number | null} [countdown] seconds from now; sets `eta`
 * @property {Date | string | null} [eta] the moment, or its ISO text
 * @property {number | Date | string | null} [expires] seconds from now, the moment, or its ISO text
 * @property {string | null} [groupId]
 * @property {number | null} [groupIndex] the task's place in its group
 * @property {number} [retries] how often it has been retried
 * @property {unknown} [chord] the signature of the chord's body
 * @property {readonly unknown[] | null} [callbacks] signatures to send on success (`link`)
 * @property {readonly unknown[] | null} [errbacks] signatures to call on failure (`link_error`)
 * @property {readonly unknown[] | null} [chain] the signatures that follow, the last one first
 * @property {string | null} [replyTo]
 * @property {string} [correlationId] default the task's id
 * @property {number | null} [timeLimit] seconds, hard
 * @property {number | null} [softTimeLimit] seconds
 * @property {string | null} [rootId] default the task's own id
 * @property {string | null} [parentId]
 * @property {string | null} [shadow] the name to show in logs
 * @property {string | null} [origin] who sends it, default `gen<pid>@<host>`
 * @property {boolean | null} [ignoreResult]
 * @property {string | null} [argsrepr] default the arguments as Python prints them
 * @property {string | null} [kwargsrepr]
 * @property {readonly string[] | null} [stampedHeaders] which of `stamps` are stamped
 * @property {Record<string, unknown>} [stamps]
 * @property {number} [replacedTaskNesting]
 * @property {number} [nowMs] epoch milliseconds that `countdown` and `expires` count from
 */

/**
 * @param {TaskMessageOptions} options
 * @returns {{ headers: Record<string, unknown>, properties: Record<string, unknown>, body: unknown[] }} for `encodeEnvelope`
 * @throws {TypeError} when `args` is no array or `kwargs` no object
 * @throws {InvalidTaskError} when `expires` is no ISO text
 */
export function taskMessage(options) {
  const { taskId, name, args = [], kwargs = {}, nowMs = Date.now() } = options;
  if (!Array.isArray(args)) throw new TypeError("task args must be an array");
  if (typeof kwargs !== "object" || kwargs === null || Array.isArray(kwargs)) {
    throw new TypeError("task keyword arguments must be an object");
  }
  const eta = options.countdown ? toIso(nowMs + options.countdown * 1000) : isoOrNull(options.eta, nowMs);
  const expires = isoOrNull(options.expires, nowMs);
  const stampedHeaders = options.stampedHeaders ?? null;
  const headers = {
    lang: "js",
    task: name,
    id: taskId,
    shadow: options.shadow ?? null,
    eta,
    expires,
    group: options.groupId ?? null,
    group_index: options.groupIndex ?? null,
    retries: options.retries ?? 0,
    timelimit: [options.timeLimit ?? null, options.softTimeLimit ?? null],
    root_id: options.rootId || taskId,
    parent_id: options.parentId ?? null,
    argsrepr: options.argsrepr ?? reprArgs(args),
    kwargsrepr: options.kwargsrepr ?? reprKwargs(kwargs),
    origin: options.origin || anonymousOrigin(),
    ignore_result: options.ignoreResult === undefined ? false : options.ignoreResult,
    replaced_task_nesting: options.replacedTaskNesting ?? 0,
    stamped_headers: stampedHeaders,
    stamps: pick(options.stamps ?? {}, stampedHeaders ?? []),
  };
  /** @type {Record<string, unknown>} */
  const properties = { correlation_id: options.correlationId ?? taskId, reply_to: options.replyTo || "" };
  if (expires !== null) properties.expiration = expirationOf(expires, nowMs);
  return { headers, properties, body: [args, kwargs, embedOf(options)] };
}

/**
 * @param {string} expires ISO text
 * @param {number} nowMs
 * @returns {string} the milliseconds that are left, as AMQP's property has them
 */
function expirationOf(expires, nowMs) {
  return String(Math.max(0, Math.trunc(parseIso(expires) - nowMs)));
}

/** @param {TaskMessageOptions} options */
function embedOf({ callbacks = null, errbacks = null, chain = null, chord = null }) {
  return { callbacks, errbacks, chain, chord };
}

/**
 * @param {number | Date | string | null | undefined} moment a number is seconds from `nowMs`
 * @param {number} nowMs
 */
function isoOrNull(moment, nowMs) {
  if (typeof moment === "number") return toIso(nowMs + moment * 1000);
  if (moment instanceof Date) return isoFormat(moment);
  return moment || null;
}

/**
 * @param {Record<string, unknown>} stamps
 * @param {readonly string[]} names
 */
function pick(stamps, names) {
  return Object.fromEntries(names.map((name) => [name, stamps[name] ?? null]));
}

/** @type {string | undefined} */
let origin;

/** @returns {string} Celery's name of a process that is no worker (`celery.utils.nodenames.anon_nodename`) */
export function anonymousOrigin() {
  origin ??= `gen${process.pid}@${hostname()}`;
  return origin;
}
