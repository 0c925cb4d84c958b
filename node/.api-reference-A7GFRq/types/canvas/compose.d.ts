import { Chord } from "./chord.js";
import { Group } from "./group.js";
import { Signature } from "./signature.js";
export type AnySignature = Signature<any>;
export type Tasks = AnySignature | Iterable<AnySignature>;
/** @typedef {Signature<any>} AnySignature */
/** @typedef {AnySignature | Iterable<AnySignature>} Tasks */
/**
 * Tasks one after the other: Celery's `a | b | c`, its upgrades to chords included.
 *
 * @param {...Tasks} tasks signatures, or one iterable of them
 * @returns {AnySignature} a chain, unless the upgrades leave one chord or group alone
 */
export declare function chain(...tasks: Tasks[]): AnySignature;
/**
 * Tasks side by side.
 *
 * @param {...Tasks} tasks signatures, or one iterable of them
 * @returns {Group}
 */
export declare function group(...tasks: Tasks[]): Group;
/**
 * A group whose results go to one task.
 *
 * @param {Tasks} header
 * @param {AnySignature | null} [body] gets the list of results
 * @returns {Chord}
 */
export declare function chord(header: Tasks, body?: AnySignature | null): Chord;
/**
 * @param {unknown} task a signature, which is copied, or Celery's dict of one
 * @param {import("./current-app.js").CanvasApp | null} [app]
 * @returns {AnySignature}
 */
export declare const signature: (task: unknown, app?: import("./current-app.js").CanvasApp | null) => AnySignature;
/**
 * Celery's `left | right` (the `__or__` of each class).
 *
 * @param {AnySignature} left
 * @param {AnySignature} right
 * @returns {AnySignature}
 */
export declare function pipe(left: AnySignature, right: AnySignature): AnySignature;
