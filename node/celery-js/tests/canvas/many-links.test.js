/** Callbacks and errbacks of workflows in messages: linking them takes time in proportion to their number, which has limits. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toSignature } from "../../src/canvas/signature.js";
import { Celery, chain, group } from "../../src/index.js";
import { cpuMs, SOON_MS } from "../support/cpu.js";

const app = new Celery("test", { brokerUrl: "redis://127.0.0.1:1" });
const roomy = new Celery("roomy", { brokerUrl: "redis://127.0.0.1:1", callbackLimit: 100_000 });
const task = (/** @type {unknown} */ name) => ({ task: String(name), args: [], kwargs: {}, options: {} });
const tasks = (/** @type {number} */ count) => Array.from({ length: count }, (_, n) => task(n));

/**
 * @param {"chain" | "group"} type
 * @param {number} count of its tasks
 * @param {Record<string, unknown>} options
 */
const workflow = (type, count, options) => ({
  task: `celery.${type}`,
  subtask_type: type,
  args: [],
  kwargs: { tasks: tasks(count) },
  options,
});

describe("linking", () => {
  test("thousands of errbacks to a task takes a fraction of a second", () => {
    const signature = roomy.signature("a");
    const errbacks = tasks(20_000).map((errback) => toSignature(errback, roomy));
    const before = cpuMs();

    for (const errback of errbacks) signature.linkError(errback);
    for (const errback of tasks(20_000)) signature.linkError(toSignature(errback, roomy));

    assert.equal(/** @type {unknown[]} */ (signature.options.linkError).length, 20_000);
    assert.ok(cpuMs() - before < SOON_MS);
  });

  test("thousands of errbacks of a chain to its task takes a fraction of a second", () => {
    const whole = /** @type {any} */ (toSignature(workflow("chain", 1, { link_error: tasks(20_000) }), roomy));
    const before = cpuMs();

    const [first] = whole.unchainTasks();

    assert.equal(first.options.linkError.length, 20_000);
    assert.ok(cpuMs() - before < SOON_MS);
  });

  test("leaves out an equal one, also once it has changed", async () => {
    const signature = app.signature("a");
    const errback = app.signature("e");
    signature.linkError(errback);
    signature.linkError(app.signature("f"));
    signature.linkError(app.signature("e"));
    assert.equal(/** @type {unknown[]} */ (signature.options.linkError).length, 2);

    await null;
    errback.freeze({ id: "id1" });
    signature.linkError(errback.clone());
    signature.linkError(app.signature("e"));

    assert.equal(/** @type {unknown[]} */ (signature.options.linkError).length, 3);
  });
});

describe("a signature in a message is refused", () => {
  for (const [what, data, message] of /** @type {const} */ ([
    ["with too many errbacks", { ...task("a"), options: { link_error: tasks(1_001) } }, /callbackLimit=1000$/],
    [
      "with too many callbacks and errbacks",
      { ...task("a"), options: { link: tasks(600), link_error: tasks(600) } },
      /^a signature has 1200 callbacks and errbacks: the limit is callbackLimit=1000$/,
    ],
    ["with too long a chain after it", { ...task("a"), options: { chain: tasks(10_001) } }, /chainLengthLimit=10000$/],
    [
      "with too many errbacks of too many tasks",
      workflow("chain", 1_000, { link_error: tasks(1_000) }),
      /^1000 callbacks and errbacks of each task of a workflow are too many: .*messageValueLimit=1000000$/,
    ],
    [
      "with too many errbacks of too many tasks within it",
      { ...workflow("chain", 0, { link_error: tasks(1_000) }), kwargs: { tasks: [workflow("group", 1_000, {})] } },
      /messageValueLimit/,
    ],
    [
      "with too many errbacks of too many tasks beside a member without arguments",
      {
        ...workflow("chain", 0, { link_error: tasks(1_000) }),
        kwargs: { tasks: [workflow("group", 1_000, {}), { task: "a" }] },
      },
      /messageValueLimit/,
    ],
  ])) {
    test(what, () => {
      assert.throws(() => toSignature(data, app), { name: "InvalidTaskError", message });
    });
  }

  test("but not with as many as a message may have", () => {
    toSignature({ ...task("a"), options: { link: tasks(500), link_error: tasks(500), chain: tasks(10_000) } }, app);
    toSignature(workflow("chain", 100, { link_error: tasks(1_000) }), app);
    toSignature(workflow("group", 10_000, { link_error: tasks(1) }), app);
    const plain = { ...task("a"), kwargs: { tasks: tasks(15_000) } }; // a parameter of its own
    toSignature({ ...plain, options: { link: tasks(10) } }, app);
    const one = group([chain(app.signature("a"), app.signature("b"))]);
    toSignature(JSON.parse(JSON.stringify(one)), app);
  });
});
