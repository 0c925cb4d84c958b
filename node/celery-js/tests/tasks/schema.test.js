/** A task's explicit schema checks its arguments before it runs. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { z } from "zod";
import { Celery } from "../../src/index.js";
import { validateArguments } from "../../src/tasks/schema.js";

const app = new Celery("test", { taskAlwaysEager: true });
const params = {
  customer: z.string(),
  figures: z.array(z.number()),
  urgent: z.boolean(),
  size: z.string().transform(Number),
};

/** @param {Record<string, unknown>} schema @param {(...args: any[]) => unknown} fn @param {string} [name] */
const register = (schema, fn, name = `schema.task${app.tasks.names().length}`) =>
  app.task(name, /** @type {any} */ ({ schema: { params: schema } }), fn);

describe("a task with a schema", () => {
  const render = register(
    params,
    (/** @type {string} */ customer, figures = [], { urgent = false, size = 0 } = {}) => [
      customer,
      figures,
      urgent,
      size,
    ],
    "schema.render",
  );

  it("gets what its schema makes of the arguments", async () => {
    const result = await render.applyAsync(["ACME", [1]], { kwargs: { urgent: true, size: "3" } });
    assert.deepEqual(await result.get(), ["ACME", [1], true, 3]);
  });

  it("keeps its defaults for arguments that are not given", async () => {
    assert.deepEqual(await (await render.applyAsync(["ACME"])).get(), ["ACME", [], false, 0]);
  });

  for (const [args, kwargs, message] of /** @type {const} */ ([
    [[1], {}, /^render\(\) got an invalid argument: customer: .*expected string/],
    [["a", [1, "2"]], {}, /^render\(\) got an invalid argument: figures\[1\]: .*expected number/],
    [["a"], { urgent: "yes" }, /^render\(\) got an invalid argument: urgent: .*expected boolean/],
    [[null], {}, /customer: .*expected string, received null/],
  ])) {
    it(`fails for ${JSON.stringify([args, kwargs])}`, async () => {
      const result = await render.applyAsync([...args], { kwargs });
      await assert.rejects(result.get(), { name: "TypeError", message });
    });
  }

  it("checks each argument of a rest parameter", async () => {
    const sum = register({ numbers: z.number() }, (...numbers) => numbers.length);
    assert.equal(await (await sum.applyAsync([1, 2])).get(), 2);
    await assert.rejects((await sum.applyAsync([1, "2"])).get(), /got an invalid argument: numbers: /);
  });

  it("waits for a schema that is asynchronous", async () => {
    const slow = register({ id: z.string().refine(async (id) => id === "known", "unknown id") }, (id) => id);
    assert.equal(await (await slow.applyAsync(["known"])).get(), "known");
    await assert.rejects((await slow.applyAsync(["other"])).get(), /id: unknown id/);
  });

  it("does not run with invalid arguments", async () => {
    let runs = 0;
    const count = register({ n: z.number() }, (/** @type {number} */ n) => {
      runs++;
      return n;
    });
    await assert.rejects((await count.applyAsync(["1"])).get(), /n: /);
    assert.equal(runs, 0);
  });
});

describe("the option schema", () => {
  it("takes schemas only", () => {
    const wrong = { customer: "string" };
    assert.throws(() => register(wrong, () => 1), /option 'schema' takes .* of zod or another Standard Schema library/);
  });

  it("names parameters of the function only", () => {
    assert.throws(
      () => register({ custommer: z.string() }, (customer) => customer),
      /option 'schema' names the parameter 'custommer', which the function does not take.*customer/,
    );
  });

  it("works with any library of the standard", () => {
    const even = {
      "~standard": {
        vendor: "own",
        validate: (/** @type {unknown} */ value) =>
          Number(value) % 2 === 0 ? { value } : { issues: [{ message: "must be even", path: [{ key: "n" }] }] },
      },
    };
    const parameters = /** @type {any} */ (register({ n: even }, (n) => n).parameters);
    assert.deepEqual(validateArguments({ params: { n: even } }, parameters, [2], "a.b"), [2]);
    assert.throws(() => validateArguments({ params: { n: even } }, parameters, [3], "a.b"), {
      message: "b() got an invalid argument: n.n: must be even",
    });
  });
});
