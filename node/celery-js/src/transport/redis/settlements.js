/** The arguments and the reply of `settle.lua`. */

/**
 * @typedef {import("../transport.js").Delivery} Delivery
 * @typedef {import("../transport.js").Settlement} Settlement
 * @typedef {import("../transport.js").Settled} Settled
 */

/**
 * @param {readonly Settlement[]} items
 * @param {import("./keys.js").Keys} keys
 * @returns {{ args: import("./scripts.js").ScriptArgument[], named: readonly Settlement[] }} three arguments for each that the reply may
 *   name: an item, or the publication that goes along with it
 */
export function settleArguments(items, keys) {
  /** @type {import("./scripts.js").ScriptArgument[]} */
  const args = [];
  for (const { delivery, taskId, result, publication } of items) {
    args.push(delivery === null ? "" : delivery.number, taskId, result);
    if (publication) args.push(">", keys.queue(publication.routingKey, publication.priority ?? 0), publication.text);
  }
  // Few batches have publications.
  const named =
    args.length === 3 * items.length ? items : items.flatMap((item) => (item.publication ? [item, item] : item));
  return { args, named };
}

/**
 * @param {readonly number[]} reply numbers from 1: of items whose tag was gone, and negative ones of refused publications
 * @param {readonly Settlement[]} named
 * @returns {Settled}
 */
export function readSettled(reply, named) {
  const of = (/** @type {number} */ number) => named[Math.abs(number) - 1];
  if (reply.length === 0) return { gone: [], unsent: [] };
  const gone = reply.filter((number) => number > 0).map((number) => of(number).delivery);
  return { gone: /** @type {Delivery[]} */ (gone), unsent: reply.filter((number) => number < 0).map(of) };
}
