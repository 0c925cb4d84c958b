/** How often a row is polled while no notification comes, without a server. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Notifications } from "../../src/backend/postgres/notifications.js";
import { waitUntil } from "../support/wait.js";

test("a result is polled at the interval that its waiter gives", async () => {
  let reads = 0;
  const database = /** @type {any} */ ({ connect: () => Promise.reject(new Error("no notifications")), display: "db" });
  const read = async () => {
    reads += 1;
    return new Map();
  };
  const notifications = new Notifications({ database, channel: "c", read });
  const stop = notifications.listen("id1", { onMeta: () => {}, onError: () => {} }, 10);

  // With growing pauses, 40 reads would take more than a minute.
  await waitUntil(() => reads >= 40);
  stop();

  assert.equal(notifications.size, 0);
});
