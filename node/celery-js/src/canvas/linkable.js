/** What follows a signature: the callbacks and errbacks in its options. */
import { dumps } from "../protocol/json.js";
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
   */
  link(callback) {
    this.addToList("link", callback);
    return callback;
  }

  /**
   * @template {AnySignature} S
   * @param {S} errback called once the task has failed
   * @returns {unknown} the errback; of a group, those that each task got
   */
  linkError(errback) {
    this.addToList("linkError", errback);
    return errback;
  }

  /**
   * As `linkError`.
   *
   * @param {AnySignature} errback
   * @returns {this} the signature
   */
  onError(errback) {
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
    if (!items.some((other) => other === item || dumps(other) === dumps(item))) items.push(item);
  }

  /**
   * @param {"link" | "linkError"} name
   * @param {unknown} added one or a list
   */
  extendList(name, added) {
    this.options[name] = [...listOf(this.options[name]), ...listOf(added)];
  }
}
