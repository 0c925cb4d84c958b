/** What the log says of a trouble that lasts: its beginning, its end, and little between. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { OutageLog } from "../../../src/worker/observers/outage-log.js";

/** @param {string} [over] */
function logged(over = "It works") {
  /** @type {string[]} */
  const lines = [];
  let nowMs = 0;
  const say = (/** @type {object} */ _about, /** @type {string} */ line) => lines.push(line);
  const log = /** @type {import("../../../src/worker/observers/log.js").Logger} */ (
    /** @type {unknown} */ ({ error: say, warn: say, info: (/** @type {string} */ line) => lines.push(line) })
  );
  const outage = new OutageLog({ log, ...(over && { over }), now: () => nowMs });
  const later = (/** @type {number} */ ms) => {
    nowMs += ms;
  };
  return { outage, lines, later };
}

test("an outage is one line at its start and one at its end", () => {
  const { outage, lines, later } = logged();
  for (let n = 0; n < 1_000; n++) {
    outage.failed("It fails: no reason");
    later(20);
  }
  outage.end();
  outage.end();
  assert.deepEqual(lines, ["It fails: no reason", "It works after 20.0 s"]);
});

test("a long outage is one line a minute, with the latest reason", () => {
  const { outage, lines, later } = logged();
  outage.failed("It fails: first");
  for (let n = 0; n < 130; n++) {
    later(1_000);
    outage.failed("It fails: second");
  }
  assert.deepEqual(lines, [
    "It fails: first",
    "It fails: second (61 times in 60.0 s)",
    "It fails: second (121 times in 120.0 s)",
  ]);
});

test("an outage that comes and goes is not logged each time", () => {
  const { outage, lines, later } = logged();
  for (let n = 0; n < 500; n++) {
    outage.failed("It fails");
    later(10);
    outage.end();
    later(10);
  }
  assert.equal(lines.length, 6);
});

test("an outage without an end is new after two quiet minutes", () => {
  const { outage, lines, later } = logged("");
  outage.failed("It fails: first");
  later(121_000);
  outage.failed("It fails: second");
  assert.deepEqual(lines, ["It fails: first", "It fails: second"]);
});
