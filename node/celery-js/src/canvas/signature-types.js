/** The classes of signatures, by Celery's `subtask_type`: how a dict becomes a signature again. */
import { MAX_ID_BYTES } from "../protocol/decode-envelope.js";
import { clipped } from "../validation/clip.js";
import { checkNested } from "./nested-limits.js";
import { isSignature } from "./shapes.js";

/**
 * @typedef {import("./current-app.js").CanvasApp} CanvasApp
 * @typedef {import("./types.js").AnySignature} Signature
 * @typedef {import("./types.js").SignatureData} SignatureData
 * @typedef {(app: CanvasApp | null, data: SignatureData) => Signature} Rebuild
 */

/** Each class registers itself; null is a single task. @type {Map<string | null, Rebuild>} */
const TYPES = new Map();

/**
 * @param {string | null} type as in `subtask_type`
 * @param {Rebuild} rebuild
 */
export function register(type, rebuild) {
  TYPES.set(type, rebuild);
}

/**
 * Rebuilds a signature, and those within it.
 *
 * @param {CanvasApp | null} app
 * @param {SignatureData} data as `toJSON` or Celery gives it
 * @returns {Signature} of the class for its `subtask_type`
 * @throws {InvalidTaskError} when it exceeds a limit of a message
 * @throws {TypeError} when it is not a signature, of an unknown type, or its task's name is too long for any message
 */
export function rebuild(app, data) {
  if (typeof data?.task !== "string") throw new TypeError("a signature needs at least a task");
  if (data.task.length > MAX_ID_BYTES) {
    throw new TypeError(`a signature's task has ${data.task.length} characters: the limit is ${MAX_ID_BYTES}`);
  }
  checkNested(app, data);
  const type = data.subtask_type || null;
  const rebuildType = TYPES.get(type);
  if (rebuildType === undefined) throw new TypeError(`there is no signature of type '${clipped(String(type))}'`);
  return rebuildType(app, data);
}

/**
 * @param {unknown} value a signature, or Celery's dict of one
 * @param {CanvasApp | null} app
 * @returns {Signature} the same where it is one
 */
export function toSignature(value, app) {
  return isSignature(value) ? value : rebuild(app, /** @type {SignatureData} */ (value));
}
