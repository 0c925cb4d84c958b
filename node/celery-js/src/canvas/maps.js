/** One task over many arguments, one after the other (`celery.canvas.xmap`, `xstarmap`) or in chunks (`chunks`). */

import { checkSending } from "../tasks/send-options.js";
import { show } from "../validation/kinds.js";
import { Group } from "./group.js";
import { Signature } from "./signature.js";

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

  /** @returns {Group} one message for each chunk */
  group() {
    const { task, it, n } = /** @type {{ task: AnySignature, it: readonly unknown[][], n: number }} */ (this.kwargs);
    const count = Math.ceil(it.length / n);
    const parts = Array.from({ length: count }, (_, i) => starmap(super.ownApp, task, it.slice(i * n, (i + 1) * n)));
    return new Group(super.ownApp, parts);
  }

  /**
   * @override
   * @param {readonly unknown[]} [args]
   * @param {SendOptions} [options]
   */
  async applyAsync(args = [], options = {}) {
    checkSending("celery.chunks", args, options);
    const { task } = /** @type {AnySignature} */ (this.kwargs.task);
    return this.group().applyAsync(args, { routeName: task, ...options });
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
