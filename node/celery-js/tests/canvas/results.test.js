/** Signatures and results as values: built, linked, stamped, run in place, written and read. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Celery, chain, chord, GroupResult, group, Signature, signature, task } from "../../src/index.js";

const settings = { taskAlwaysEager: true, taskEagerPropagates: true };

function makeApp() {
  const app = new Celery("test", settings);
  app.task("add", (/** @type {number} */ x, /** @type {number} */ y) => x + y);
  app.task("sum", (/** @type {number[]} */ numbers) => numbers.reduce((total, n) => total + n, 0));
  app.task(
    "replace",
    task({ bind: true }, (self, /** @type {object} */ data) => self.replace(signature(data))),
  );
  return app;
}

describe("a signature", () => {
  it("keeps Celery's options that Node does not know", () => {
    const data = {
      task: "t",
      args: [],
      kwargs: {},
      options: { retry: false, task_id: "x" },
      subtask_type: null,
      immutable: false,
    };
    assert.deepEqual(JSON.parse(JSON.stringify(signature(data).clone())), data);
  });

  it("takes the same callback once", () => {
    const app = makeApp();
    const [add, callback] = [app.signature("add"), app.signature("sum")];
    assert.equal(add.link(callback), callback);
    add.link(app.signature("sum"));
    assert.equal(/** @type {unknown[]} */ (add.options.link).length, 1);
    assert.deepEqual(
      add.flattenLinks().map((link) => link.task),
      ["add", "sum"],
    );
  });

  it("is frozen once, and a copy is frozen by itself", () => {
    const app = makeApp();
    const add = app.signature("add", [1, 2], { linkError: app.signature("sum") });
    const copy = add.clone();
    const { id } = add.freeze();
    assert.deepEqual([add.freeze({ id: "other" }).id, add.id, copy.id], [id, id, null]);
  });

  it("stays in the group and keeps its stamps", () => {
    const app = makeApp();
    const add = app.signature("add").stamp({ tenant: "shop" }).set({ groupId: "first" });
    const { options } = add.clone([], { groupId: "second", stamps: { tenant: "other" }, stampedHeaders: ["tenant"] });
    assert.deepEqual([options.groupId, options.stamps], ["first", { tenant: "shop" }]);
  });

  it("is stamped by a visitor, part by part", () => {
    const app = makeApp();
    const workflow = chain(app.signature("add"), group(app.signature("add"), app.signature("add")));
    /** @type {string[]} */
    const seen = [];
    workflow.stamp(
      { tenant: "shop" },
      {
        visitor: {
          onChainStart: () => void seen.push("chain"),
          onGroupStart: () => ({ group: true }),
          onSignature: (_, stamps) => ({ depth: Object.keys(stamps).length }),
        },
      },
    );
    const [first, members] = /** @type {Signature[]} */ (workflow.kwargs.tasks);
    const [member] = /** @type {Signature[]} */ (members.kwargs.tasks);
    assert.deepEqual(seen, ["chain"]);
    assert.deepEqual(first.options.stamps, { tenant: "shop", depth: 1 });
    assert.deepEqual(member.options.stamps, { tenant: "shop", group: true, depth: 2 });
  });

  it("keeps options and properties out of its stamps if a visitor names them", () => {
    const app = makeApp();
    const visitor = { onSignature: () => ({ mark: 1, priority: 7, colour: "red", stamped_headers: ["mark", "none"] }) };
    const { options, foreign } = app.signature("add").stamp({ tenant: "shop" }, { visitor });
    assert.deepEqual(options, { stampedHeaders: ["tenant", "mark"], stamps: { tenant: "shop", mark: 1 }, priority: 7 });
    assert.deepEqual(foreign, { colour: "red" });

    const named = app.signature("add").stamp({ tenant: "shop", shadow: "other", stampedHeaders: ["tenant"] });
    assert.deepEqual(named.options, { stampedHeaders: ["tenant"], stamps: { tenant: "shop" }, shadow: "other" });
    assert.throws(() => app.signature("add").stamp({ priority: "high", stampedHeaders: [] }), {
      message: /^add: option 'priority' takes/,
    });
  });

  it("of a group is skewed by its countdowns", () => {
    const app = makeApp();
    const skewed = (/** @type {Parameters<import("../../src/canvas/group.js").Group["skew"]>} */ ...given) =>
      group(Array.from({ length: 4 }, () => app.signature("add")))
        .skew(...given)
        .tasks.map(({ options }) => options.countdown);
    assert.deepEqual(skewed(), [1, 2, 3, 4]);
    assert.deepEqual(skewed(1, 4, 2), [1, 3, 3, 3]);
    assert.deepEqual(skewed(0, 10, 0.5), [0, 0.5, 1, 1.5]);
    assert.throws(() => skewed(/** @type {any} */ ("1")), { name: "TypeError", message: /^skew\(\): start must be/ });
  });

  it("that is invalid is refused", () => {
    assert.throws(() => signature({}), {
      name: "TypeError",
      message: "signature() must be a signature, such as add.s(1, 2), not an object",
    });
    const odd = { task: "t", args: [], kwargs: {}, options: {}, subtask_type: "square", immutable: false };
    assert.throws(() => signature(odd), /no signature of type 'square'/);
  });

  it("of a group takes no callbacks when it is sent", async () => {
    const app = new Celery("test");
    const workflow = group(app.signature("add"));
    await assert.rejects(workflow.applyAsync([], { link: app.signature("sum") }), /Cannot add link to group/);
  });

  it("has no then, so await leaves it as it is", async () => {
    const workflow = group(makeApp().signature("add", [1, 2]));
    assert.equal(await workflow, workflow);
    const result = await workflow.applyAsync();
    assert.ok((await result) instanceof GroupResult);
  });
});

for (const [onHeader, expected] of /** @type {const} */ ([
  [true, [1, 1, 1]],
  [false, [0, 0, 1]],
])) {
  const what = onHeader ? "its header and its body where the setting says so" : "its body";
  it(`an errback of a chord is that of ${what}`, () => {
    const app = new Celery("test", { taskAllowErrorCbOnChordHeader: onHeader });
    const [a, b, body] = ["a", "b", "body"].map((name) => app.signature(name));
    const workflow = chord([a, b], body);
    workflow.linkError(app.signature("errback"));
    const tasks = [...workflow.tasks, /** @type {Signature} */ (workflow.body)];
    assert.deepEqual(
      tasks.map(({ options }) => /** @type {unknown[] | undefined} */ (options.linkError)?.length ?? 0),
      expected,
    );
  });
}

describe("in place", () => {
  const app = makeApp();
  const add = (/** @type {unknown[]} */ ...args) => app.signature("add", args);
  const sum = () => app.signature("sum");
  const run = async (/** @type {Signature<any>} */ workflow) => (await workflow.applyAsync()).get();

  for (const [what, workflow, expected] of /** @type {Array<[string, () => Signature<any>, unknown]>} */ ([
    ["a chain", () => chain(add(1, 2), add(10)), 13],
    ["a group", () => group(add(1, 1), add(2, 2)), [2, 4]],
    ["a chord", () => chord([add(1, 1), add(2, 2)], sum()), 6],
    ["a chord in a chain", () => chain(add(1, 1), group(add(1), add(2)), sum(), add(100)), 107],
    ["a map", () => app.tasks.get("sum").map([[1, 2], [3]]), [3, 3]],
    [
      "chunks",
      () =>
        app.tasks.get("add").chunks(
          [
            [1, 1],
            [2, 2],
            [3, 3],
          ],
          2,
        ),
      [[2, 4], [6]],
    ],
    ["a replaced task", () => app.signature("replace", [chain(add(1, 1), add(10))]), 12],
    ["a task that a group replaces", () => app.signature("replace", [group(add(1, 1), add(2, 2))]), [2, 4]],
  ])) {
    it(`${what} runs`, async () => assert.deepEqual(await run(workflow()), expected));
  }
});

describe("a result", () => {
  it("is its tuple, and is made from it again", () => {
    const app = new Celery("test", { resultBackend: "redis://127.0.0.1:1/0" });
    const result = app.GroupResult("g", [app.AsyncResult("a"), app.AsyncResult("b")]);
    result.parent = app.AsyncResult("p");
    const tuple = [
      ["g", [["p", null], null]],
      [
        [["a", null], null],
        [["b", null], null],
      ],
    ];
    assert.deepEqual(result.asTuple(), tuple);
    assert.deepEqual(app.resultFromTuple(tuple).asTuple(), tuple);
    assert.deepEqual(result.asList(), ["g", "p"]);
    assert.throws(() => app.resultFromTuple("g"), { name: "DecodeError" });
  });
});

it("a signature without an app takes the task's, else the newest", async () => {
  const older = makeApp();
  older.task(
    "inside",
    task({ bind: true }, (self) => new Signature(null, { task: "add" }).app === self.app),
  );
  const newest = makeApp();
  assert.equal(new Signature(null, { task: "add" }).app, newest);
  assert.equal(await (await older.signature("inside").applyAsync()).get(), true);
});
