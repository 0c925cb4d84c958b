/**
 * Checks a queue that a control command adds, because a worker takes from all of its queues in one step: the key of one that is not a
 * list, or is the protocol's own, would keep it from the others. Python's workers do the same (`celery_reliable/queue_check.py`).
 */
import { ImproperlyConfigured } from "../../errors.js";

/** @typedef {import("./keys.js").Keys} Keys */

/**
 * @param {string} queue
 * @param {Keys} keys
 * @throws {ImproperlyConfigured} for a name that no queue may have
 */
export function checkQueueName(queue, keys) {
  const { unacked, unackedIndex, leases, parked, deliveries, counted, started, sweep, measured } = keys;
  const ours = [unacked, unackedIndex, leases, parked, deliveries, counted, started, sweep, measured];
  if (ours.includes(keys.queue(queue))) {
    throw new ImproperlyConfigured(`'${queue}' is no queue: its key is one of the delivery protocol's`);
  }
  if (queue.endsWith(".dead")) throw new ImproperlyConfigured(`'${queue}' is no queue: it keeps dead letters`);
}

/**
 * @param {import("ioredis").Redis} client
 * @param {string} queue
 * @param {Keys} keys
 * @returns {Promise<void>}
 * @throws {ImproperlyConfigured} when one of its keys is no list
 */
export async function checkQueueType(client, queue, keys) {
  const names = [...keys.steps.map((step) => keys.queue(queue, step)), keys.dead(queue)];
  const types = await Promise.all(names.map((name) => client.type(name)));
  const wrong = types.findIndex((type) => type !== "list" && type !== "none");
  if (wrong !== -1) throw new ImproperlyConfigured(`the key ${names[wrong]} is a ${types[wrong]}, not a list`);
}
