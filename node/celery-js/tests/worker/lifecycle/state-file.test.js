/** What a worker knows from one run to the next. That a revoked task stays so is a conformance test as well. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { LamportClock } from "../../../src/protocol/clock.js";
import { StateFile } from "../../../src/worker/lifecycle/state-file.js";
import { Revocations } from "../../../src/worker/model/revocations.js";
import { waitUntil } from "../../support/wait.js";
import { makeWorker } from "../../support/worker.js";

describe("a state file", () => {
  /** @type {string} */
  let folder;
  /** @type {string} */
  let path;
  /** @type {string[]} */
  let warnings;
  const log = /** @type {any} */ ({ warn: (/** @type {string} */ text) => warnings.push(text) });
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "celery-js-state-"));
    path = join(folder, "worker.state");
  });
  after(() => rmSync(folder, { recursive: true }));
  beforeEach(() => {
    warnings = [];
    rmSync(path, { force: true });
  });

  function open() {
    const revocations = new Revocations();
    const clock = new LamportClock();
    const file = new StateFile({ path, revocations, clock, log });
    return { revocations, clock, file };
  }

  it("passes revocations and the clock to the next run", async () => {
    const first = open();
    first.file.load();
    first.revocations.add(["b", "a"]);
    first.clock.adjust(41);
    await first.file.close();

    const next = open();
    next.file.load();
    assert.deepEqual(next.revocations.ids, ["b", "a"]);
    assert.ok(next.clock.value > 42, `${next.clock.value}`);
    await next.file.close();
    assert.deepEqual(readdirSync(folder), ["worker.state"]);
  });

  it("is written soon after each change", async () => {
    const { file, revocations } = open();
    file.load();
    revocations.add(["a"]);
    await waitUntil(() => readFileSync(path, "utf8").includes('["a"]'));
    revocations.add(["b"]);
    await waitUntil(() => readFileSync(path, "utf8").includes('["a","b"]'));
    await file.close();
    revocations.add(["c"]);
    await delay(1_000);
    assert.ok(!readFileSync(path, "utf8").includes('"c"'), "nothing is written after the end");
  });

  it("that cannot be written is logged; revocations stay in memory", async () => {
    const inside = join(folder, "gone");
    const { revocations } = open();
    mkdirSync(inside);
    const file = new StateFile({ path: join(inside, "state"), revocations, clock: new LamportClock(), log });
    file.load();
    rmSync(inside, { recursive: true });
    revocations.add(["a"]);
    await waitUntil(() => warnings.length > 0);
    assert.match(warnings[0], /^The state file .*gone\/state cannot be written: ENOENT/);
    assert.deepEqual(revocations.ids, ["a"]);
    await assert.rejects(file.close(), { code: "ENOENT" });
  });

  for (const text of ["", "\x80\x04}", "[]", '{"revoked": ["a"]}', '{"format":"celery-js worker state","version":2}']) {
    it(`is refused and kept if invalid: ${JSON.stringify(text)}`, async () => {
      writeFileSync(path, text);
      const { file } = open();
      assert.throws(() => file.load(), {
        name: "ImproperlyConfigured",
        message: `statedb: ${path} is not a state file of celery-js; name another one, or move it away (a Python worker's cannot be read here)`,
      });
      await file.close();
      assert.equal(readFileSync(path, "utf8"), text);
    });
  }

  it("in a missing folder stops the start, before connecting", async () => {
    const options = { statedb: join(folder, "nowhere", "%n.state") };
    const { worker, stop } = makeWorker("redis://127.0.0.1:1/0", {}, { options });
    await assert.rejects(worker.start(), {
      name: "ImproperlyConfigured",
      message: /^Cannot start the state file: statedb: .*nowhere\/celery\.state cannot be written: ENOENT/,
    });
    await stop();
  });
});
