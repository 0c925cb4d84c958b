/** A sweeper for a transport, for tests that sweep by hand. */
import { afterEach, beforeEach } from "node:test";
import { Sweeper } from "../../src/transport/redis/sweeper.js";
import { useTransport } from "./transport.js";
import { waitUntil } from "./wait.js";

/** @typedef {import("../../src/transport/redis/sweeper.js").Swept} Swept */

/**
 * A transport as `useTransport` gives it, and a new sweeper for every test.
 *
 * @param {number} leaseMs of both
 */
export function useSweeper(leaseMs) {
  const t = useTransport({ leaseMs });
  const state = { sweeper: /** @type {Sweeper} */ ({}), swept: /** @type {Swept[]} */ ([]), errors: [""] };
  beforeEach(async () => {
    Object.assign(state, { swept: [], errors: [] });
    state.sweeper = new Sweeper({
      workerName: "test@here",
      deadLetterLimit: 100,
      connection: t.consumer.connection,
      keys: t.keys,
      leaseMs,
      onRestored: (swept) => state.swept.push(...swept),
      onError: ({ message }) => state.errors.push(message),
    });
    // As if another worker had swept all along: a first sweep would wait one lease.
    await t.redis.hset("celery.sweep", "last", Date.now());
  });
  afterEach(() => state.sweeper.stop());

  /**
   * @param {string} raw
   * @returns {Promise<import("../../src/transport/redis/consumer.js").Delivery>} sent and taken
   */
  const take = async (raw) => {
    await t.redis.lpush(t.keys.queue("q", JSON.parse(raw).properties.priority), raw);
    return (await t.consumer.take(1)).deliveries[0];
  };
  /** Sweeps as often as a worker would, until so many messages were restored. */
  const sweepUntilRestored = (count = 1) =>
    waitUntil(async () => {
      await state.sweeper.sweep();
      return state.swept.length >= count;
    });
  return { t, state, take, sweepUntilRestored };
}
