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

const UNHEARD = { onMeta: () => {}, onError: () => {} };

/** @param {() => Promise<unknown>} listen the server's answer to LISTEN */
function makeNotifications(listen) {
  const counts = { opened: 0, ended: 0, reads: 0 };
  const connect = async () => {
    counts.opened += 1;
    const end = async () => {
      counts.ended += 1;
    };
    return { on: () => {}, once: () => {}, query: listen, end, unref: () => {} };
  };
  const database = /** @type {any} */ ({ connect, display: "db", timeoutMs: 1_000 });
  const read = async () => {
    counts.reads += 1;
    return new Map();
  };
  return { counts, notifications: new Notifications({ database, channel: "c", read }) };
}

test("a connection on which a replica refuses to listen is closed", async () => {
  const { counts, notifications } = makeNotifications(async () => {
    throw Object.assign(new Error("cannot execute LISTEN during recovery"), { severity: "ERROR", code: "25006" });
  });
  const stop = notifications.listen("id1", UNHEARD, 10);

  await waitUntil(() => counts.reads >= 40);
  stop();

  assert.equal(counts.ended, counts.opened);
  assert.ok(
    counts.opened >= 2 && counts.opened < counts.reads / 2,
    `${counts.opened} connections for ${counts.reads} polls`,
  );
});

test("a connection that is silent before it listens is closed with the last waiter", async () => {
  const { counts, notifications } = makeNotifications(() => new Promise(() => {}));
  const stop = notifications.listen("id1", UNHEARD, 10);
  await waitUntil(() => counts.reads >= 2);

  stop();

  await waitUntil(() => counts.ended === 1);
  assert.equal(counts.opened, 1);
});

test("listening has a time limit", async () => {
  /** @type {any[]} */
  const asked = [];
  const { notifications } = makeNotifications(async (/** @type {any} */ ...query) => void asked.push(...query));
  const stop = notifications.listen("id1", UNHEARD, 10);

  await waitUntil(() => asked.length === 1);
  stop();

  assert.deepEqual(asked, [{ text: 'LISTEN "c"', query_timeout: 1_000 }]);
});
