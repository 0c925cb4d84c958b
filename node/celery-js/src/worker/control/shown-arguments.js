/**
 * The arguments of messages in an answer to `inspect`: as values, as Celery shows them, where they are small. A worker may hold
 * messages of 64 MB, whose arguments would take seconds to write.
 */
import { reprArgs, reprKwargs } from "../../protocol/repr.js";
import { clipped } from "../../validation/clip.js";

/** The most characters of the arguments of one message, and of all in one answer. */
const MAX_OF_MESSAGE = 65_536;
const MAX_OF_ANSWER = 8_388_608;
/** How much is shown of larger ones. The sender's own texts may be longer than Celery's 1,024 characters. */
const MAX_REPR = 2_048;
/** For what has no text: numbers, brackets, commas. */
const OF_OTHERS = 8;

/** Shows the arguments of the messages in one answer. */
export class ShownArguments {
  #left = MAX_OF_ANSWER;

  /**
   * @param {import("../../execution/request.js").Request} request
   * @param {boolean} [safe] as texts in any case
   * @returns {{ args: unknown, kwargs: unknown }}
   */
  of({ message, delivery }, safe = false) {
    const { args, kwargs, argsrepr, kwargsrepr, rawHeaders } = message;
    if (!safe) {
      const size = rawHeaders.compression ? sizeOf([args, kwargs], 0) : delivery.raw.length;
      if (size <= MAX_OF_MESSAGE && size <= this.#left) {
        this.#left -= size;
        return { args, kwargs };
      }
    }
    return {
      args: clipped(argsrepr ?? reprArgs(args), MAX_REPR),
      kwargs: clipped(kwargsrepr ?? reprKwargs(kwargs), MAX_REPR),
    };
  }
}

/**
 * @param {unknown} value
 * @param {number} before counted already
 * @returns {number} about how many characters it has as JSON; it is not counted beyond the limit of a message
 */
function sizeOf(value, before) {
  if (typeof value === "string") return before + value.length;
  if (typeof value !== "object" || value === null) return before + OF_OTHERS;
  if (Buffer.isBuffer(value)) return before + value.length;
  let size = before + OF_OTHERS;
  for (const key in value) {
    size = sizeOf(/** @type {Record<string, unknown>} */ (value)[key], size + (Array.isArray(value) ? 1 : key.length));
    if (size > MAX_OF_MESSAGE) break;
  }
  return size;
}
