/** What follows a signature: the callbacks and errbacks in its options. */
import { dumps } from "../protocol/json.js";
import { checkArgument } from "../validation/kinds.js";
import { listOf, withoutUndefined } from "./options.js";

/**
 * @typedef {import("./types.js").AnySignature} AnySignature
 * @typedef {import("../tasks/send-options.js").SendOptions} SendOptions
 */

export class Linkable {
  /** @param {SendOptions} options */
  constructor(options) {
    /** @type {SendOptions} */
    this.options = withoutUndefined(options);
  }

  /**
   * @template {AnySignature} S
   * @param {S} callback sent with the result once the task has succeeded
   * @returns {S} the callback
   * @throws {TypeError} when it is not a signature
   */
  link(callback) {
    checkArgument(callback, SIGNATURE, "link(): the callback");
    this.addToList("link", callback);
    return callback;
  }

  /**
   * @template {AnySignature} S
   * @param {S} errback called once the task has failed
   * @returns {unknown} the errback; of a group, those that each task got
   * @throws {TypeError} when it is not a signature
   */
  linkError(errback) {
    checkArgument(errback, SIGNATURE, "linkError(): the errback");
    this.addToList("linkError", errback);
    return errback;
  }

  /**
   * As `linkError`.
   *
   * @param {AnySignature} errback
   * @returns {this} the signature
   * @throws {TypeError} when it is not a signature
   */
  onError(errback) {
    checkArgument(errback, SIGNATURE, "onError(): the errback");
    this.linkError(errback);
    return this;
  }

  /**
   * @param {"link" | "linkError"} name
   * @param {unknown} item added unless the same is there already
   */
  addToList(name, item) {
    const items = listOf(this.options[name]);
    this.options[name] = items;
    if (items.length === 0) items.push(item);
    else if (!items.includes(item)) pushNew(items, item);
  }

  /**
   * @param {"link" | "linkError"} name
   * @param {unknown} added one or a list
   */
  extendList(name, added) {
    this.options[name] = [...listOf(this.options[name]), ...listOf(added)];
  }
}

/** Lists that have been added to in this turn, with their items by their texts: thousands may be added one by one. */
let known = /** @type {WeakMap<unknown[], { byText: Map<string, unknown>, length: number }> | null} */ (null);

/**
 * @param {unknown[]} items
 * @param {unknown} item pushed unless an equal one is there
 */
function pushNew(items, item) {
  if (known === null) {
    known = new WeakMap();
    // Items may change later.
    queueMicrotask(() => {
      known = null;
    });
  }
  const text = dumps(item);
  let list = known.get(items);
  // One that has changed in this turn is known by its old text.
  const isCurrent = list?.length === items.length && (!list.byText.has(text) || dumps(list.byText.get(text)) === text);
  if (list === undefined || !isCurrent) {
    list = { byText: new Map(items.map((each) => [dumps(each), each])), length: items.length };
    known.set(items, list);
  }
  if (list.byText.has(text)) return;
  list.byText.set(text, item);
  list.length = items.push(item);
}

/** One of this package, or Celery's dict of one. @type {import("../validation/kinds.js").Kind} */
const SIGNATURE = [
  "a signature, such as add.s(1, 2)",
  (value) => value instanceof Linkable || typeof Object(value).task === "string",
];
