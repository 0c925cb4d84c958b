import { Chord } from "./chord.js";
import { Group } from "./group.js";
import { Signature } from "./signature.js";
export type AnySignature = import("./types.js").AnySignature;
export type Tasks = AnySignature | Iterable<AnySignature>;
export type ChainOf<T extends Tasks[]> = T extends [Iterable<infer S>] ? import("./types.js").EndingWith<S> : T extends [...unknown[], infer S] ? import("./types.js").EndingWith<S> : import("./types.js").EndingWith<T[number]>;
export type GroupOf<T extends Tasks[]> = Group<import("./types.js").ElementOf<T extends [Iterable<infer S>] ? S : T[number]>>;
/**
 * Tasks one after the other: Celery's `a | b | c`, its upgrades to chords included.
 *
 * @template {Tasks[]} T
 * @param {T} tasks signatures, or one iterable of them
 * @returns {ChainOf<T>} a chain, unless the upgrades leave one chord or group alone
 */
export declare function chain<T extends Tasks[]>(...tasks: T): ChainOf<T>;
/**
 * Tasks side by side.
 *
 * @template {Tasks[]} T
 * @param {T} tasks signatures, or one iterable of them
 * @returns {GroupOf<T>}
 */
export declare function group<T extends Tasks[]>(...tasks: T): GroupOf<T>;
/**
 * A group whose results go to one task.
 *
 * @template [R=unknown]
 * @template {import("./types.js").AnyResult | null} [A=import("./types.js").AnyResult]
 * @param {Tasks} header
 * @param {Signature<R, A> | null} [body] gets the list of results
 * @param {...never} nothing
 * @returns {Chord<R, A>}
 * @throws {TypeError} when the header has anything but signatures, or the body is none
 */
export declare function chord<R = unknown, A extends import("./types.js").AnyResult | null = import("./types.js").AnyResult>(header: Tasks, body?: Signature<R, A> | null, ...nothing: never[]): Chord<R, A>;
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
/**
 * `left | a | b | ...` of up to 10,000 steps, where `pipe` would copy all of them for each step.
 *
 * @param {AnySignature} left
 * @param {readonly AnySignature[]} steps
 * @returns {AnySignature}
 */
export declare function pipeAll(left: AnySignature, steps: readonly AnySignature[]): AnySignature;
