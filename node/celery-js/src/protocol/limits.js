/**
 * The limits of a single message, and the sentence of their refusals, which names the setting. The reader of each part checks its
 * limits (text in json-loads.js, envelope and body in decode-envelope.js, task in decode-task.js), and encode-message.js does the
 * same checks before sending. Python's workers have the same limits (`celery_reliable/limits.py`).
 */
import { SETTINGS } from "../settings.js";

/**
 * @typedef {"messageSizeLimit" | "messageDepthLimit" | "messageValueLimit" | "decompressedSizeLimit"} TextLimit
 * @typedef {"callbackLimit" | "chainLengthLimit"} FollowerLimit
 * @typedef {Pick<import("../settings.js").Settings, TextLimit | FollowerLimit>} Limits
 * @typedef {new (message: string) => Error} ErrorClass
 */

/** Deeper values are neither written nor read: Python's own reader gives up on them. */
export const MAX_DEPTH = 500;

/** The limits for messages read without an app. @type {Limits} */
export const DEFAULT_LIMITS = {
  messageSizeLimit: SETTINGS.messageSizeLimit.default,
  messageDepthLimit: SETTINGS.messageDepthLimit.default,
  messageValueLimit: SETTINGS.messageValueLimit.default,
  decompressedSizeLimit: SETTINGS.decompressedSizeLimit.default,
  callbackLimit: SETTINGS.callbackLimit.default,
  chainLengthLimit: SETTINGS.chainLengthLimit.default,
};

/**
 * The limits of a command or an event: one that revokes all that a worker remembers is a quarter of that. @type {Limits}
 */
export const BROADCAST_LIMITS = {
  ...DEFAULT_LIMITS,
  messageSizeLimit: 8 * 1024 * 1024,
  messageValueLimit: 200_000,
  decompressedSizeLimit: 8 * 1024 * 1024,
};

/** No limits, for dead letters that an operator looks at. @type {Limits} */
export const NO_LIMITS = {
  messageSizeLimit: Infinity,
  messageDepthLimit: Infinity,
  messageValueLimit: Infinity,
  decompressedSizeLimit: Infinity,
  callbackLimit: Infinity,
  chainLengthLimit: Infinity,
};

/**
 * @param {Limits} settings
 * @returns {Limits} the limits alone, which can be given to a thread
 */
export function limitsOf(settings) {
  const { messageSizeLimit, messageDepthLimit, messageValueLimit } = settings;
  const { decompressedSizeLimit, callbackLimit, chainLengthLimit } = settings;
  return {
    messageSizeLimit,
    messageDepthLimit,
    messageValueLimit,
    decompressedSizeLimit,
    callbackLimit,
    chainLengthLimit,
  };
}

/**
 * @param {ErrorClass} Refusal
 * @param {string} what
 * @param {Record<string, number>} limit by its name
 * @returns {Error}
 */
export function refusal(Refusal, what, limit) {
  const [[name, value]] = Object.entries(limit);
  return new Refusal(`${what}: the limit is ${name}=${value}`);
}
