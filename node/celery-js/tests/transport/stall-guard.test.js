import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stallDetector } from "../../src/transport/stall-guard.js";

const LIMIT_MS = 5_000;

/** @param {number[][]} checks how long it has stalled, and when it is checked @returns {boolean[]} what the detector says at each */
function verdicts(checks, limitMs = LIMIT_MS) {
  const hasStalled = stallDetector(limitMs, 0);
  return checks.map(([stalledMs, nowMs]) => hasStalled(stalledMs, nowMs));
}

describe("an event loop counts as stalled", () => {
  it("at the third check in a row beyond the limit", () => {
    const checks = verdicts([
      [4_999, 1_000],
      [5_999, 2_000],
      [6_999, 3_000],
      [7_999, 4_000],
    ]);
    assert.deepEqual(checks, [false, false, false, true]);
  });

  it("not if it turned between the checks", () => {
    const checks = verdicts([
      [5_000, 1_000],
      [6_000, 2_000],
      [300, 3_000],
      [5_000, 8_000],
    ]);
    assert.deepEqual(checks, [false, false, false, false]);
  });

  it("not because its process was frozen, whatever earlier checks found", () => {
    const checks = verdicts([
      [5_000, 1_000],
      [6_000, 2_000],
      [59_500, 62_000], // it turned half a second after the last check, and was frozen for 59 s
      [60_500, 63_000],
      [61_500, 64_000],
      [62_500, 65_000],
    ]);
    assert.deepEqual(checks, [false, false, false, false, false, false]);
  });

  it("for the time that it was awake before and after a freeze", () => {
    const checks = verdicts([
      [3_000, 1_000],
      [63_000, 61_000], // frozen for 59 s
      [64_000, 62_000],
      [65_000, 63_000],
      [66_000, 64_000],
    ]);
    assert.deepEqual(checks, [false, false, false, false, true]);
  });

  it("also on a machine on which every check is late", () => {
    const checks = verdicts(Array.from({ length: 9 }, (_, i) => [(i + 1) * 2_500, (i + 1) * 2_500]));
    assert.equal(checks.at(-1), true);
  });

  it("never without a limit", () => {
    const checks = verdicts(
      [1, 2, 3, 4].map((n) => [n * 1e9, n * 1_000]),
      0,
    );
    assert.deepEqual(checks, [false, false, false, false]);
  });
});
