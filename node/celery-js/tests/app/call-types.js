/**
 * What the types of a call refuse. Nothing here is run: `tsc` fails when a line that should be refused is not, and when one
 * is that should not.
 */
import { Celery, task } from "../../src/index.js";

/** @param {number} x @param {number} y */
const add = (x, y) => x + y;
/** @param {string} name @param {{ greeting?: string }} [options] */
const greet = (name, { greeting = "Hello" } = {}) => `${greeting}, ${name}!`;
/** @param {{ retries: number }} self @param {number} x */
const bound = (self, x) => self.retries + x;

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

/** A caller passes no `self`. @param {Celery} app */
export async function boundCalls(app) {
  await app.task("bound", { bind: true }, bound).delay(1);
  await app.task("bound", task({ bind: true }, bound)).delay(1);
  await app.task(task({ bind: true, name: "bound" }, bound)).delay(1);
  // @ts-expect-error: x is a number
  await app.task("bound", { bind: true }, bound).delay("1");
  // @ts-expect-error: x is a number
  await app.task(task({ bind: true }, bound)).delay("1");
  bound({ retries: 0 }, 1);
  task({ bind: true }, bound)({ retries: 0 }, 1);
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
