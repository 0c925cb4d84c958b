/**
 * Reads a task from an envelope: protocol 2, protocol 1, and the hybrid of the two, as Celery's consumer and its strategies
 * do (`celery.worker.consumer`, `celery.worker.strategy`). Runs once for each message that a worker takes. As in
 * `celery_reliable/task_message.py`, a value that is not given is empty, and one of another kind is refused.
 */
import { CeleryError, InvalidTaskError } from "../errors.js";
import { show } from "../validation/kinds.js";
import { checkLengths, decodeBody, ownHeaders } from "./decode-envelope.js";
import { isMapping, numberOrNull, textOrNull } from "./json-loads.js";
import { DEFAULT_LIMITS, refusal } from "./limits.js";
import { saferepr } from "./repr.js";
import { parseIso } from "./time.js";

/** @typedef {import("./decode-envelope.js").Envelope} Envelope */
/** @typedef {import("./limits.js").Limits} Limits */

/** @typedef {import("./message.js").TaskMessage} TaskMessage */
/** @typedef {import("./message.js").DeliveryInfo} DeliveryInfo */

/** The longest time limit that a message may set: longer than any task runs, and short enough for every timer. */
const MAX_LIMIT_S = 10 * 365 * 86_400;
/** The most retries that a message may count: what a task compares and adds to must be a whole number. */
const MAX_RETRIES = 2 ** 31 - 1;
/** The most names of stamps: each is looked up in other lists of the message. */
const MAX_STAMPED_HEADERS = 1_000;

/**
 * @param {Envelope} envelope
 * @param {Limits} [limits]
 * @returns {TaskMessage}
 * @throws {ContentDisallowed} when the content is not JSON; names its type
 * @throws {DecodeError} when the body cannot be read
 * @throws {InvalidTaskError} when it is readable and no task: no name, no id, arguments or moments of the wrong shape.
 *   All of them carry `taskId` and `taskName` (`TaskIdentity`), null where they could not be read
 */
export function decodeTask(envelope, limits = DEFAULT_LIMITS) {
  /** @type {Record<string, unknown>} what names the task, as soon as it is known */
  let fields = envelope.headers;
  try {
    const body = decodeBody(envelope, limits);
    if ("task" in fields) {
      if (Array.isArray(body)) return checked(fromVersion2(envelope, body), limits);
      if (!isMapping(body) || !("args" in body)) throw new InvalidTaskError("The body is not [args, kwargs, embed]");
      fields = { ...body, ...fields };
      return checked(fromFields(envelope, fields, body.args, body.kwargs, body, 2), limits);
    }
    if (!isMapping(body)) throw new InvalidTaskError("The message names no task");
    fields = body;
    return checked(fromVersion1(envelope, body), limits);
  } catch (error) {
    if (!(error instanceof CeleryError)) throw error;
    // The sender waits under the correlation id, which has the same value, also if the body with the id cannot be read.
    const { correlation_id, correlationId } = envelope.properties;
    const taskId = textOrNull(fields.id) || textOrNull(correlation_id ?? correlationId);
    throw Object.assign(error, { taskId, taskName: textOrNull(fields.task) });
  }
}

/**
 * @param {TaskMessage} message
 * @param {Limits} limits
 * @returns {TaskMessage}
 */
function checked(message, limits) {
  checkFollowers(message.embed, limits);
  return message;
}

/**
 * @param {{ callbacks?: unknown, errbacks?: unknown, chain?: unknown }} embed what is to follow a task
 * @param {Limits} limits
 * @param {import("./limits.js").ErrorClass} [Refusal]
 * @throws {InvalidTaskError} when a limit is exceeded
 */
export function checkFollowers({ callbacks, errbacks, chain }, limits, Refusal = InvalidTaskError) {
  const { callbackLimit, chainLengthLimit } = limits;
  const links = lengthOf(callbacks) + lengthOf(errbacks);
  if (links > callbackLimit) throw refusal(Refusal, `the task has ${links} callbacks and errbacks`, { callbackLimit });
  const steps = lengthOf(chain);
  if (steps > chainLengthLimit) throw refusal(Refusal, `the chain has ${steps} more tasks`, { chainLengthLimit });
}

/** @param {unknown} list */
const lengthOf = (list) => (Array.isArray(list) ? list.length : 0);

/**
 * @param {Envelope} envelope
 * @param {unknown[]} body
 */
function fromVersion2(envelope, [args, kwargs, embed]) {
  if (embed !== null && embed !== undefined && !isMapping(embed))
    throw new InvalidTaskError("The embed is not a mapping");
  return fromFields(envelope, envelope.headers, args, kwargs, embed ?? {}, 2);
}

/**
 * @param {Envelope} envelope
 * @param {Record<string, unknown>} body with what protocol 2 has in the headers
 */
function fromVersion1(envelope, body) {
  const message = fromFields(envelope, body, body.args, body.kwargs, { ...body, chain: null }, 1);
  message.group = textOrNull(body.taskset) ?? message.group;
  message.argsrepr = saferepr(message.args);
  message.kwargsrepr = saferepr(message.kwargs);
  return message;
}

/**
 * @param {Envelope} envelope
 * @param {Record<string, unknown>} fields the headers of protocol 2, or what stands for them
 * @param {unknown} args
 * @param {unknown} kwargs
 * @param {Record<string, unknown>} embed
 * @param {1 | 2} protocol
 * @returns {TaskMessage}
 */
function fromFields({ headers, properties }, fields, args, kwargs, embed, protocol) {
  checkLengths(fields, properties);
  const deliveryInfo = deliveryInfoOf(properties, headers);
  return {
    id: requiredText(fields.id, "id"),
    name: requiredText(fields.task, "name"),
    args: checkedValue(args, /** @type {unknown[]} */ ([]), Array.isArray, "Task arguments must be a list"),
    kwargs: checkedValue(kwargs, {}, isMapping, "Task keyword arguments must be a mapping"),
    embed: checkedEmbed(embed),
    headers: ownHeaders(headers),
    rawHeaders: headers,
    properties,
    deliveryInfo,
    retries: checkedValue(
      fields.retries,
      0,
      isCountOfRetries,
      `retries must be a whole number from 0 to ${MAX_RETRIES}`,
    ),
    eta: checkedMoment(fields.eta, "ETA"),
    expires: checkedMoment(fields.expires, "expires"),
    timelimit: checkedTimeLimits(fields.timelimit),
    rootId: textOrNull(fields.root_id),
    parentId: textOrNull(fields.parent_id),
    group: textOrNull(fields.group),
    // The score of a part's result, which can be no NaN.
    groupIndex: Number.isFinite(fields.group_index) ? Number(fields.group_index) : null,
    shadow: textOrNull(fields.shadow),
    origin: textOrNull(fields.origin),
    ignoreResult: typeof fields.ignore_result === "boolean" ? fields.ignore_result : null,
    argsrepr: textOrNull(fields.argsrepr),
    kwargsrepr: textOrNull(fields.kwargsrepr),
    // celery-node writes its properties in camelCase.
    replyTo: textOrNull(properties.reply_to ?? properties.replyTo),
    correlationId: textOrNull(properties.correlation_id ?? properties.correlationId),
    priority: deliveryInfo.priority ?? 0,
    redelivered: deliveryInfo.redelivered,
    stampedHeaders: checkedNames(fields.stamped_headers),
    stamps: checkedValue(isNothing(fields.stamps) ? null : fields.stamps, {}, isMapping, "stamps must be a mapping"),
    replacedTaskNesting: numberOrNull(fields.replaced_task_nesting) ?? 0,
    utc: protocol === 1 && typeof fields.utc === "boolean" ? fields.utc : null,
    protocol,
  };
}

/**
 * As `celery.worker.request.Request.delivery_info`. A retry of a redelivered message carries its old `redelivered` header
 * (Python Celery copies it), so the header counts only where there is no delivery info.
 *
 * @param {Record<string, unknown>} properties
 * @param {Record<string, unknown>} headers
 * @returns {DeliveryInfo}
 */
function deliveryInfoOf(properties, headers) {
  const info = isMapping(properties.delivery_info) ? properties.delivery_info : null;
  return {
    exchange: textOrNull(info?.exchange),
    routing_key: textOrNull(info?.routing_key),
    priority: numberOrNull(properties.priority),
    redelivered: (info ?? headers).redelivered === true,
  };
}

/**
 * @param {unknown} value
 * @param {string} what
 */
function requiredText(value, what) {
  if (typeof value !== "string" || value === "") throw new InvalidTaskError(`The message has no task ${what}`);
  return value;
}

/**
 * @template T
 * @param {unknown} value
 * @param {T} empty stands for a value that is not given
 * @param {(value: unknown) => boolean} isRight
 * @param {string} problem
 * @returns {T}
 * @throws {InvalidTaskError} for a value of another kind
 */
function checkedValue(value, empty, isRight, problem) {
  if (value === null || value === undefined) return empty;
  if (!isRight(value)) throw new InvalidTaskError(problem);
  return /** @type {T} */ (value);
}

/** @param {unknown} value */
const isCountOfRetries = (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MAX_RETRIES;

/**
 * @param {Record<string, unknown>} embed
 * @returns {import("./message.js").Embed}
 */
function checkedEmbed({ callbacks, errbacks, chain, chord }) {
  const body = isNothing(chord) ? null : chord;
  if (body !== null && !isMapping(body)) throw new InvalidTaskError("chord must be a signature");
  return {
    callbacks: checkedList(callbacks, "callbacks"),
    errbacks: checkedList(errbacks, "errbacks"),
    chain: checkedList(chain, "chain"),
    chord: body,
  };
}

/**
 * @param {unknown} signatures
 * @param {string} what
 * @returns {unknown[] | null}
 */
function checkedList(signatures, what) {
  if (Array.isArray(signatures)) return signatures;
  if (!isNothing(signatures)) throw new InvalidTaskError(`${what} must be a list`);
  return null;
}

/**
 * @param {unknown} moment
 * @param {string} what
 */
function checkedMoment(moment, what) {
  if (moment === null || moment === undefined || moment === "") return null;
  if (typeof moment !== "string") throw new InvalidTaskError(`invalid ${what} value ${show(moment)}`);
  try {
    parseIso(moment);
  } catch (cause) {
    throw new InvalidTaskError(`invalid ${what} value ${show(moment)}`, { cause });
  }
  return moment;
}

/**
 * @param {unknown} limits
 * @returns {[number | null, number | null]}
 * @throws {InvalidTaskError}
 */
function checkedTimeLimits(limits) {
  if (isNothing(limits)) return [null, null];
  if (!Array.isArray(limits) || limits.length !== 2 || !limits.every(isLimit)) {
    const shown = saferepr(limits).slice(0, 80);
    throw new InvalidTaskError(`timelimit is ${shown}: expected [hard, soft] in seconds, or null for none`);
  }
  return [limits[0], limits[1]];
}

/**
 * @param {unknown} value
 * @returns {boolean}
 */
const isLimit = (value) => value === null || (typeof value === "number" && value >= 0 && value <= MAX_LIMIT_S);

/**
 * @param {unknown} value
 * @returns {boolean} what Python takes for false
 */
const isNothing = (value) =>
  !value || (Array.isArray(value) && value.length === 0) || (isMapping(value) && Object.keys(value).length === 0);

/**
 * @param {unknown} names
 * @returns {string[] | null}
 * @throws {InvalidTaskError}
 */
function checkedNames(names) {
  if (isNothing(names)) return Array.isArray(names) ? [] : null;
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) {
    throw new InvalidTaskError("stamped_headers must be a list of names");
  }
  if (names.length > MAX_STAMPED_HEADERS) {
    throw new InvalidTaskError(`stamped_headers has ${names.length} names: the limit is ${MAX_STAMPED_HEADERS}`);
  }
  return [...new Set(names)];
}
