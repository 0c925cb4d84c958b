import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stallDetector } from "../../src/transport/stall-guard.js";

const LIMIT_MS = 5_000;

/** @param {[stalledMs: number, nowMs: number][]} checks @returns {boolean[]} what the detector says at each */
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

  it("not right after a freeze, whatever the checks before it found", () => {
    const checks = verdicts([
      [5_000, 1_000],
      [6_000, 2_000],
      [60_000, 62_000],
      [61_000, 63_000],
      [62_000, 64_000],
    ]);
    assert.deepEqual(checks, [false, false, false, false, false]);
  });

  it("if it does not catch up after a freeze", () => {
    const checks = verdicts([
      [60_000, 61_000],
      [61_000, 62_000],
      [62_000, 63_000],
      [63_000, 64_000],
    ]);
    assert.deepEqual(checks, [false, false, false, true]);
  });

  it("never without a limit", () => {
    const checks = verdicts(
      [1, 2, 3, 4].map((n) => [n * 1e9, n * 1_000]),
      0,
    );
    assert.deepEqual(checks, [false, false, false, false]);
  });
});
