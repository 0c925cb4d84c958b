/** One task over many arguments, one after the other (`celery.canvas.xmap`, `xstarmap`) or in chunks (`chunks`). */
import { setImmediate as nextTurn } from "node:timers/promises";
import { checkSending } from "../tasks/send-options.js";
import { show } from "../validation/kinds.js";
import { Group } from "./group.js";
import { Signature } from "./signature.js";

/** Messages that are made in one turn of the event loop. */
const PARTS_A_TURN = 1_000;

/**
 * @typedef {import("./types.js").AnySignature} AnySignature
 * @typedef {import("./current-app.js").CanvasApp} CanvasApp
 * @typedef {import("../tasks/send-options.js").SendOptions} SendOptions
 */

/**
 * @param {CanvasApp | null} app
 * @param {AnySignature} task
 * @param {Iterable<unknown>} items what the task is called with, one by one
 */
export const map = (app, task, items) => new Mapping(app, "celery.map", task, listed(items, "map()"));

/**
 * @param {CanvasApp | null} app
 * @param {AnySignature} task
 * @param {Iterable<readonly unknown[]>} items the arguments of each call
 */
export const starmap = (app, task, items) => new Mapping(app, "celery.starmap", task, listed(items, "starmap()"));

/**
 * @template T
 * @param {Iterable<T>} items
 * @param {string} label
 * @returns {T[]}
 * @throws {TypeError} when they are not an iterable of items
 */
function listed(items, label) {
  if (typeof items !== "object" || typeof items?.[Symbol.iterator] !== "function") {
    throw new TypeError(`${label} takes an array or another iterable of arguments, not ${show(items)}`);
  }
  return [...items];
}

/** One message for all of the calls, which goes where the mapped task goes. */
class Mapping extends Signature {
  /**
   * @param {CanvasApp | null} app
   * @param {string} name
   * @param {AnySignature} task
   * @param {unknown[]} it
   * @param {SendOptions} [options]
   */
  constructor(app, name, task, it, options) {
    super(app, { task: name, kwargs: { task, it }, options, immutable: true });
  }

  /**
   * @override
   * @param {readonly unknown[]} [_args] not taken
   * @param {SendOptions} [sending]
   */
  async applyAsync(_args = [], sending = {}) {
    checkSending("celery.map", [], sending);
    const { kwargs: _, ...options } = sending;
    const { task } = /** @type {AnySignature} */ (this.kwargs.task);
    return super.applyAsync([], { routeName: task, ...options });
  }
}

/**
 * @template [R=unknown] what each call returns
 * @extends {Signature<R[][], import("../app/group-result.js").GroupResult<R[]>>}
 */
export class Chunks extends Signature {
  /**
   * @param {CanvasApp | null} app
   * @param {AnySignature} task
   * @param {Iterable<readonly unknown[]>} items the arguments of each call
   * @param {number} size calls in one message
   * @param {{ options?: SendOptions }} [rest]
   * @throws {TypeError} when the size is not a whole number from 1
   */
  constructor(app, task, items, size, { options } = {}) {
    if (!Number.isInteger(size) || size < 1)
      throw new TypeError(`chunks() takes a size of 1 or more, not ${show(size)}`);
    super(app, {
      task: "celery.chunks",
      kwargs: { task, it: listed(items, "chunks()"), n: size },
      options,
      immutable: true,
    });
  }

  /**
   * @internal
   * @returns {number} how many messages it sends
   */
  get messageCount() {
    const { it, n } = this.#given;
    return Math.ceil(it.length / n);
  }

  /** @returns {Group} one message for each chunk */
  group() {
    return new Group(super.ownApp, this.#parts(0, this.messageCount));
  }

  /**
   * As `group`, while other work of the process goes on.
   *
   * @returns {Promise<Group>}
   */
  async #groupInTurns() {
    /** @type {AnySignature[]} */
    const parts = [];
    for (let from = 0; from < this.messageCount; from += PARTS_A_TURN) {
      if (from > 0) await nextTurn();
      parts.push(...this.#parts(from, Math.min(from + PARTS_A_TURN, this.messageCount)));
    }
    return new Group(super.ownApp, parts);
  }

  get #given() {
    return /** @type {{ task: AnySignature, it: readonly unknown[][], n: number }} */ (this.kwargs);
  }

  /**
   * @param {number} from
   * @param {number} end
   */
  #parts(from, end) {
    const { task, it, n } = this.#given;
    return Array.from({ length: end - from }, (_, i) =>
      starmap(super.ownApp, task, it.slice((from + i) * n, (from + i + 1) * n)),
    );
  }

  /**
   * @override
   * @param {readonly unknown[]} [args]
   * @param {SendOptions} [options]
   */
  async applyAsync(args = [], options = {}) {
    checkSending("celery.chunks", args, options);
    const { task } = /** @type {AnySignature} */ (this.kwargs.task);
    return (await this.#groupInTurns()).applyAsync(args, { routeName: task, ...options });
  }

  /**
   * @override
   * @param {readonly unknown[]} [args]
   * @param {SendOptions} [options]
   */
  async apply(args = [], options = {}) {
    return this.group().apply(args, options);
  }
}
