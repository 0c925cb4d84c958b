import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Revocations, revocationLimits } from "../../../src/worker/model/revocations.js";
import { cpuMs, SOON_MS } from "../../support/cpu.js";

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

  test("by stamps beyond 50,000 are forgotten, the oldest first", () => {
    const revocations = new Revocations();
    const stamps = Array.from({ length: 30_000 }, (_, n) => n);
    revocations.addStamps("first", stamps);
    revocations.addStamps("first", stamps);
    assert.equal(revocations.has(message("a", { first: 0 })), true);
    revocations.addStamps("second", stamps);
    assert.equal(revocations.has(message("a", { first: 9_999 })), false);
    assert.equal(revocations.has(message("a", { first: 10_000 })), true);
    revocations.addStamps("third", stamps.concat(stamps.map((n) => n + 30_000)));
    assert.equal(revocations.has(message("a", { second: 29_999 })), false);
    assert.equal(revocations.has(message("a", { third: 59_999 })), true);
  });

  test("by many stamps are found soon", () => {
    const revocations = new Revocations();
    const before = cpuMs();
    for (let n = 0; n < 20_000; n += 1) revocations.addStamps(`header ${n}`, [n, n + 1]);
    revocations.addStamps(
      "tenant",
      Array.from({ length: 40_000 }, (_, n) => `wanted ${n}`),
    );
    const others = Array.from({ length: 200_000 }, (_, n) => `other ${n}`);
    assert.equal(revocations.has(message("a", { tenant: others })), false);
    assert.ok(cpuMs() - before < SOON_MS);
  });

  test("ids that no task can have are not remembered", () => {
    const revocations = new Revocations();
    revocations.merge(["a", 5, "x".repeat(2_049)]);
    assert.deepEqual(revocations.ids, ["a"]);
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
