/**
 * What the types of a call refuse. Nothing here is run: `tsc` fails when a line that should be refused is not, and when one
 * is that should not.
 */
import { Celery, chain, chord, group, task } from "../../src/index.js";

/**
 * @param {number} x
 * @param {number} y
 */
const add = (x, y) => x + y;
/**
 * @param {string} name
 * @param {{ greeting?: string }} [options]
 */
const greet = (name, { greeting = "Hello" } = {}) => `${greeting}, ${name}!`;
/**
 * @param {{ request: { retries: number } }} self
 * @param {number} x
 */
const bound = (self, x) => self.request.retries + x;

/** @param {Celery} app */
export async function calls(app) {
  const result = await app.task("add", add).delay(1, 2);
  await result.get();
  // @ts-expect-error: y is a number
  await app.task("add", add).delay(1, "2");
  // @ts-expect-error: y is missing
  await app.task("add", { queue: "q" }, add).delay(1);
  // @ts-expect-error: nothing takes a third argument
  await app.task(task({ maxRetries: 1 }, add)).delay(1, 2, 3);
  // @ts-expect-error: x is a number
  await app.task("add", add).applyAsync(["1"], { kwargs: { y: 2 } });
  await app.task("add", add).applyAsync([1], { kwargs: { y: 2 } });
  await app.task("add", add).applyAsync([], { kwargs: { x: 1, y: 2 } });
  // @ts-expect-error: x is a number
  await app.task("add", add).apply(["1"]);

  await app.task("greet", greet).delay("Ada");
  await app.task("greet", greet).delay("Ada", { greeting: "Good morning" });
  // @ts-expect-error: there is no such keyword
  await app.task("greet", greet).delay("Ada", { greting: "Good morning" });
}

/** What a task returns or promises is what its result gives. @param {Celery} app */
export async function results(app) {
  const total = app.task("total", async (/** @type {number[]} */ prices) => prices.length);
  const result = await total.delay([1]);
  /** @type {number} */
  const size = await result.get({ timeout: 1 });
  // @ts-expect-error: it is a number
  /** @type {string} */ (await result.get());
  // @ts-expect-error: it may be the error
  (await result.get({ propagate: false })).toFixed();
  /** @type {number} */
  const eager = await (await total.apply([[1]])).get();
  /** @type {number} */
  const rebuilt = await total.AsyncResult("id").get();
  /** @type {number} */
  const signed = await (await total.s([1]).delay()).get();
  /** @type {number[]} */
  const mapped = await (await total.map([[1]]).delay()).get();
  /** @type {number} */
  const bare = await (await app.task(task({ maxRetries: 1 }, add)).delay(1, 2)).get();
  /** @type {number} */
  const withSelf = await (await app.task("bound", { bind: true }, bound).delay(1)).get();
  /** @type {{ ok: boolean }} */
  const untyped = await (await app.sendTask("anything")).get();
  return [size, eager, rebuilt, signed, mapped, bare, withSelf, untyped];
}

/** A workflow has the result of its parts. @param {Celery} app */
export async function workflows(app) {
  const sum = app.task("sum", (/** @type {number[]} */ numbers) => numbers.length);
  const text = app.task("text", (/** @type {number} */ number) => String(number));
  /** @type {import("../../src/index.js").Signature<number>} */
  const part = sum.s([1]);
  /** @type {string} */
  const last = await (await chain(part, text.s()).delay()).get();
  // @ts-expect-error: the last task gives a text
  /** @type {number} */ (await (await chain(part, text.s()).delay()).get());
  /** @type {number} */
  const ofList = await (await chain([part, sum.s([2])]).delay()).get();
  /** @type {(number | string)[]} */
  const members = await (await group(part, text.s(1)).delay()).get();
  /** @type {number[]} */
  const inner = await (await group([group(part, part), part]).delay()).get();
  // @ts-expect-error: each member gives a number
  /** @type {string[]} */ (await (await group(part).delay()).get());
  /** @type {string} */
  const body = await (await chord([part, part], text.s()).delay()).get();
  // @ts-expect-error: the body gives a text
  /** @type {number} */ (await (await chord(group(part), text.s()).delay()).get());
  /** @type {number[][]} */
  const chunks = await (await sum.chunks([[[1]], [[2]]], 1).delay()).get();
  /** @type {boolean} */
  const untyped = await (await chain(part, app.signature("anything")).delay()).get();
  const isNothing = (await chain().delay()) === null && (await chain([]).delay()) === null;
  return [last, ofList, members, inner, body, chunks, untyped, isNothing];
}

/** A caller passes no `self`. @param {Celery} app */
export async function boundCalls(app) {
  await app.task("bound", { bind: true }, bound).delay(1);
  await app.task("bound", task({ bind: true }, bound)).delay(1);
  await app.task(task({ bind: true, name: "bound" }, bound)).delay(1);
  // @ts-expect-error: x is a number
  await app.task("bound", { bind: true }, bound).delay("1");
  // @ts-expect-error: x is a number
  await app.task(task({ bind: true }, bound)).delay("1");
  const self = { request: { retries: 0 } };
  bound(self, 1);
  task({ bind: true }, bound)(self, 1);
}

/** Many at once, and what may be said of one sending. @param {Celery} app */
export async function options(app) {
  const [first] = await app.sendTasks([["add", [1, 2], { countdown: 1 }], ["add"], app.task("add", add).s(1, 2)]);
  await first.get();
  // @ts-expect-error: a name alone is no task
  await app.sendTasks(["add"]);
  // @ts-expect-error: there is no such option
  await app.sendTasks([["add", [], { contdown: 1 }]]);
  await app.sendTask("add", [], { retryPolicy: { maxRetries: null, retryErrors: [TypeError] }, compression: "gzip" });
  // @ts-expect-error: seconds are a number
  await app.sendTask("add", [], { retryPolicy: { intervalMax: "1" } });
}

/**
 * Where the types know nothing of a task, everything goes.
 *
 * @param {Celery} app
 * @param {import("../../src/app/celery.js").TaskOptions} options
 */
export async function untypedCalls(app, options) {
  await app.task("add", options, add).delay("anything");
  await app.tasks.get("add").delay("anything", 1);
  await app.task("loose", (x, y = 1) => x + y).delay("anything");
  await app.task("loose", { bind: true }, (self, x) => self.request.id + x).delay("anything");
}
