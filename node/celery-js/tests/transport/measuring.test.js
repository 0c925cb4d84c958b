/** How old a message is that names no time: since it became the next one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { writeMetrics } from "../../src/transport/metrics-text.js";
import { redisKeys } from "../../src/transport/redis/keys.js";
import { Measuring } from "../../src/transport/redis/measuring.js";

test("a message without a time is as old as the first look at it, however long its tag is", async () => {
  let nowMs = 1_000_000;
  const client = {
    isReady: true,
    runScript: async () => [nowMs, -1, 0, 1, 0, 0, [`"delivery_tag": "${"x".repeat(8_000)}"`]],
    info: async () => "",
  };
  const connection = /** @type {any} */ ({ client });
  const measuring = new Measuring({ connection, keys: redisKeys({ db: 0 }), tagPrefix: "w:" });
  const ageS = async () => {
    const text = writeMetrics([await measuring.measure(["jobs"])], "w");
    return Number(/celery_queue_oldest_message_age_seconds\{[^}]*\} (\S+)/.exec(text)?.[1]);
  };

  assert.equal(await ageS(), 0);
  nowMs += 5_000;
  assert.equal(await ageS(), 5);
});
