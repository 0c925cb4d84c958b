/** One outage for the process, whichever of its parts notices it, and in whatever order. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Refusal } from "../../../src/transport/errors.js";
import { Reporter } from "../../../src/worker/observers/reporter.js";

const SILENT = new Error("no answer within 15 s");
const FORBIDDEN = new Refusal("NOPERM User app has no permissions to run the 'evalsha' command", { scope: "user" });

describe("an outage", () => {
  /** @type {string[]} */
  let lines;
  /** @type {Reporter} */
  let reporter;
  /** Ends the question whether the connections work. @type {Array<() => void>} */
  let answer;
  const answered = async () => {
    for (const each of answer.splice(0)) each();
    await turn();
    await turn();
  };

  beforeEach(() => {
    lines = [];
    answer = [];
    const say = (/** @type {unknown} */ about, line = about) => lines.push(String(line));
    const log = /** @type {import("../../../src/worker/observers/log.js").Logger} */ (
      /** @type {unknown} */ ({ error: say, warn: say, info: say })
    );
    reporter = new Reporter(log, "redis://s/0");
    reporter.prove([() => new Promise((resolve) => answer.push(() => resolve(null)))]);
  });
  /** @param {...RegExp} expected */
  const told = (...expected) => {
    assert.equal(lines.length, expected.length, lines.join("\n"));
    for (const [i, pattern] of expected.entries()) assert.match(lines[i], pattern);
  };

  it("of both connections is logged once, by the first to notice", async () => {
    reporter.onKeeperDown(SILENT, 100);
    reporter.onDown(SILENT, 100);
    reporter.onTaken();
    reporter.onKeeperUp();
    await answered();

    told(
      /^Cannot connect to redis:\/\/s\/0: no answer within 15 s\. Trying again/,
      /^Connected to redis:\/\/s\/0 after/,
    );
  });

  it("continues until every connection has worked again", async () => {
    reporter.onKeeperDown(SILENT, 100);
    reporter.onKeeperUp();
    reporter.onDown(SILENT, 100); // it was silent as well, and is found out only now
    await answered();
    told(/^Cannot connect/);
    reporter.onTaken();
    await answered();

    told(/^Cannot connect/, /^Connected to/);
  });

  it("continues if a check failed while another succeeded", async () => {
    reporter.onDown(SILENT, 100);
    reporter.onTaken();
    reporter.onKeeperDown(SILENT, 100);
    reporter.onKeeperUp();
    await answered();
    told(/^Cannot connect/);
    await answered();

    told(/^Cannot connect/, /^Connected to/);
  });

  it("noticed first by the sweep is the same for all connections", async () => {
    reporter.onSweep(FORBIDDEN);
    reporter.onEventsRefused(FORBIDDEN);
    reporter.onTakeFailed(FORBIDDEN);
    reporter.onRefused(FORBIDDEN);
    reporter.onTaken();
    reporter.onAccepted();
    reporter.onEventsAccepted();
    reporter.onSweep(null);
    await answered();

    told(/^A sweep failed and will be tried again: NOPERM/, /^Connected to/);
  });

  it("does not begin when one message is refused", async () => {
    reporter.onSweep(new Refusal("q: WRONGTYPE", { scope: "item" }));
    reporter.onDown(SILENT, 100);
    reporter.onTaken();
    await answered();
    reporter.onSweep(null);

    told(/^A sweep failed/, /^Cannot connect/, /^Connected to/, /^Sweeps work again/);
  });

  it("does not begin when only events fail", () => {
    for (let i = 0; i < 3; i++) {
      reporter.onEventsRefused(FORBIDDEN);
      reporter.onTaken();
    }

    told(/^Events are not sent: NOPERM/);
  });
});
