/** A minute's lines of one kind are limited; the number of the others follows. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it, mock } from "node:test";
import { LineLimit } from "../../../src/worker/observers/line-limit.js";

describe("a limit of log lines", () => {
  /** @type {string[]} */
  let lines;
  /** @type {LineLimit} */
  let limit;
  const log = (/** @type {string} */ kind, /** @type {string} */ line) => limit.log("error", kind, {}, line);

  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] });
    lines = [];
    const say = (/** @type {unknown} */ about, line = about) => lines.push(String(line));
    limit = new LineLimit(/** @type {import("pino").Logger} */ (/** @type {unknown} */ ({ error: say })));
  });

  afterEach(() => mock.timers.reset());

  it("logs the first line of each kind, and counts the others", () => {
    for (let i = 0; i < 1_000; i++) log("odd things", `odd ${i}`);
    log("even things", "even 0");
    assert.deepEqual(lines, ["odd 0", "even 0"]);

    mock.timers.tick(60_000);

    assert.deepEqual(lines, ["odd 0", "even 0", "999 more odd things in the last minute"]);
  });

  it("begins a new minute with the next line", () => {
    log("odd things", "odd 0");
    mock.timers.tick(60_000);
    log("odd things", "odd 1");

    assert.deepEqual(lines, ["odd 0", "odd 1"]);
  });
});
