import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Revocations, revocationLimits } from "../../../src/worker/model/revocations.js";

/** @param {string} id @param {Record<string, unknown>} [stamps] */
const message = (id, stamps = {}) => ({ id, stamps, stampedHeaders: Object.keys(stamps) });

describe("revocations", () => {
  test("hold for the ids that were revoked", () => {
    const revocations = new Revocations();
    assert.equal(revocations.isEmpty, true);
    revocations.add(["a", "b"]);
    assert.equal(revocations.isEmpty, false);
    assert.equal(revocations.has(message("a")), true);
    assert.equal(revocations.has(message("c")), false);
    assert.deepEqual(revocations.ids, ["a", "b"]);
  });

  test("of other workers are a list, or older Celery's mapping", () => {
    const revocations = new Revocations();
    for (const told of [["a"], { b: 12.5, c: [12.5, 1] }, null, undefined, "d"]) revocations.merge(told);
    assert.deepEqual(revocations.ids, ["a", "b", "c"]);
  });

  test("hold for a task with one of the stamps, be it one or a list", () => {
    const revocations = new Revocations();
    revocations.addStamps("tenant", ["shop", "bank"]);
    assert.equal(revocations.has(message("a", { tenant: "shop" })), true);
    assert.equal(revocations.has(message("a", { tenant: ["zoo", "bank"] })), true);
    assert.equal(revocations.has(message("a", { tenant: "zoo" })), false);
    assert.equal(revocations.has(message("a", { other: "shop" })), false);
  });

  test("beyond 50,000 are forgotten, the oldest first", () => {
    const revocations = new Revocations();
    revocations.add(Array.from({ length: 50_000 }, (_, n) => `${n}`));
    revocations.add(["0", "new"]);
    assert.equal(revocations.ids.length, 50_000);
    assert.equal(revocations.has(message("1")), false);
    assert.equal(revocations.has(message("0")), true, "revoked again: no longer the oldest");
  });

  test("older than three hours are not sent to other workers", () => {
    let now = 0;
    const revocations = new Revocations({ now: () => now });
    revocations.add(["old"]);
    now = 3 * 3_600_000;
    revocations.add(["young"]);
    now += 1;
    revocations.purge();
    assert.deepEqual(revocations.ids, ["young"]);
  });

  test("have the limits of Celery's environment variables", () => {
    let now = 0;
    const limits = revocationLimits({ CELERY_WORKER_REVOKES_MAX: "2", CELERY_WORKER_REVOKE_EXPIRES: "1.5" });
    const revocations = new Revocations({ limits, now: () => now });
    revocations.add(["a", "b", "c"]);
    assert.deepEqual(revocations.ids, ["b", "c"]);
    now = 1_501;
    revocations.purge();
    assert.deepEqual(revocations.ids, []);

    const unlimited = new Revocations({ limits: { maxIds: 0, expiresS: 0 }, now: () => now });
    unlimited.add(["a", "b", "c"]);
    now += 1e12;
    unlimited.purge();
    assert.deepEqual(unlimited.ids, ["a", "b", "c"]);
  });

  for (const [name, text, kind] of [
    ["CELERY_WORKER_REVOKES_MAX", "many", "int"],
    ["CELERY_WORKER_REVOKES_MAX", "1.5", "int"],
    ["CELERY_WORKER_REVOKES_MAX", "-1", "int"],
    ["CELERY_WORKER_REVOKE_EXPIRES", "", "float"],
  ]) {
    test(`refuse ${name}='${text}'`, () => {
      assert.throws(() => revocationLimits({ [name]: text }), {
        name: "ImproperlyConfigured",
        message: `Invalid value for ${name}: expected ${kind}, 0 or more, got '${text}'`,
      });
    });
  }
});
